import { resolve } from 'node:path';
import type { EmbedderSetup } from '../embedding/embedder-setup.ts';
import { MemoryConnectionError, MemoryTimeoutError, ValidationError } from '../errors.ts';
import { diskStatistics } from '../metrics/disk-space.ts';
import { StatementMetrics } from '../metrics/statement-metrics.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { EngineOptions } from '../options.ts';
import { GroupMeter } from '../pool/group-meter.ts';
import { ReadSession } from '../sqlite/read-session.ts';
import { TransactionSessions } from '../sqlite/transaction-sessions.ts';
import { WriteSession } from '../sqlite/write-session.ts';
import { touchedMemories } from '../touched-memories.ts';
import type {
  Backend,
  BackendInfo,
  Commit,
  CommitListener,
  ReadOptions,
  Retention,
  ServedIsolation,
  Touch,
  TransactionView,
} from './backend.ts';
import type { BackendStatistics, HealthCheck } from './backend-statistics.ts';
import { DamageGate } from './damage-gate.ts';
import type { EmbeddedText } from './embedded-text.ts';
import { sweepExpired } from './expiry-sweep.ts';
import { ownerInfo } from './owner-info.ts';
import type { ReadKind, ReadMap } from './read-map.ts';
import { SlowLog } from './slow-log.ts';
import { SqliteSyncConnection } from './sqlite-sync-connection.ts';
import { SqliteSyncTransactionView } from './sqlite-sync-transaction-view.ts';

/**
 * v4's synchronous way on our schema, as the roll-back path: one connection in this process, rollback journal, one commit
 * and fsync per unit. Same file, same operations, same errors; what it cannot do: run beside the event loop (every call
 * blocks it), pool readers (`resize` stays 1) and stop a read that is under way.
 */
export class SqliteSyncBackend implements Backend {
  readonly info: BackendInfo;
  readonly participants = null;
  readonly integrity: DamageGate;
  readonly #options: EngineOptions;
  readonly #session: WriteSession;
  readonly #reads: ReadSession;
  readonly #metrics: StatementMetrics;
  readonly #slow: SlowLog;
  readonly #transactions: TransactionSessions;
  readonly #listeners = new Set<CommitListener>();
  readonly #connection: SqliteSyncConnection;
  readonly #groups = new GroupMeter();

