import { sizeOf } from '../file-size.ts';
import { diskStatistics } from '../metrics/disk-space.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { EngineOptions } from '../options.ts';
import type { Reader } from '../pool/reader.ts';
import type { ReaderPool } from '../pool/reader-pool.ts';
import type { Writer } from '../pool/writer.ts';
import type {
  Backend,
  BackendInfo,
  CommitListener,
  ReadOptions,
  Retention,
  ServedIsolation,
  Touch,
  TransactionView,
} from './backend.ts';
import type { BackendStatistics, HealthCheck } from './backend-statistics.ts';
import { DamageGate, type StartCheckInfo } from './damage-gate.ts';
import type { EmbeddedText } from './embedded-text.ts';
import { sweepExpired } from './expiry-sweep.ts';
import type { OutboxStore, Settlement } from './outbox-store.ts';
import type { ReadKind, ReadMap } from './read-map.ts';
import type { SlowLog } from './slow-log.ts';
import { SnapshotPolicy } from './snapshot-policy.ts';
import { SqliteTransactionView } from './sqlite-transaction-view.ts';
import { threadChecks, threadFigures } from './thread-figures.ts';

/** Pooled asynchronous SQLite: one writer with group commit and N readers, each in a thread of its own. */
export class SqliteBackend implements Backend, OutboxStore {
  readonly info: BackendInfo;
  readonly participants = null;
  readonly integrity: DamageGate;
  readonly #options: EngineOptions;
  readonly #writer: Writer;
  readonly #readers: ReaderPool;
  readonly #slow: SlowLog;
  readonly #snapshots: SnapshotPolicy;
  #probedAt = Date.now();
  #probeMs: number | null = null;

  /** Use `openSqlite`. */
  constructor(
    info: BackendInfo,
    options: EngineOptions,
    writer: Writer,
    readers: ReaderPool,
    slow: SlowLog,
    check: StartCheckInfo,
  ) {
    this.info = info;
    this.integrity = new DamageGate(check, (reason) => writer.quarantine(reason));
    this.#options = options;
    this.#writer = writer;
    this.#readers = readers;
    this.#slow = slow;
    const limits = {
      softWalBytes: options.walSoftLimit,
      hardWalBytes: options.walHardLimit,
      max: options.maxSnapshots,
    };
    this.#snapshots = new SnapshotPolicy(
      limits,
      () => sizeOf(`${info.path}-wal`),
      () => writer.truncateWal(),
    );
  }

  write(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    return this.#writer.submit(unit, bytes);
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    this.integrity.guard(kind, args);
    const deadline = options?.deadline ?? Date.now() + this.#options.operationTimeoutMs;
    const result = await this.#readers.read(kind, args, deadline);
    this.integrity.guardAnswer(kind, args, result);
    return result;
  }

  async openTransaction(namespace: string, isolation: ServedIsolation): Promise<TransactionView> {
    const anyReader = (): Reader => this.#readers.leastBusyReader();
    const snapshot =
      isolation === 'READ_COMMITTED'
        ? null
        : await this.#snapshots.pin(this.#readers.leastPinnedReader(), namespace, isolation);
    return new SqliteTransactionView(
      namespace,
      anyReader,
      this.#snapshots,
      snapshot,
      this.integrity,
    );
  }

  reserveIds(count: number): Promise<number> {
    return this.#writer.reserveIds(count);
  }

  async touch(namespace: string, touches: readonly Touch[]): Promise<void> {
    await this.#writer.touch(namespace, touches);
  }

  saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number> {
    return this.#writer.saveEmbeddings(answers);
  }

  settleOutbox(settlement: Settlement): Promise<void> {
    return this.#writer.settleOutbox(settlement);
  }

  bumpCacheEpoch(): Promise<number> {
    return this.#writer.bumpCacheEpoch();
  }

  requestPublications(all: boolean): Promise<number> {
    return this.#writer.requestPublications(all);
  }

  healVectors(memoryIds: readonly number[]): Promise<number> {
    return this.#writer.healVectors(memoryIds);
  }

  async completeEmbedder(): Promise<void> {
    await this.#writer.completeEmbedder();
  }

  async sweepExpired(
    now: number,
    limit: number,
    write: (unit: WriteUnit, bytes: number) => Promise<UnitOutcome> = (unit, bytes) =>
      this.write(unit, bytes),
  ): Promise<number> {
    const expired = await this.#writer.findExpired(now, limit);
    return sweepExpired(expired, write);
  }

  prune(retention: Retention): Promise<number> {
    return this.#writer.prune(retention);
  }

  optimize(): Promise<readonly string[]> {
    return this.#writer.optimize();
  }

  rebuildText(afterId: number, limit: number): ReturnType<Backend['rebuildText']> {
    return this.#writer.rebuildText(afterId, limit);
  }

  resize(readers: number): Promise<number> {
    return this.#readers.resize(Math.max(1, Math.min(readers, this.#options.maxConnections)));
  }

  async probe(): Promise<readonly HealthCheck[]> {
    const start = performance.now();
    await Promise.all([
      this.#writer.probe(),
      ...this.#readers.readers.map((reader) => reader.probe()),
    ]);
    this.#probeMs = performance.now() - start;
    this.#probedAt = Date.now();
    return this.health();
  }

  health(): readonly HealthCheck[] {
    return [
      ...threadChecks(this.#writer, this.#readers, {
        latencyMs: this.#probeMs,
        at: this.#probedAt,
      }),
      ...this.integrity.checks(),
    ];
  }

  async statistics(): Promise<BackendStatistics> {
    return {
      backend: this.info.backend,
      ...(await threadFigures(this.#writer, this.#readers, `${this.info.path}-wal`)),
      slowStatements: this.#slow.entries(),
      snapshots: this.#snapshots.statistics(),
      disk: diskStatistics(this.info.path, this.#options.minFreeBytes),
    };
  }

  onCommit(listener: CommitListener): () => void {
    return this.#writer.onCommit(listener);
  }

  /** Readers first, since the last checkpoint can only fold the WAL when nobody reads it; the owner lock goes last. */
  async close(): Promise<void> {
    this.#snapshots.stop();
    await this.#readers.close();
    await this.#writer.close();
  }

  /** For chaos tests: ends one thread as a crash would. */
  async crash(role: 'writer' | 'reader'): Promise<void> {
    if (role === 'writer') await this.#writer.terminateThread();
    else await this.#readers.readers[0]?.terminateThread();
  }
}
