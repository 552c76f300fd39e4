import type { PoolStatistics } from '../backends/backend-statistics.ts';
import type { ReadKind, ReadMap } from '../backends/read-map.ts';
import { MemoryConnectionError } from '../errors.ts';
import { interruptibleWait } from '../interruptible-wait.ts';
import { MAX_READ_QUEUE } from '../limits.ts';
import { BatchSize } from './batch-size.ts';
import { DeadlineSweeper } from './deadline-sweeper.ts';
import { deliver } from './deliver.ts';
import { asMemoryError } from './error-transfer.ts';
import { PoolMeter } from './pool-meter.ts';
import type { ReadRequest, ThreadStatistics } from './protocol.ts';
import { ReadAdmission } from './read-admission.ts';
import type { PendingRead } from './read-queue.ts';
import { Reader, type ReaderOptions } from './reader.ts';
import { MAX_IN_FLIGHT, ThreadLostError } from './thread.ts';

/** A thread that is this far past the deadline of everything it works on is stuck in native code and is replaced. */
const STUCK_AFTER_MS = 5_000;

/** Figures must come while a reader is stuck; an idle one answers in less than a millisecond. */
const STATISTICS_PATIENCE_MS = 1_000;

/**
 * Readers behind one fair queue. Reads of one turn of the event loop travel together, the least busy reader takes the
 * next batch, and a reader that dies hands its reads to the others.
 */
export class ReaderPool {
  readonly #options: ReaderOptions;
  readonly #admission: ReadAdmission;
  readonly #meter: PoolMeter;
  readonly #batchSize = new BatchSize();
  readonly #sweeper = new DeadlineSweeper((now) => this.#sweep(now));
  readonly #underWay = new Map<readonly PendingRead[], Reader>();
  #readers: Reader[] = [];
  #started = 0;
  #pumpPlanned = false;
  #closing = false;