  constructor(options: EngineOptions, embedder: EmbedderSetup | null = null) {
    this.#options = options;
    const path = resolve(options.path);
    this.#slow = new SlowLog();
    this.#metrics = new StatementMetrics({
      slowQueryMs: options.slowQueryMs,
      onSlow: (statement) => this.#slow.add(statement),
    });
    // v4 wrote with SQLite's defaults: rollback journal and FULL.
    this.#session = new WriteSession(
      {
        path,
        role: 'sync',
        synchronous: 'FULL',
        mmapSize: options.mmapSize,
        disk: { ballastBytes: options.ballastBytes, minFreeBytes: options.minFreeBytes },
        embedder,
      },
      this.#metrics,
    );
    this.#reads = new ReadSession(
      this.#session.database,
      this.#session.statements,
      this.#metrics,
      path,
    );
    this.#transactions = new TransactionSessions(
      { path, role: 'reader', synchronous: 'FULL', mmapSize: options.mmapSize, embedder },
      this.#metrics,
    );
    const { info } = this.#session;
    this.#connection = new SqliteSyncConnection(() => this.#session.probe(), info.quarantine);
    this.integrity = new DamageGate(info, async (reason) => {
      this.#session.quarantine(reason);
      this.#connection.quarantine(reason);
    });
    this.info = ownerInfo({ backend: 'sqlite_sync', path, synchronous: 'FULL' }, info);
  }

  async write(unit: WriteUnit, _bytes: number): Promise<UnitOutcome> {
    return this.#connection.run(() => {
      const group = this.#session.commitGroup([unit]);
      this.#groups.record(1, group.commitMs);
      const [result] = group.results;
      if (result === undefined)
        throw new MemoryConnectionError('the store gave no answer for this write');
      if ('error' in result) throw result.error;
      this.#connection.wrote();
      this.#announce(result.outcome, group.headSeq);
      return result.outcome;
    });
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    const deadline = options?.deadline ?? Date.now() + this.#options.operationTimeoutMs;
    if (Date.now() > deadline)
      throw new MemoryTimeoutError('the deadline passed before the read was started');
    this.integrity.guard(kind, args);
    const result = this.#connection.run(() => this.#reads.read(kind, args, deadline));
    this.integrity.guardAnswer(kind, args, result);
    return result;
  }

  /** Only READ_COMMITTED: in a rollback journal a pinned snapshot would block every writer. */
  async openTransaction(namespace: string, isolation: ServedIsolation): Promise<TransactionView> {
    if (isolation !== 'READ_COMMITTED') {
      throw new ValidationError(`the backend sqlite_sync cannot serve ${isolation}`, {
        remedy: 'Use READ_COMMITTED, or the backend sqlite.',
      });
    }
    return new SqliteSyncTransactionView(namespace, this.#transactions, this.integrity);
  }

  async reserveIds(count: number): Promise<number> {
    return this.#connection.run(() => this.#session.reserveIds(count));
  }

  async touch(namespace: string, touches: readonly Touch[]): Promise<void> {
    this.#connection.run(() => this.#session.touch(namespace, touches));
  }

  async saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number> {
    const touched = this.#connection.run(() => this.#session.saveEmbeddings(answers));
    this.#tell(this.#session.position, touched);
    return touched.length;
  }

  async healVectors(memoryIds: readonly number[]): Promise<number> {
    const touched = this.#connection.run(() => this.#session.healVectors(memoryIds));
    this.#tell(this.#session.position, touched);
    return touched.length;
  }

  async completeEmbedder(): Promise<void> {
    this.#connection.run(() => this.#session.completeEmbedder());
  }

  async sweepExpired(now: number, limit: number): Promise<number> {
    return sweepExpired(
      this.#connection.run(() => this.#session.findExpired(now, limit)),
      (unit, bytes) => this.write(unit, bytes),
    );
  }

  async prune(retention: Retention): Promise<number> {
    return this.#connection.run(() => this.#session.prune(retention));
  }

  async optimize(): Promise<readonly string[]> {
    return this.#connection.run(() => this.#session.optimize());
  }

  async rebuildText(afterId: number, limit: number): ReturnType<Backend['rebuildText']> {
    return this.#connection.run(() => this.#session.rebuildText(afterId, limit));
  }

  /** There is one connection; it neither grows nor shrinks. */
  async resize(_readers: number): Promise<number> {
    return 1;
  }

  async probe(): Promise<readonly HealthCheck[]> {
    await this.#connection.probe();
    return this.health();
  }

  health(): readonly HealthCheck[] {
    return [this.#connection.check(), ...this.integrity.checks()];
  }

  async statistics(): Promise<BackendStatistics> {
    const { hits, misses, size } = this.#session.statements;
    return {
      backend: this.info.backend,
      pools: [this.#connection.statistics()],
      groups: this.#groups.statistics(),
      statements: this.#metrics.statistics(),
      slowStatements: this.#slow.entries(),
      statementCache: { hits, misses, size },
      snapshots: { open: 0, max: 0, oldestAgeSeconds: 0, refreshed: 0, aborted: 0 },
      wal: { bytes: 0, checkpoints: 0 },
      disk: diskStatistics(this.info.path, this.#options.minFreeBytes),
    };
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#connection.closed) return;
    await this.#connection.close();
    this.#transactions.close();
    this.#session.close();
  }

  #announce({ csn, outcomes, replayed }: UnitOutcome, headSeq: number): void {
    this.#tell({ csn, headSeq }, replayed ? [] : touchedMemories(outcomes));
  }

  #tell(position: Pick<Commit, 'csn' | 'headSeq'>, touched: Commit['touched']): void {
    if (touched.length === 0) return;
    for (const listener of this.#listeners)
      listener({ ...position, cacheEpoch: this.info.cacheEpoch, touched });
  }
}
