import { MemorySystemError } from '../engine/index.ts';

/** One operation of a `transact` failed and nothing of it was stored; it has the code of its cause. */
export class TransactionAbortedError extends MemorySystemError {
  /** From 0. */
  readonly failedIndex: number;
  override readonly cause: MemorySystemError;

  constructor(cause: MemorySystemError, failedIndex: number) {
    super(`operation ${failedIndex} failed, nothing was stored: ${cause.message}`, {
      cause,
      code: cause.code,
      retryable: cause.retryable,
      data: cause.data,
      remedy: cause.remedy,
    });
    this.cause = cause;
    this.failedIndex = failedIndex;
  }
}
