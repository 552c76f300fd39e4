import { type MemorySystemError, MemoryTimeoutError, OverloadedError } from '../errors.ts';
import {
  MAX_GROUP_BYTES,
  MAX_GROUP_UNITS,
  MAX_WRITE_QUEUE_BYTES,
  MAX_WRITE_QUEUE_UNITS,
} from '../limits.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import { Pending } from './pending.ts';

/** A unit and the caller who waits for its outcome. */
export class PendingWrite extends Pending<UnitOutcome> {
  readonly unit: WriteUnit;
  readonly bytes: number;

  constructor(unit: WriteUnit, bytes: number) {
    super();
    this.unit = unit;
    this.bytes = bytes;
  }
}

/** Units that wait for the next commit group, first come first served, bounded by count and bytes. */
export class WriteQueue {
  #waiting: PendingWrite[] = [];
  #bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** OverloadedError when a bound is reached. */
  add(unit: WriteUnit, bytes: number, retryAfterMs: () => number): PendingWrite {
    if (
      this.#waiting.length >= MAX_WRITE_QUEUE_UNITS ||
      this.#bytes + bytes > MAX_WRITE_QUEUE_BYTES
    ) {
      throw new OverloadedError('the write queue is full; nothing was stored', retryAfterMs(), {
        data: { queued: this.#waiting.length, queuedBytes: this.#bytes },
        remedy: 'Send the write again after retryAfterMs.',
      });
    }
    const pending = new PendingWrite(unit, bytes);
    this.#waiting.push(pending);
    this.#bytes += bytes;
    return pending;
  }

  /** The next group, of `most` units at most; writes that were given up meanwhile are left out. Empty only when nothing waits. */
  take(most = MAX_GROUP_UNITS): readonly PendingWrite[] {
    const limit = Math.min(most, MAX_GROUP_UNITS);
    let group: readonly PendingWrite[] = [];
    while (group.length === 0 && this.#waiting.length > 0) {
      let bytes = 0;
      let count = 0;
      for (const pending of this.#waiting) {
        if (count === limit || (count > 0 && bytes + pending.bytes > MAX_GROUP_BYTES)) break;
        bytes += pending.bytes;
        count += 1;
      }
      this.#bytes -= bytes;
      group = this.#waiting.splice(0, count).filter((pending) => !pending.settled);
    }
    return group;
  }

  /** Back to the front, in their order: units whose group was lost before it committed. */
  putBack(group: readonly PendingWrite[]): void {
    this.#waiting = [...group, ...this.#waiting];
    for (const pending of group) this.#bytes += pending.bytes;
  }

  /** Gives up what is past its deadline; it was not started. */
  expire(now: number): void {
    const overdue = this.#waiting.filter((pending) => now > pending.unit.deadline);
    if (overdue.length === 0) return;
    this.#waiting = this.#waiting.filter((pending) => now <= pending.unit.deadline);
    for (const pending of overdue) {
      this.#bytes -= pending.bytes;
      pending.reject(
        new MemoryTimeoutError(
          'the write was not started before its deadline; nothing was stored',
          { data: { outcome: 'none' } },
        ),
      );
    }
  }

  rejectAll(error: MemorySystemError): void {
    this.#bytes = 0;
    for (const pending of this.#waiting.splice(0)) pending.reject(error);
  }
}
