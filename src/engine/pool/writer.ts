import type { CommitListener, Retention, Touch } from '../backends/backend.ts';
import type {
  GroupStatistics,
  HealthState,
  PoolStatistics,
} from '../backends/backend-statistics.ts';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import type { Settlement } from '../backends/outbox-store.ts';
import { MemoryConnectionError, type MemorySystemError } from '../errors.ts';
import { MAX_WRITE_QUEUE_UNITS } from '../limits.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { WriteSessionInfo } from '../sqlite/write-session-info.ts';
import { CommitGroups } from './commit-groups.ts';
import { CommitNews } from './commit-news.ts';
import { asMemoryError } from './error-transfer.ts';
import { PoolMeter } from './pool-meter.ts';
import type { ArgsOf, MethodOf, ResultOf, ThreadStatistics } from './protocol.ts';
import { SelfHealing } from './self-healing.ts';
import { WriterConnection, type WriterOptions } from './writer-connection.ts';

/** Main-thread side of the one writer: its commit groups, its upkeep, its health and its end. */
export class Writer {
  readonly #meter = new PoolMeter('writer', 1);
  readonly #connection: WriterConnection;
  readonly #news = new CommitNews();
  readonly #groups: CommitGroups;
  readonly #healing = new SelfHealing(() => this.#canWrite());
  #closing: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.#connection = new WriterConnection(
      options,
      () => {
        this.#meter.respawns += 1;
      },
      (error) => this.#groups.rejectWaiting(error),
    );
    this.#groups = new CommitGroups({
      connection: this.#connection,
      meter: this.#meter,
      tracer: options.tracer,
      news: this.#news,
      onFault: (error) => this.#failed(error),
    });
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
    this.#news.begin(info);
    return info;
  }

  /** Resolves after COMMIT. Errors: OverloadedError when the queue is full, MemoryTimeoutError past the unit's deadline. */
  async submit(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    if (this.#closing !== undefined)
      throw new MemoryConnectionError('the engine is closed; nothing was stored');
    if (this.#connection.blocked !== undefined) throw this.#connection.blocked;
    return this.#groups.submit(unit, bytes);
  }

  onCommit(listener: CommitListener): () => void {
    return this.#news.onCommit(listener);
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
    this.#news.upkeep(touched);
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
    this.#news.upkeep(touched);
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
    const { units, bytes } = this.#groups.queued;
    return {
      pool: this.#meter.statistics([this.#connection.meter], units, bytes, MAX_WRITE_QUEUE_UNITS),
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
    await this.#groups.drain();
    await this.#connection.close();
  }

  #call<M extends MethodOf<'writer'>>(
    method: M,
    args: ArgsOf<'writer', M>,
  ): Promise<ResultOf<'writer', M>> {
    return this.#connection.call(method, args);
  }

  #failed(error: MemorySystemError): void {
    this.#connection.failed(error);
    if (this.state === 'READ_ONLY') this.#healing.begin();
  }

  async #canWrite(): Promise<boolean> {
    await this.probe();
    return this.state !== 'READ_ONLY';
  }
}
