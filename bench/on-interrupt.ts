/** Exit codes that shells give to these signals. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `cleanUp` and ends the process when it is interrupted, until the returned function is called. */
export function onInterrupt(cleanUp: () => void | Promise<void>): () => void {
  const end = (signal: keyof typeof CODES): void => {
    void Promise.resolve(cleanUp()).finally(() => process.exit(CODES[signal]));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return () => {
    process.off('SIGINT', end).off('SIGTERM', end);
  };
}
