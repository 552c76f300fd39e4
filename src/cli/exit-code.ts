/** What a finished command tells the shell. */
export const EXIT_CODE = {
  done: 0,
  /** The command ran, but not everything succeeded. */
  failed: 1,
  /** Options, configuration or input file are wrong; nothing was done. */
  usage: 2,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;