  constructor(size: number, options: ReaderOptions) {
    this.#options = options;
    this.#meter = new PoolMeter('readers', size);
    this.#admission = new ReadAdmission(options.connectionTimeoutMs, () => {
      this.#meter.rejected += 1;
      this.#meter.shed += 1;
    });
    for (let index = 0; index < size; index += 1) this.#readers.push(this.#start());
  }

  get #queue(): ReadAdmission['queue'] {
    return this.#admission.queue;
  }

  get size(): number {
    return this.#readers.length;
  }

  get readers(): readonly Reader[] {
    return this.#readers;
  }

  /** Rejects when a reader cannot open the file. */
  async ready(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.ready));
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    deadline: number,
  ): Promise<ReadMap[K]['result']> {
    if (this.#closing) throw new MemoryConnectionError('the engine is closed');
    const pending = this.#enqueue({ kind, args, deadline } as ReadRequest);
    const ended = this.#options.tracer?.request(kind);
    this.#sweeper.watch();
    this.#planPump();
    try {
      return (await pending.answer) as ReadMap[K]['result'];
    } finally {
      ended?.(pending.timing);
    }
  }

  /** For one step of a READ_COMMITTED transaction: the reader with the least to do. */
  leastBusyReader(): Reader {
    return this.#choose((reader) => reader.inFlight);
  }

  /** For a new snapshot: the reader that holds the fewest. */
  leastPinnedReader(): Reader {
    return this.#choose((reader) => reader.snapshots);
  }

  /** Grows or shrinks; a reader that goes finishes its batches first. Rejects when a new reader cannot open the file. */
  async resize(size: number): Promise<number> {
    if (this.#closing) throw new MemoryConnectionError('the engine is closed');
    const added: Reader[] = [];
    while (this.#readers.length + added.length < size) added.push(this.#start());
    const leaving = this.#readers.splice(size);
    this.#readers.push(...added);
    this.#meter.utilization.resize(this.#readers.length);
    const opened = await Promise.allSettled(added.map((reader) => reader.ready));
    await Promise.all(leaving.map((reader) => reader.close()));
    const failed = opened.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await this.#remove(added);
      throw failed.reason;
    }
    return this.#readers.length;
  }

  statistics(): PoolStatistics {
    return this.#meter.statistics(
      this.#readers.map((reader) => reader.meter),
      this.#queue.length,
      0,
      MAX_READ_QUEUE,
    );
  }

  /** Of the readers that answer soon; one that is being replaced starts anew anyway, one that is stuck says nothing. */
  async threadStatistics(): Promise<readonly ThreadStatistics[]> {
    const answering = this.#readers.filter(({ meter }) => meter.state !== 'RECOVERING');
    const late = new AbortController();
    const patience = interruptibleWait(STATISTICS_PATIENCE_MS, late.signal);
    const answers = await Promise.allSettled(
      answering.map((reader) => Promise.race([reader.statistics(), patience])),
    );
    late.abort();
    return answers.flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value !== undefined ? [answer.value] : [],
    );
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#refuseWaiting();
    this.#sweeper.stop();
    await Promise.all(this.#readers.map((reader) => reader.close()));
    // What came back unanswered from a reader while it closed.
    this.#refuseWaiting();
  }

  #refuseWaiting(): void {
    this.#queue.rejectAll(new MemoryConnectionError('the engine is closed'));
  }

  async #remove(readers: readonly Reader[]): Promise<void> {
    this.#readers = this.#readers.filter((reader) => !readers.includes(reader));
    this.#meter.utilization.resize(this.#readers.length);
    await Promise.all(readers.map((reader) => reader.close()));
  }

  #choose(load: (reader: Reader) => number): Reader {
    if (this.#closing) throw new MemoryConnectionError('the engine is closing');
    const [first, ...others] = this.#readers;
    if (first === undefined) throw new MemoryConnectionError('there is no reader');
    return others.reduce((best, reader) => (load(reader) < load(best) ? reader : best), first);
  }

  #start(): Reader {
    this.#started += 1;
    return new Reader(`reader-${this.#started}`, this.#options, () => this.#pump());
  }

  #enqueue(request: ReadRequest): PendingRead {
    try {
      return this.#admission.add(request);
    } catch (error) {
      this.#meter.rejected += 1;
      throw error;
    }
  }

  #planPump(): void {
    if (this.#pumpPlanned) return;
    this.#pumpPlanned = true;
    // The end of this turn of the event loop: reads of one GraphQL level or one Promise.all share a message.
    setImmediate(() => {
      this.#pumpPlanned = false;
      this.#admission.decide(this.#readers.length);
      this.#pump();
    });
  }

  #pump(): void {
    for (;;) {
      const reader = this.#leastBusy();
      if (reader === undefined) return;
      const batch = this.#queue.take(this.#batchSize.value);
      if (batch.length === 0) return;
      void this.#send(reader, batch);
    }
  }

  #leastBusy(): Reader | undefined {
    let best: Reader | undefined;
    for (const reader of this.#readers) {
      if (reader.inFlight >= MAX_IN_FLIGHT || reader.meter.state === 'RECOVERING') continue;
      if (best === undefined || reader.inFlight < best.inFlight) best = reader;
    }
    return best;
  }

  /** Never rejects: every result is told to its caller. */
  async #send(reader: Reader, batch: readonly PendingRead[]): Promise<void> {
    this.#begin(reader, batch);
    const start = performance.now();
    for (const pending of batch)
      this.#meter.dispatched(start - pending.submittedAt, start - pending.submittedAt > 1);
    try {
      const replies = await reader.batch(batch.map((pending) => pending.request));
      this.#meter.run.record((performance.now() - start) * 1000);
      this.#batchSize.learn(batch.length, replies.length);
      this.#admission.answered(batch, replies);
      deliver(batch, replies);
      // What the thread did not start within its budget goes first into the next batch.
      this.#queue.putBack(batch.slice(replies.length).filter((pending) => !pending.settled));
    } catch (error) {
      this.#handleLoss(batch, error);
    } finally {
      this.#end(reader, batch);
      this.#pump();
    }
  }

  #handleLoss(batch: readonly PendingRead[], error: unknown): void {
    const known = asMemoryError(error);
    const again: PendingRead[] = [];
    for (const pending of batch) {
      pending.losses += 1;
      if (
        known instanceof ThreadLostError &&
        pending.losses <= this.#options.retryAttempts &&
        !this.#closing
      )
        again.push(pending);
      else pending.reject(known);
    }
    if (known instanceof ThreadLostError) this.#meter.respawns += 1;
    this.#queue.putBack(again);
  }

  #begin(reader: Reader, batch: readonly PendingRead[]): void {
    if (reader.inFlight === 0) this.#meter.utilization.begin();
    reader.inFlight += 1;
    reader.meter.busy = true;
    this.#underWay.set(batch, reader);
  }

  #end(reader: Reader, batch: readonly PendingRead[]): void {
    reader.inFlight -= 1;
    reader.meter.busy = reader.inFlight > 0;
    if (reader.inFlight === 0) this.#meter.utilization.end();
    this.#underWay.delete(batch);
  }

  #sweep(now: number): boolean {
    this.#queue.expire(now);
    const { stuckAfterMs = STUCK_AFTER_MS } = this.#options;
    for (const [batch, reader] of this.#underWay) {
      for (const pending of batch) pending.expire(now);
      if (batch.every((pending) => now > pending.request.deadline + stuckAfterMs)) reader.replace();
    }
    return this.#queue.length > 0 || this.#underWay.size > 0;
  }
}
