import { setTimeout as delay } from 'node:timers/promises';
import type { GroupStatistics } from '../backends/backend-statistics.ts';
import type { EngineTracer, ThreadTiming } from '../engine-tracer.ts';
import { MemoryConnectionError, MemorySystemError, MemoryTimeoutError } from '../errors.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { OperationOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import type { CommitNews } from './commit-news.ts';
import { DeadlineSweeper } from './deadline-sweeper.ts';
import { asMemoryError, reviveError } from './error-transfer.ts';
import { GroupMeter } from './group-meter.ts';
import { maySend, shareOf } from './groups-ahead.ts';
import { lookUpGroup, outcomeUnknown } from './lost-group.ts';
import { packStore, unpackOutcome } from './packed-store.ts';
import type { PoolMeter } from './pool-meter.ts';
import type { ResultOf } from './protocol.ts';
import { isStoreFault } from './store-faults.ts';
import { type Thread, ThreadLostError } from './thread.ts';
import { type PendingWrite, WriteQueue } from './write-queue.ts';
import type { WriterConnection } from './writer-connection.ts';

export interface CommitGroupsOptions {
  readonly connection: WriterConnection;
  readonly meter: PoolMeter;
  readonly tracer: EngineTracer | null;
  readonly news: CommitNews;
  /** Told of every error that says something about the file or the disk. */
  readonly onFault: (error: MemorySystemError) => void;
}

/**
 * Units queue while groups are under way, and the next group takes all of them up to the bounds: natural batching without a
 * timer, so a lone caller waits for nobody. Many callers are served in two halves that take turns. A caller is answered only
 * after the COMMIT of its group, and after the commit listeners have run; groups are settled in the order they were sent.
 */
export class CommitGroups {
  readonly #connection: WriterConnection;
  readonly #meter: PoolMeter;
  readonly #tracer: EngineTracer | null;
  readonly #news: CommitNews;
  readonly #onFault: (error: MemorySystemError) => void;
  readonly #groups = new GroupMeter();
  readonly #queue = new WriteQueue();
  readonly #sweeper = new DeadlineSweeper((now) => this.#sweep(now));
  /** Sent or under recovery, in the order they were sent. */
  readonly #underWay = new Set<readonly PendingWrite[]>();
  /** Settles when every group sent so far is settled. */
  #settled: Promise<void> = Promise.resolve();
  /** Groups whose thread was lost; none is sent until all of them are looked up. */
  #inDoubt = 0;
  #repliedAt = 0;
  #pumpPlanned = false;

  constructor({ connection, meter, tracer, news, onFault }: CommitGroupsOptions) {
    this.#connection = connection;
    this.#meter = meter;
    this.#tracer = tracer;
    this.#news = news;
    this.#onFault = onFault;
  }

  get queued(): { readonly units: number; readonly bytes: number } {
    return { units: this.#queue.length, bytes: this.#queue.bytes };
  }

  /** Resolves after COMMIT. Errors: OverloadedError when the queue is full, MemoryTimeoutError past the unit's deadline. */
  async submit(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    const pending = this.#enqueue(unit, bytes);
    const ended = this.#tracer?.request('commitGroup');
    this.#sweeper.watch();
    this.#planPump();
    try {
      return await pending.answer;
    } finally {
      ended?.(pending.timing);
    }
  }

  rejectWaiting(error: MemorySystemError): void {
    this.#queue.rejectAll(error);
  }

  statistics(): GroupStatistics {
    return this.#groups.statistics();
  }

  /** Lets everything queued commit; what is lost meanwhile and cannot be looked up is told to its callers. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0 || this.#queue.length > 0) await delay(1);
    this.#sweeper.stop();
  }

  #enqueue(unit: WriteUnit, bytes: number): PendingWrite {
    try {
      return this.#queue.add(unit, bytes, () => this.#retryAfterMs());
    } catch (error) {
      this.#meter.rejected += 1;
      throw error;
    }
  }

  #planPump(): void {
    if (this.#pumpPlanned || !this.#maySend()) return;
    this.#pumpPlanned = true;
    // A microtask later, so that writes started together travel together.
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      while (this.#maySend()) this.#sendNext();
    });
  }

  #maySend(): boolean {
    return this.#inDoubt === 0 && maySend(this.#underWay.size, this.#queue.length);
  }

  #sendNext(): void {
    // Refused here, what is overdue is known to be not stored.
    this.#queue.expire(Date.now());
    let open = this.#queue.length;
    for (const sent of this.#underWay) open += sent.length;
    const group = this.#queue.take(shareOf(open));
    if (group.length > 0) this.#settled = this.#send(group, this.#settled);
  }

  /** Never rejects: every outcome is told to the callers of the group. */
  async #send(group: readonly PendingWrite[], earlier: Promise<void>): Promise<void> {
    if (this.#underWay.size === 0) this.#meter.utilization.begin();
    this.#underWay.add(group);
    this.#connection.meter.busy = true;
    const sentAt = performance.now();
    for (const pending of group)
      this.#meter.dispatched(sentAt - pending.submittedAt, sentAt - pending.submittedAt > 1);
    let thread: Thread<'writer'> | undefined;
    try {
      thread = await this.#connection.thread();
      const units = group.map((pending) => packStore(pending.unit));
      const onTiming = this.#tracer === null ? undefined : timer(group);
      const reply = await thread.call('commitGroup', { units }, onTiming);
      await earlier;
      this.#record(group.length, sentAt, reply.commitMs);
      this.#settle(group, reply);
    } catch (error) {
      await this.#handleFailure(group, thread, asMemoryError(error), earlier);
    } finally {
      this.#underWay.delete(group);
      if (this.#underWay.size === 0) {
        this.#meter.utilization.end();
        this.#connection.meter.busy = false;
      }
      this.#planPump();
    }
  }

  #record(units: number, sentAt: number, commitMs: number): void {
    const now = performance.now();
    // A group that was sent ahead has waited in the thread for the one before it.
    this.#meter.run.record((now - Math.max(sentAt, this.#repliedAt)) * 1000);
    this.#repliedAt = now;
    this.#groups.record(units, commitMs);
  }

