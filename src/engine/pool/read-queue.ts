import { type MemorySystemError, MemoryTimeoutError, OverloadedError } from '../errors.ts';
import { MAX_READ_BATCH, MAX_READ_QUEUE } from '../limits.ts';
import { Pending } from './pending.ts';
import type { ReadRequest } from './protocol.ts';
import { ReadCosts } from './read-costs.ts';

/** Told to a caller whose read was refused because the queue was full. */
const RETRY_AFTER_MS = 50;

/** A read and the caller who waits for its result. */
export class PendingRead extends Pending<unknown> {
  readonly request: ReadRequest;
  /** How often the thread that worked on it died. */
  losses = 0;

  constructor(request: ReadRequest) {
    super();
    this.request = request;
  }

  /** Answers whether it waited longer than the caller of a pool should; it was not started. */
  giveUpWaiting(patienceMs: number): boolean {
    if (performance.now() - this.submittedAt <= patienceMs) return false;
    this.reject(
      new MemoryTimeoutError(`no connection became free within ${patienceMs / 1000} seconds`, {
        data: { outcome: 'none' },
        remedy: 'Try again later, or raise memory.max_connections or memory.connection_timeout.',
      }),
    );
    return true;
  }

  /** Refused because more is asked than can be answered in time; it was not started. */
  shed(waitMs: number, retryAfterMs: number): void {
    this.reject(
      new OverloadedError(
        `more searches are asked than can be answered in time; this one would have waited ${Math.round(waitMs)} ms`,
        retryAfterMs,
        { remedy: 'Ask again after retryAfterMs, and with fewer searches at a time.' },
      ),
    );
  }

  /** Answers whether it was overdue; the caller then need not wait any longer. */
  expire(now: number): boolean {
    if (now <= this.request.deadline) return false;
    this.reject(
      new MemoryTimeoutError('the read did not finish before its deadline', {
        remedy: 'Narrow it, or allow more time.',
      }),
    );
    return true;
  }
}

/** Reads that wait for a connection: one fair queue for all readers, bounded by count. */
export class ReadQueue {
  readonly #patienceMs: number;
  readonly #costs: ReadCosts;
  #waiting: PendingRead[] = [];

  /** `patienceMs`: how long a read waits for a connection. */
  constructor(patienceMs = Number.POSITIVE_INFINITY, costs = new ReadCosts()) {
    this.#patienceMs = patienceMs;
    this.#costs = costs;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(request: ReadRequest): PendingRead {
    if (this.#waiting.length >= MAX_READ_QUEUE) {
      throw new OverloadedError('the read queue is full', RETRY_AFTER_MS, {
        data: { queued: this.#waiting.length },
        remedy: 'Ask again after retryAfterMs.',
      });
    }
    const pending = new PendingRead(request);
    this.#waiting.push(pending);
    return pending;
  }

  /** The next batch of at most so many, without what was given up meanwhile. */
  take(most = MAX_READ_BATCH): readonly PendingRead[] {
    let batch: readonly PendingRead[] = [];
    while (batch.length === 0 && this.#waiting.length > 0) {
      batch = this.#waiting.splice(0, most).filter((pending) => !pending.settled);
    }
    return batch;
  }

  /** Leaves out what was refused or given up; `look` is told each read and how many milliseconds of work stand before it. */
  review(look: (pending: PendingRead, workMs: number) => void): void {
    let workMs = 0;
    this.#waiting = this.#waiting.filter((pending) => {
      if (!pending.settled) look(pending, workMs);
      if (!pending.settled) workMs += this.#costs.of(pending.request.kind);
      return !pending.settled;
    });
  }

  putBack(reads: readonly PendingRead[]): void {
    if (reads.length > 0) this.#waiting = [...reads, ...this.#waiting];
  }

  expire(now: number): void {
    const before = this.#waiting;
    if (before.length === 0) return;
    this.#waiting = before.filter(
      (pending) => !pending.expire(now) && !pending.giveUpWaiting(this.#patienceMs),
    );
  }

  rejectAll(error: MemorySystemError): void {
    for (const pending of this.#waiting.splice(0)) pending.reject(error);
  }
}
