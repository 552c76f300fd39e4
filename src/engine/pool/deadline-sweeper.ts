/** Looks this often while something waits; a deadline is met within this much. */
const LOOK_EVERY_MS = 50;

/**
 * Calls `sweep` on a timer while there is anything to watch. One timer for all requests: a timer per request would cost
 * more than many of the requests.
 */
export class DeadlineSweeper {
  readonly #sweep: (now: number) => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** `sweep` fails what is overdue and answers whether anything is left to watch. */
  constructor(sweep: (now: number) => boolean) {
    this.#sweep = sweep;
  }

  /** Called whenever something starts to wait. */
  watch(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => {
      if (!this.#sweep(Date.now())) this.stop();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
