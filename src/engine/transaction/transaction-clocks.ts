/** Calls back when a transaction has been open, or idle, for too long. Its timers do not keep the process alive. */
export class TransactionClocks {
  readonly #idleTimeoutMs: number | null;
  readonly #onTimeout: () => void;
  readonly #total: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `idleTimeoutMs` null = none. */
  constructor(timeoutMs: number, idleTimeoutMs: number | null, onTimeout: () => void) {
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#onTimeout = onTimeout;
    this.#total = setTimeout(onTimeout, timeoutMs);
    this.#total.unref();
    this.idle();
  }

  /** Nothing is under way from now on. */
  idle(): void {
    clearTimeout(this.#idle);
    if (this.#idleTimeoutMs === null || this.#stopped) return;
    this.#idle = setTimeout(this.#onTimeout, this.#idleTimeoutMs);
    this.#idle.unref();
  }

  /** An operation is under way. */
  busy(): void {
    clearTimeout(this.#idle);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#total);
    clearTimeout(this.#idle);
  }
}
