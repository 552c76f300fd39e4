import type { ThreadTiming } from '../engine-tracer.ts';
import type { MemorySystemError } from '../errors.ts';

/** A request in a queue and the caller who waits for its answer; settled exactly once, whatever comes later is ignored. */
export class Pending<T> {
  readonly submittedAt = performance.now();
  readonly answer: Promise<T>;
  /** When a thread worked on it; only with a tracer. */
  timing: ThreadTiming | undefined;
  #resolve: ((answer: T) => void) | undefined;
  #reject: ((error: MemorySystemError) => void) | undefined;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get settled(): boolean {
    return this.#resolve === undefined;
  }

  resolve(answer: T): void {
    this.#resolve?.(answer);
    this.#resolve = undefined;
    this.#reject = undefined;
  }

  reject(error: MemorySystemError): void {
    this.#reject?.(error);
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}
