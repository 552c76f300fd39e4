import { setTimeout as delay } from 'node:timers/promises';
import type { Commit, CommitListener, Retention, Touch } from '../backends/backend.ts';
import type {
  GroupStatistics,
  HealthState,
  PoolStatistics,
} from '../backends/backend-statistics.ts';
import type { Settlement } from '../backends/outbox-store.ts';
import type { EmbeddedText } from '../backends/read-map.ts';
import type { EngineTracer, ThreadTiming } from '../engine-tracer.ts';
import { MemoryConnectionError, MemorySystemError, MemoryTimeoutError } from '../errors.ts';
import { MAX_WRITE_QUEUE_UNITS } from '../limits.ts';
import type { WriteSessionInfo } from '../sqlite/write-session-info.ts';
import { touchedMemories } from '../touched-memories.ts';
import type { OperationOutcome, UnitOutcome, WriteUnit } from '../types.ts';
import { DeadlineSweeper } from './deadline-sweeper.ts';
import { reviveError } from './error-transfer.ts';
import { GroupMeter } from './group-meter.ts';
import { PoolMeter } from './pool-meter.ts';
import type { ArgsOf, MethodOf, ResultOf, ThreadStatistics } from './protocol.ts';
import { SelfHealing } from './self-healing.ts';
import { isStoreFault } from './store-faults.ts';
import { type Thread, ThreadLostError } from './thread.ts';
import { type PendingWrite, WriteQueue } from './write-queue.ts';
import { asMemoryError, WriterConnection, type WriterOptions } from './writer-connection.ts';

/** Failed looks for the outcomes of a lost group, other than lost threads, before its callers are told `unknown`. */
const MAX_LOOKUP_FAILURES = 5;

/**
 * Main-thread side of the one writer. Units queue while a group is under way, and the next group takes all of them up to
 * the bounds: natural batching without a timer, so a lone caller waits for nobody. A caller is answered only after the
 * COMMIT of its group, and after the commit listeners have run.
 */
export class Writer {
  readonly #meter = new PoolMeter('writer', 1);
  readonly #connection: WriterConnection;
  readonly #tracer: EngineTracer | null;
  readonly #groups = new GroupMeter();
  readonly #queue = new WriteQueue();
  readonly #listeners = new Set<CommitListener>();
  readonly #sweeper = new DeadlineSweeper((now) => this.#sweep(now));
  readonly #healing = new SelfHealing(() => this.#canWrite());
  /** The group under way or under recovery; a new one starts only when it is empty. */
  #inFlight: readonly PendingWrite[] = [];
  #pumpPlanned = false;
  #closing: Promise<void> | undefined;
  #headSeq = 0;
  #csn = 0;
  #cacheEpoch = 0;

