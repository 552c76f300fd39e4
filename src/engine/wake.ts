/**
 * A coalesced wake-up for one waiter: any number of notifications between two waits count as one, and none is lost,
 * because a notification that comes before the wait makes the wait return at once.
 */
export class Wake {
  #pending = false;
  #resume: (() => void) | null = null;

  notify(): void {
    this.#pending = true;
    this.#resume?.();
  }

  /** Resolves when notified since the last wait, or when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const resume = (): void => {
          signal.removeEventListener('abort', resume);
          this.#resume = null;
          resolve();
        };
        signal.addEventListener('abort', resume);
        this.#resume = resume;
      });
    }
    this.#pending = false;
  }
}
