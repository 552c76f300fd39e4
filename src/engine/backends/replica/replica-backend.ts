import { type MemoryConnectionError, MemorySystemError } from '../../errors.ts';
import { sizeOf } from '../../file-size.ts';
import { diskStatistics } from '../../metrics/disk-space.ts';
import type { UnitOutcome } from '../../model/unit-outcome.ts';
import type { EngineOptions } from '../../options.ts';
import type { Participant } from '../../participants/participant.ts';
import { GroupMeter } from '../../pool/group-meter.ts';
import type { Reader } from '../../pool/reader.ts';
import type { ReaderPool } from '../../pool/reader-pool.ts';
import type {
  Backend,
  BackendInfo,
  CommitListener,
  ReadOptions,
  ServedIsolation,
  TransactionView,
} from '../backend.ts';
import type { BackendStatistics, HealthCheck } from '../backend-statistics.ts';
import { DamageGate } from '../damage-gate.ts';
import type { ReadKind, ReadMap } from '../read-map.ts';
import type { SlowLog } from '../slow-log.ts';
import { SnapshotPolicy } from '../snapshot-policy.ts';
import { mergeThreads } from '../thread-figures.ts';
import type { Follower } from './follower.ts';
import { ReadOnlyView } from './read-only-view.ts';
import { replicaRefusal } from './replica-refusal.ts';

/** What a replica is made of; it closes them. */
export interface ReplicaParts {
  readonly readers: ReaderPool;
  readonly slow: SlowLog;
  readonly follower: Follower;
  /** The server of the bus; null without Redis. */
  readonly bus: Participant | null;
  /** What reads are refused with while another file than the opened one, or none, is at the path; null otherwise. */
  readonly moved: () => MemoryConnectionError | null;
  isOwned(): Promise<boolean>;
}

/**
 * The store of a process beside the owner: readers on the same file, and nothing that writes. A read begins its WAL snapshot when it
 * runs, after every commit that was acknowledged before it, by whichever process; so it is never older than those. Nothing is kept
 * from one read to the next, except by reader threads, which check what they keep inside each snapshot.
 */
export class ReplicaBackend implements Backend {
  readonly info: BackendInfo;
  readonly participants = null;
  /** Checks of the whole file are the owner's; here each row is verified when it is read. */
  readonly integrity = new DamageGate(
    { cleanShutdown: true, checkedWhole: false, damage: [] },
    async () => undefined,
  );
  readonly #options: EngineOptions;
  readonly #parts: ReplicaParts;
  readonly #snapshots: SnapshotPolicy;
  #owned: boolean | null = null;
  #ownerAt = Date.now();
  #probedAt = Date.now();
  #probeMs: number | null = null;

