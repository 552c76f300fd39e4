import { resolve } from 'node:path';
import type { EmbedderSetup } from '../embedding/embedder-setup.ts';
import type { EngineTracer } from '../engine-tracer.ts';
import { sizeOf } from '../file-size.ts';
import { diskStatistics } from '../metrics/disk-space.ts';
import type { EngineOptions } from '../options.ts';
import type { ThreadOptions } from '../pool/protocol.ts';
import type { Reader } from '../pool/reader.ts';
import { ReaderPool } from '../pool/reader-pool.ts';
import { Writer } from '../pool/writer.ts';
import type { ParticipantName, UnitOutcome, WriteUnit } from '../types.ts';
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
import { ownerInfo } from './owner-info.ts';
import type { ReadKind, ReadMap } from './read-map.ts';
import { initialReaders, mergeThreads } from './reader-figures.ts';
import { SlowLog } from './slow-log.ts';
import { SnapshotPolicy } from './snapshot-policy.ts';
import { SqliteTransactionView } from './sqlite-transaction-view.ts';

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

  /** Use `open`. */
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

  /** The writer opens first: it makes and migrates the file that the readers then find. */
  static async open(
    options: EngineOptions,
    embedder: EmbedderSetup | null = null,
    tracer: EngineTracer | null = null,
    participants: readonly ParticipantName[] = [],
  ): Promise<SqliteBackend> {
    const slow = new SlowLog();
    const events = { onSlow: (statement: Parameters<SlowLog['add']>[0]) => slow.add(statement) };
    const path = resolve(options.path);
    const thread: ThreadOptions = {
      path,
      role: 'writer',
      synchronous: options.synchronous,
      mmapSize: options.mmapSize,
      slowQueryMs: options.slowQueryMs,
      disk: { ballastBytes: options.ballastBytes, minFreeBytes: options.minFreeBytes },
      embedder,
      participants,
    };
    const writer = new Writer({
      thread,
      retryBackoff: options.retryBackoff,
      retryAttempts: options.retryAttempts,
      events,
      tracer,
    });
    const session = await writer.open();
    const readers = new ReaderPool(initialReaders(options.maxConnections), {
      thread: { ...thread, role: 'reader' },
      retryBackoff: options.retryBackoff,
      retryAttempts: options.retryAttempts,
      connectionTimeoutMs: options.connectionTimeoutMs,
      events,
      tracer,
    });
    const info = ownerInfo({ backend: 'sqlite', path, synchronous: options.synchronous }, session);
    const backend = new SqliteBackend(info, options, writer, readers, slow, session);
    try {
      await readers.ready();
      return backend;
    } catch (error) {
      await backend.close();
      throw error;
    }
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
    const at = this.#probedAt;
    const latencyMs = this.#probeMs;
    return [
      {
        name: 'writer',
        state: this.#writer.state,
        latencyMs,
        message: this.#writer.lastError?.message ?? null,
        at,
      },
      ...this.#readers.readers.map(({ meter, lastError }) => ({
        name: meter.name,
        state: meter.state,
        latencyMs,
        message: lastError?.message ?? null,
        at,
      })),
      ...this.integrity.checks(),
    ];
  }

  async statistics(): Promise<BackendStatistics> {
    // A writer that is being replaced starts anew anyway; its pool figures live on this side.
    const [writer] = await Promise.allSettled([this.#writer.statistics()]);
    const threads = [
      ...(writer.status === 'fulfilled' ? [writer.value] : []),
      ...(await this.#readers.threadStatistics()),
    ];
    const { checkpoints, ...merged } = mergeThreads(threads);
    const { pool, groups } = this.#writer.meters();
    return {
      backend: this.info.backend,
      pools: [pool, this.#readers.statistics()],
      groups,
      ...merged,
      slowStatements: this.#slow.entries(),
      snapshots: this.#snapshots.statistics(),
      wal: {
        bytes: sizeOf(`${this.info.path}-wal`),
        checkpoints,
      },
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
