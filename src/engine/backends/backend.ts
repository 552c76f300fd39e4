import type { StoreIntegrity } from '../integrity-report.ts';
import type { ParticipantName } from '../model/participation.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { OperationOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import type { Validation } from '../model/validation.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import type { CommitBus, MemoryCache } from '../participants/memory-cache.ts';
import type { ParticipantStatistics } from '../participants/participant.ts';
import type { BackendStatistics, HealthCheck } from './backend-statistics.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { EmbedderInfo } from './embedder-info.ts';
import type { ReadKind, ReadMap } from './read-map.ts';

/** One access to count; batched and written without delaying the read that caused it. */
export interface Touch {
  readonly memoryId: number;
  readonly count: number;
  /** Unix ms of the newest access. */
  readonly at: number;
}

/** Whether this process writes the file, or follows the process that does. */
export type StoreRole = 'OWNER' | 'REPLICA';

export interface BackendInfo {
  readonly backend: 'sqlite' | 'sqlite_sync';
  readonly role: StoreRole;
  readonly path: string;
  /** Changes on restore, so that cursors of another history are refused. */
  readonly epoch: string;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly synchronous: string;
  readonly journalMode: string;
  /** Models whose vectors the file held when it was opened, and the id of the one of new vectors. */
  readonly embedders: readonly EmbedderInfo[];
  readonly embedderId: number | null;
  /** Names the database to caches and vector stores. */
  readonly storeId: string;
  /** +1 with every start. */
  readonly incarnation: number;
  /** Prefix of external caches when the file was opened. */
  readonly cacheEpoch: number;
}

/** What happened to the store, in commit order; a coalesced wake-up, never the data itself. */
export interface Commit {
  readonly csn: number;
  readonly headSeq: number;
  /** Prefix of external caches from this commit on. */
  readonly cacheEpoch: number;
  readonly touched: readonly {
    readonly namespace: string;
    readonly memoryId: number;
    readonly key: string;
    readonly persona: string | null;
  }[];
  /** More may have been touched than is known: whoever keeps anything must forget it, whoever waits must look. */
  readonly incomplete?: boolean | undefined;
}
export type CommitListener = (commit: Commit) => void;

/**
 * The primary store. A write resolves only after its COMMIT is durable as configured; listeners run before it resolves,
 * so whoever awaited a write finds every cache already told.
 */
export interface Backend {
  readonly info: BackendInfo;
  readonly integrity: StoreIntegrity;
  write(unit: WriteUnit, bytes: number): Promise<UnitOutcome>;
  read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']>;
  /**
   * Opens what a transaction sees. Errors: OverloadedError when too many snapshots are open, ValidationError when the
   * backend cannot serve the level.
   */
  openTransaction(namespace: string, isolation: ServedIsolation): Promise<TransactionView>;
  /** Ids for memories that a transaction will create; the first of `count` consecutive ones. */
  reserveIds(count: number): Promise<number>;
  /** Access statistics; may be lost in a crash, by contract. */
  touch(namespace: string, touches: readonly Touch[]): Promise<void>;
  /** Takes what a slow embedder made; answers for texts of the past are dropped. Returns how many vectors were saved. */
  saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number>;
  /** Every memory was offered to the embedder in use: no other model needs to serve. */
  completeEmbedder(): Promise<void>;
  /**
   * Makes damaged or missing vectors of memories anew, and the sign codes around them; with a slow embedder they wait for it. Returns how
   * many memories were looked at.
   */
  healVectors(memoryIds: readonly number[]): Promise<number>;
  /** Deletes what expired before `now`, at most `limit`; returns how many. */
  sweepExpired(now: number, limit: number): Promise<number>;
  /** Drops log entries and records beyond their retention; returns how many. */
  prune(retention: Retention): Promise<number>;
  /** PRAGMA optimize and full-text merge; returns what was done. */
  optimize(): Promise<readonly string[]>;
  /** Indexes the texts of some memories anew, in the order of their ids; `lastId` null = that was all. */
  rebuildText(
    afterId: number,
    limit: number,
  ): Promise<{ readonly done: number; readonly lastId: number | null }>;
  /** Grows or shrinks the reader pool; returns the new size. */
  resize(readers: number): Promise<number>;
  probe(): Promise<readonly HealthCheck[]>;
  health(): readonly HealthCheck[];
  statistics(): Promise<BackendStatistics>;
  onCommit(listener: CommitListener): () => void;
  /** What follows the commits beside the database; null when nothing is configured. */
  readonly participants: Participants | null;
  close(): Promise<void>;
}