  constructor(info: BackendInfo, options: EngineOptions, parts: ReplicaParts) {
    this.info = info;
    this.#options = options;
    this.#parts = parts;
    const limits = {
      softWalBytes: options.walSoftLimit,
      hardWalBytes: options.walHardLimit,
      max: options.maxSnapshots,
    };
    // Cutting the file down is the owner's; here only what snapshots keep it from folding back counts.
    this.#snapshots = new SnapshotPolicy(
      limits,
      () => parts.follower.walBytes,
      async () => parts.follower.look(),
    );
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    this.#requireSameFile();
    this.integrity.guard(kind, args);
    const deadline = options?.deadline ?? Date.now() + this.#options.operationTimeoutMs;
    const result = await this.#parts.readers.read(kind, args, deadline);
    this.integrity.guardAnswer(kind, args, result);
    return result;
  }

  async openTransaction(namespace: string, isolation: ServedIsolation): Promise<TransactionView> {
    this.#requireSameFile();
    const { readers } = this.#parts;
    const anyReader = (): Reader => readers.leastBusyReader();
    const snapshot =
      isolation === 'READ_COMMITTED'
        ? null
        : await this.#snapshots.pin(readers.leastPinnedReader(), namespace, isolation);
    return new ReadOnlyView(namespace, anyReader, this.#snapshots, snapshot, this.integrity);
  }

  async write(): Promise<UnitOutcome> {
    throw replicaRefusal();
  }
  async reserveIds(): Promise<number> {
    throw replicaRefusal();
  }
  async saveEmbeddings(): Promise<number> {
    throw replicaRefusal();
  }
  async completeEmbedder(): Promise<void> {
    throw replicaRefusal();
  }
  async healVectors(): Promise<number> {
    throw replicaRefusal();
  }
  async sweepExpired(): Promise<number> {
    throw replicaRefusal();
  }
  async prune(): Promise<number> {
    throw replicaRefusal();
  }
  async optimize(): Promise<readonly string[]> {
    throw replicaRefusal();
  }
  async rebuildText(): ReturnType<Backend['rebuildText']> {
    throw replicaRefusal();
  }
  /** Accesses through a replica are not counted. */
  async touch(): Promise<void> {}

  resize(readers: number): Promise<number> {
    return this.#parts.readers.resize(Math.max(1, Math.min(readers, this.#options.maxConnections)));
  }

  async probe(): Promise<readonly HealthCheck[]> {
    const { readers, bus } = this.#parts;
    const start = performance.now();
    await Promise.all([
      bus?.probe(),
      this.lookForOwner(),
      ...readers.readers.map((reader) => reader.probe()),
    ]);
    this.#probeMs = performance.now() - start;
    this.#probedAt = Date.now();
    return this.health();
  }

  /** Never rejects; the health tells what it found. */
  async lookForOwner(): Promise<void> {
    try {
      this.#owned = await this.#parts.isOwned();
    } catch (error) {
      if (!(error instanceof MemorySystemError)) throw error;
      this.#owned = null;
    }
    this.#ownerAt = Date.now();
  }

  health(): readonly HealthCheck[] {
    const { readers, bus } = this.#parts;
    const at = this.#probedAt;
    const latencyMs = this.#probeMs;
    const beside = bus?.statistics();
    return [
      this.#followerCheck(),
      this.#ownerCheck(),
      ...readers.readers.map(({ meter, lastError }) => ({
        name: meter.name,
        state: meter.state,
        latencyMs,
        message: lastError?.message ?? null,
        at,
      })),
      ...(beside === undefined
        ? []
        : [
            {
              name: beside.name,
              state: beside.state,
              latencyMs: beside.probeMs,
              message: beside.message,
              at: beside.at,
            },
          ]),
      ...this.integrity.checks(),
    ];
  }

  async statistics(): Promise<BackendStatistics> {
    const { readers, slow } = this.#parts;
    const { checkpoints, ...merged } = mergeThreads(await readers.threadStatistics());
    return {
      backend: this.info.backend,
      pools: [readers.statistics()],
      groups: new GroupMeter().statistics(),
      ...merged,
      slowStatements: slow.entries(),
      snapshots: this.#snapshots.statistics(),
      wal: { bytes: sizeOf(`${this.info.path}-wal`), checkpoints },
      disk: diskStatistics(this.info.path, this.#options.minFreeBytes),
    };
  }

  onCommit(listener: CommitListener): () => void {
    return this.#parts.follower.onCommit(listener);
  }

  async close(): Promise<void> {
    const { follower, bus, readers } = this.#parts;
    this.#snapshots.stop();
    await follower.close();
    await bus?.close();
    await readers.close();
  }

  #requireSameFile(): void {
    const moved = this.#parts.moved();
    if (moved !== null) throw moved;
  }

  #followerCheck(): HealthCheck {
    const { follower, moved } = this.#parts;
    const name = 'follower';
    const check = { name, latencyMs: null, at: Date.now() };
    const gone = moved();
    if (gone !== null) return { ...check, state: 'RECOVERING', message: gone.message };
    const { problem } = follower;
    return problem === null
      ? { ...check, state: 'OK', message: null }
      : { ...check, state: 'DEGRADED', message: problem.message };
  }

  #ownerCheck(): HealthCheck {
    const missing = this.#owned === false;
    return {
      name: 'owner',
      state: missing ? 'DEGRADED' : 'OK',
      latencyMs: null,
      message: missing
        ? 'no process owns the database: it is read, and nobody can write to it; start the owner (trinitas serve)'
        : null,
      at: this.#ownerAt,
    };
  }
}
