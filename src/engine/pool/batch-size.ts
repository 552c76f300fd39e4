import { MAX_READ_BATCH } from '../limits.ts';

/**
 * How many reads to put into one message: as many as a thread lately did within its budget. More would only lie in one thread while
 * others are idle, and travel again.
 */
export class BatchSize {
  #size = MAX_READ_BATCH;

  get value(): number {
    return this.#size;
  }

  /** Of `sent` reads a thread answered so many before its budget was spent. Halved at most, so that one slow read tells little. */
  learn(sent: number, answered: number): void {
    if (answered < sent)
      this.#size = Math.max(1, answered, Math.ceil(Math.min(sent, this.#size) / 2));
    else if (sent >= this.#size) this.#size = Math.min(MAX_READ_BATCH, 2 * this.#size);
  }
}