/** The servers beside the database, as the engine uses and shows them. */
export interface Participants {
  readonly names: readonly ParticipantName[];
  statistics(): readonly ParticipantStatistics[];
  /** What the cache outside has answered; null without one. */
  cacheStatistics(): ReturnType<MemoryCache['cacheStatistics']> | null;
  /** Keeps answers that name everything they depend on; null without a cache. */
  readonly answers: Pick<MemoryCache, 'getAnswer' | 'putAnswer'> | null;
  /** Says to other processes what was committed, and hears of what they say; null without Redis. */
  readonly bus: CommitBus | null;
  /** Makes a participant anew from the database, while everything goes on. */
  rebuild(target: ParticipantName, progress: RebuildProgress): Promise<void>;
  /** Asks each participant how it agrees with the database. */
  inspect(): Promise<readonly ParticipantInspection[]>;
}

export interface RebuildProgress {
  readonly signal: AbortSignal;
  setTotal(total: number): void;
  advance(items: number): void;
}

/** What a look at one participant found. */
export interface ParticipantInspection {
  readonly name: ParticipantName;
  /** Version of the server; null when it does not answer. */
  readonly version: string | null;
  /** Keys of the cache, or records of the vector store; null when it does not answer. */
  readonly entries: number | null;
  /** Entries of the outbox that wait for it. */
  readonly waiting: number;
  /** Records that nothing refers to; null when not counted. */
  readonly orphans: number | null;
  /** Live records that the server does not hold; null when not counted. */
  readonly missing: number | null;
}

/** A read inside a transaction; `answer` looks an idempotency key up. */
export type TransactionRead =
  | {
      readonly [K in 'getMany' | 'list' | 'recall' | 'personas' | 'links' | 'duplicates']: {
        readonly kind: K;
        readonly args: ReadMap[K]['args'];
      };
    }['getMany' | 'list' | 'recall' | 'personas' | 'links' | 'duplicates']
  | {
      readonly kind: 'answer';
      readonly args: { readonly key: string; readonly requestHash: string; readonly now: number };
    };

/** The levels that have a mechanism of their own; READ_UNCOMMITTED is served as READ_COMMITTED. */
export type ServedIsolation = 'READ_COMMITTED' | 'REPEATABLE_READ' | 'SERIALIZABLE';

/**
 * What an open transaction sees: a snapshot (from REPEATABLE_READ on) with its own buffered writes laid over. The caller
 * makes one call at a time.
 */
export interface TransactionView {
  /** Commit number of the snapshot; null at READ_COMMITTED, which has none. */
  readonly snapshotCsn: number | null;
  /** Bytes of the texts buffered so far. */
  readonly bytes: number;
  /** Operations buffered so far. */
  readonly operations: readonly WriteOperation[];
  /** Buffers operations, all or none; the outcomes are what a commit would give now, with `seq` 0. */
  write(
    operations: readonly WriteOperation[],
    now: number,
    deadline: number,
  ): Promise<readonly OperationOutcome[]>;
  /** Errors: SnapshotTooOldError when the snapshot had to be given up. */
  read(read: TransactionRead, deadline: number): Promise<unknown>;
  /** Forgets the newest operations until `length` are left. */
  truncate(length: number): void;
  /** What the writer has to validate at commit; undefined at READ_COMMITTED. */
  validation(deadline: number): Promise<Validation | undefined>;
  /** Lets go of the snapshot; idempotent. */
  end(): Promise<void>;
}

export interface ReadOptions {
  /** Unix ms; the read is refused or stopped after it. */
  readonly deadline?: number | undefined;
}

/** Retention of the change log, the outcome log and idempotency records. */
export interface Retention {
  /** Unix ms: older entries go. */
  readonly changesBefore: number;
  /** Newest entries always kept, whatever their age. */
  readonly keepChanges: number;
  readonly now: number;
}