  #settle(group: readonly PendingWrite[], reply: ResultOf<'writer', 'commitGroup'>): void {
    const changed: OperationOutcome[] = [];
    const results = group.map(({ unit }, index) => {
      const result = reply.results[index];
      if (result === undefined || 'error' in result) return result;
      const outcome = unpackOutcome(result.outcome, unit);
      if (!outcome.replayed) changed.push(...outcome.outcomes);
      return { outcome };
    });
    this.#news.committed(reply, changed);
    for (const [index, pending] of group.entries()) {
      const result = results[index];
      this.#connection.meter.requests += 1;
      if (result === undefined)
        pending.reject(new MemorySystemError('the writer gave no answer for this write'));
      else if ('outcome' in result) {
        this.#connection.wrote();
        pending.resolve(result.outcome);
      } else this.#rejectWith(pending, reviveError(result.error));
    }
  }

  /** `thread` undefined: the group was never sent, because the writer is closing and could not be reopened. */
  async #handleFailure(
    group: readonly PendingWrite[],
    thread: Thread<'writer'> | undefined,
    error: MemorySystemError,
    earlier: Promise<void>,
  ): Promise<void> {
    if (thread === undefined || !(error instanceof ThreadLostError)) {
      await earlier;
      for (const pending of group) this.#rejectWith(pending, error);
      return;
    }
    this.#inDoubt += 1;
    this.#connection.failed(error);
    await earlier;
    try {
      const lost = { group, thread, afterSeq: this.#news.headSeq };
      const again = await lookUpGroup(this.#connection, lost, (pending, found) => {
        this.#news.found(found);
        pending.resolve({ ...found, replayed: false });
      });
      this.#queue.putBack(again);
    } catch (cause) {
      for (const pending of group) pending.reject(outcomeUnknown(pending.unit.txid, cause));
      if (this.#connection.closing)
        this.#queue.rejectAll(
          new MemoryConnectionError('the writer was lost while closing; nothing was stored', {
            cause,
          }),
        );
    } finally {
      this.#inDoubt -= 1;
    }
  }

  #sweep(now: number): boolean {
    this.#queue.expire(now);
    for (const pending of [...this.#underWay].flat()) {
      if (now > pending.unit.deadline)
        pending.reject(
          new MemoryTimeoutError('the write was still under way at its deadline', {
            data: { outcome: 'unknown', transactionId: pending.unit.txid },
            remedy: 'Read the memory, or repeat the write with an idempotency key.',
          }),
        );
    }
    return this.#queue.length > 0 || this.#underWay.size > 0;
  }

  #rejectWith(pending: PendingWrite, error: MemorySystemError): void {
    if (isStoreFault(error)) this.#onFault(error);
    pending.reject(error);
  }

  /** Roughly the time the queue needs at the pace of the last groups. */
  #retryAfterMs(): number {
    return Math.ceil(Math.max(10, Math.min(5_000, this.#groups.msPerUnit() * this.#queue.length)));
  }
}

/** All units of a group share its time in the thread. */
function timer(group: readonly PendingWrite[]): (timing: ThreadTiming) => void {
  return (timing) => {
    for (const pending of group) pending.timing = timing;
  };
}
