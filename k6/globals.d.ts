/** What k6 gives every script without an import; the types of a browser would promise too much. */
declare const console: {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
};
