import type { Moment } from '../../../src/engine/backends/history-reads.ts';
import { NotFoundError } from '../../../src/engine/errors.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import type { Filter, OrderTerm } from '../../../src/engine/search/filter.ts';
import { evaluateFilter } from '../../../src/engine/search/filter-evaluate.ts';
import { compareInOrder } from '../../../src/engine/search/order-compare.ts';
import { MemorySpace } from '../../support/memory-space.ts';

/** What a namespace held after one unit of work. */
interface Step {
  readonly seq: number;
  /** The latest clock reading up to it. */
  readonly time: number;
  readonly state: ReadonlyMap<string, MemoryRecord>;
}

/** Writes to a namespace and remembers every state it was in: the plain meaning of reading the past. */
export class HistoryRecorder {
  readonly space: MemorySpace;
  readonly steps: Step[] = [{ seq: 0, time: Number.NEGATIVE_INFINITY, state: new Map() }];

  constructor(space: MemorySpace) {
    this.space = space;
  }

  /** A unit that names a memory which is not there changes nothing. */
  async write(operations: readonly WriteOperation[], now: number): Promise<void> {
    try {
      const { outcomes } = await this.space.write(operations, { now });
      const state = new Map(this.#newest.state);
      for (const { kind, record } of outcomes) {
        if (record === null) continue;
        if (kind === 'deleted') state.delete(record.key);
        else state.set(record.key, record);
      }
      const seq = Math.max(...outcomes.map((outcome) => outcome.seq));
      this.#remember(seq, now, state);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  /** Another tenant shares log and clock. */
  async writeElsewhere(operation: WriteOperation, now: number): Promise<void> {
    const elsewhere = new MemorySpace(this.space.backend, 'elsewhere');
    const { seq } = await elsewhere.apply(operation, { now });
    this.#remember(seq, now, this.#newest.state);
  }

  /** Each removal is a unit of its own, in the order of the log. */
  async sweep(now: number): Promise<void> {
    const afterSeq = this.#newest.seq;
    await this.space.backend.sweepExpired(now, 100);
    for (const { seq, at, record } of (await this.space.changes({ afterSeq })).changes) {
      const state = new Map(this.#newest.state);
      state.delete(record.key);
      this.#remember(seq, at, state);
    }
  }

  /** Where a moment lies, by looking at every step from the first one on. */
  at(moment: Moment): { readonly step: Step; readonly time: number } {
    const later = this.steps.findIndex((step) =>
      'at' in moment ? step.time > moment.at : step.seq > moment.seq,
    );
    const index = later === -1 ? this.steps.length - 1 : later - 1;
    // A position inside of a unit means all of it.
    const inside = 'seq' in moment && (this.steps[index]?.seq ?? 0) < moment.seq;
    const step = this.steps[inside ? index + 1 : index] ?? this.#newest;
    return { step, time: 'at' in moment ? moment.at : step.time };
  }

  visible(moment: Moment): readonly MemoryRecord[] {
    const { step, time } = this.at(moment);
    return [...step.state.values()].filter(
      ({ expiresAt }) => expiresAt === null || expiresAt > time,
    );
  }

  list(moment: Moment, filter: Filter | null, order: readonly OrderTerm[]): MemoryRecord[] {
    const matching = this.visible(moment).filter(
      (record) => filter === null || evaluateFilter(filter, record),
    );
    return matching.sort(compareInOrder(order));
  }

  get #newest(): Step {
    const newest = this.steps.at(-1);
    if (newest === undefined) throw new Error('there is always the empty beginning');
    return newest;
  }

  #remember(seq: number, now: number, state: ReadonlyMap<string, MemoryRecord>): void {
    this.steps.push({ seq, time: Math.max(this.#newest.time, now), state });
  }
}