  constructor(options: WriterOptions) {
    this.#tracer = options.tracer;
    this.#connection = new WriterConnection(
      options,
      () => {
        this.#meter.respawns += 1;
      },
      (error) => this.#queue.rejectAll(error),
    );
  }

  get state(): HealthState {
    return this.#connection.meter.state;
  }

  /** What is wrong; undefined when all is well. */
  get lastError(): MemorySystemError | undefined {
    return this.#connection.lastError;
  }

  async open(): Promise<WriteSessionInfo> {
    const info = await this.#connection.open();
    this.#headSeq = info.headSeq;
    this.#csn = info.csn;
    this.#cacheEpoch = info.cacheEpoch;
    return info;
  }

  /** Resolves after COMMIT. Errors: OverloadedError when the queue is full, MemoryTimeoutError past the unit's deadline. */
  async submit(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    if (this.#closing !== undefined)
      throw new MemoryConnectionError('the engine is closed; nothing was stored');
    if (this.#connection.blocked !== undefined) throw this.#connection.blocked;
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

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  touch(namespace: string, touches: readonly Touch[]): Promise<null> {
    return this.#call('touch', { namespace, touches });
  }
  findExpired(now: number, limit: number): Promise<ResultOf<'writer', 'findExpired'>> {
    return this.#call('findExpired', { now, limit });
  }
  /** Listeners are told, since what a recall finds has changed; returns how many vectors were saved. */
  async saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number> {
    const touched = await this.#call('saveEmbeddings', { answers });
    this.#tell(this.#csn, touched);
    return touched.length;
  }
  async settleOutbox(settlement: Settlement): Promise<void> {
    await this.#call('settleOutbox', settlement);
  }
  rebuildText(afterId: number, limit: number): Promise<ResultOf<'writer', 'rebuildText'>> {
    return this.#call('rebuildText', { afterId, limit });
  }
  bumpCacheEpoch(): Promise<number> {
    return this.#call('bumpCacheEpoch', null);
  }
  requestPublications(all: boolean): Promise<number> {
    return this.#call('requestPublications', { all });
  }
  /** Listeners are told, as above; returns how many memories were looked at. */
  async healVectors(memoryIds: readonly number[]): Promise<number> {
    const touched = await this.#call('healVectors', { memoryIds });
    this.#tell(this.#csn, touched);
    return touched.length;
  }
  /** Writes are refused from now on, by every thread to come too. */
  quarantine(reason: string): Promise<void> {
    return this.#connection.quarantine(reason);
  }
  completeEmbedder(): Promise<null> {
    return this.#call('completeEmbedder', null);
  }
  reserveIds(count: number): Promise<number> {
    return this.#call('reserveIds', { count });
  }
  /** Cuts the WAL down as far as no reader is in the way; never rejects, what is wrong shows in the health. */
  async truncateWal(): Promise<void> {
    try {
      await this.#call('truncateWal', null);
    } catch (error) {
      this.#failed(asMemoryError(error));
    }
  }
  prune(retention: Retention): Promise<number> {
    return this.#call('prune', retention);
  }
  optimize(): Promise<readonly string[]> {
    return this.#call('optimize', null);
  }
  statistics(): Promise<ThreadStatistics> {
    return this.#call('statistics', null);
  }

  /** One write transaction that changes nothing; moves the state between OK and DEGRADED. Never rejects. */
  async probe(): Promise<void> {
    if (this.state === 'RECOVERING' || this.#connection.blocked !== undefined) return;
    try {
      await this.#call('probe', null);
      this.#connection.recovered();
    } catch (error) {
      this.#failed(asMemoryError(error));
    }
  }

  meters(): { readonly pool: PoolStatistics; readonly groups: GroupStatistics } {
    return {
      pool: this.#meter.statistics(
        [this.#connection.meter],
        this.#queue.length,
        this.#queue.bytes,
        MAX_WRITE_QUEUE_UNITS,
      ),
      groups: this.#groups.statistics(),
    };
  }

  /** Takes nothing new, lets everything queued commit, then closes the file. Closing twice is the same as once. */
  close(): Promise<void> {
    this.#closing ??= this.#drainAndClose();
    return this.#closing;
  }

  /** Ends the thread at once, as a crash would; the writer recovers by itself. For chaos tests. */
  terminateThread(): Promise<void> {
    return this.#connection.terminateThread();
  }

  async #drainAndClose(): Promise<void> {
    this.#connection.beginClosing();
    await this.#healing.stop();
    while (this.#inFlight.length > 0 || this.#queue.length > 0) await delay(1);
    this.#sweeper.stop();
    await this.#connection.close();
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
    if (this.#pumpPlanned || this.#inFlight.length > 0) return;
    this.#pumpPlanned = true;
    // A microtask later, so that writes started together travel together.
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      if (this.#inFlight.length === 0) void this.#sendGroup();
    });
  }

  /** Never rejects: every outcome is told to the callers of the group. */
  async #sendGroup(): Promise<void> {
    const group = this.#queue.take();
    if (group.length === 0) return;
    this.#inFlight = group;
    this.#connection.meter.busy = true;
    this.#meter.utilization.begin();
    const start = performance.now();
    for (const pending of group)
      this.#meter.dispatched(start - pending.submittedAt, start - pending.submittedAt > 1);
    let thread: Thread<'writer'> | undefined;
    try {
      thread = await this.#connection.thread();
      const units = group.map((pending) => pending.unit);
      const onTiming = this.#tracer === null ? undefined : timer(group);
      const reply = await thread.call('commitGroup', { units }, onTiming);
      this.#meter.run.record((performance.now() - start) * 1000);
      this.#groups.record(group.length, reply.commitMs);
      this.#settle(group, reply);
    } catch (error) {
      await this.#handleFailure(group, thread, asMemoryError(error));
    } finally {
      this.#meter.utilization.end();
      this.#connection.meter.busy = false;
      this.#inFlight = [];
      this.#planPump();
    }
  }

  #settle(group: readonly PendingWrite[], reply: ResultOf<'writer', 'commitGroup'>): void {
    this.#headSeq = reply.headSeq;
    this.#cacheEpoch = reply.cacheEpoch;
    const changed: OperationOutcome[] = [];
    for (const result of reply.results) {
      if ('outcome' in result && !result.outcome.replayed) changed.push(...result.outcome.outcomes);
    }
    this.#announce(reply.csn, changed);
    for (const [index, pending] of group.entries()) {
      const result = reply.results[index];
      this.#connection.meter.requests += 1;
      if (result === undefined)
        pending.reject(new MemorySystemError('the writer gave no answer for this write'));
      else if ('outcome' in result) {
        this.#connection.wrote();
        pending.resolve(result.outcome);
      } else this.#rejectWith(pending, reviveError(result.error));
    }
  }

  #announce(csn: number, outcomes: readonly OperationOutcome[]): void {
    this.#csn = Math.max(this.#csn, csn);
    this.#tell(csn, touchedMemories(outcomes));
  }

  #tell(csn: number, touched: Commit['touched']): void {
    if (touched.length === 0) return;
    const position = { csn, headSeq: this.#headSeq, cacheEpoch: this.#cacheEpoch };
    for (const listener of this.#listeners) listener({ ...position, touched });
  }

  /** `thread` undefined: the group was never sent, because the writer is closing and could not be reopened. */
  async #handleFailure(
    group: readonly PendingWrite[],
    thread: Thread<'writer'> | undefined,
    error: MemorySystemError,
  ): Promise<void> {
    if (thread === undefined || !(error instanceof ThreadLostError)) {
      for (const pending of group) this.#rejectWith(pending, error);
      return;
    }
    this.#connection.failed(error);
    try {
      await this.#resolveInDoubt(group, thread);
    } catch (cause) {
      for (const pending of group) pending.reject(outcomeUnknown(pending.unit.txid, cause));
      if (this.#closing !== undefined)
        this.#queue.rejectAll(
          new MemoryConnectionError('the writer was lost while closing; nothing was stored', {
            cause,
          }),
        );
    }
  }

  /** Rejects when the outcome cannot be found out: the file cannot be read, or the engine closes and cannot reopen it. */
  async #resolveInDoubt(group: readonly PendingWrite[], lost: Thread<'writer'>): Promise<void> {
    let thread = lost;
    // Taken once: when a thread dies during the look-up, all of the group is looked up again.
    const afterSeq = this.#headSeq;
    for (let failures = 0; ; ) {
      await this.#connection.recover(thread);
      thread = await this.#connection.thread();
      try {
        await this.#lookUp(group, thread, afterSeq);
        return;
      } catch (error) {
        if (error instanceof ThreadLostError) continue;
        if (failures === MAX_LOOKUP_FAILURES) throw error;
        await this.#connection.waitForAttempt(failures);
        failures += 1;
      }
    }
  }

  /** Looks each unit of a lost group up: committed ones are answered, the others run again in a new group. */
  async #lookUp(
    group: readonly PendingWrite[],
    thread: Thread<'writer'>,
    afterSeq: number,
  ): Promise<void> {
    const again: PendingWrite[] = [];
    for (const pending of group) {
      // Also for callers who gave up at their deadline: the listeners must learn of what was committed after all.
      const found = await thread.call('findOutcome', { unit: pending.unit, afterSeq });
      if (found === null) {
        if (!pending.settled) again.push(pending);
        continue;
      }
      this.#cacheEpoch = found.cacheEpoch;
      this.#headSeq = Math.max(this.#headSeq, ...found.outcomes.map((outcome) => outcome.seq));
      this.#announce(found.csn, found.outcomes);
      pending.resolve({ ...found, replayed: false });
    }
    this.#queue.putBack(again);
  }

  #call<M extends MethodOf<'writer'>>(
    method: M,
    args: ArgsOf<'writer', M>,
  ): Promise<ResultOf<'writer', M>> {
    return this.#connection.call(method, args);
  }

  #sweep(now: number): boolean {
    this.#queue.expire(now);
    for (const pending of this.#inFlight) {
      if (now > pending.unit.deadline)
        pending.reject(
          new MemoryTimeoutError('the write was still under way at its deadline', {
            data: { outcome: 'unknown', transactionId: pending.unit.txid },
            remedy: 'Read the memory, or repeat the write with an idempotency key.',
          }),
        );
    }
    return this.#queue.length > 0 || this.#inFlight.length > 0;
  }

  #rejectWith(pending: PendingWrite, error: MemorySystemError): void {
    if (isStoreFault(error)) this.#failed(error);
    pending.reject(error);
  }

  #failed(error: MemorySystemError): void {
    this.#connection.failed(error);
    if (this.state === 'READ_ONLY') this.#healing.begin();
  }

  async #canWrite(): Promise<boolean> {
    await this.probe();
    return this.state !== 'READ_ONLY';
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

function outcomeUnknown(txid: string, cause: unknown): MemoryConnectionError {
  return new MemoryConnectionError('the writer was lost while the write was under way', {
    cause,
    data: { outcome: 'unknown', transactionId: txid },
    remedy: 'Read the memory, or repeat the write with an idempotency key.',
  });
}
