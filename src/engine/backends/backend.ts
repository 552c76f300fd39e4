import type { Filter, OrderTerm } from '../search/filter.ts';
import type {
  ChangeRecord,
  MemoryRecord,
  OperationOutcome,
  PersonaRecord,
  Section,
  Target,
  UnitOutcome,
  Validation,
  WriteOperation,
  WriteUnit,
} from '../types.ts';

/** A text query ready for the full-text index: only quoted strings, so no operator of the user's text survives. */
export interface TextQuery {
  /** One FTS5 MATCH expression for each term; a memory that holds any of them is found. */
  readonly expressions: readonly string[];
  /** FTS5 MATCH expression of what no hit may hold; null for nothing. */
  readonly excluded: string | null;
  /** The terms behind the expressions, for highlighting and explanation. */
  readonly terms: readonly string[];
}

export interface TextHit {
  readonly record: MemoryRecord;
  /** Sum of FTS5's bm25 over the terms found, times the root of the share of the terms found: higher is better, never negative. */
  readonly bm25: number;
  /** Place by bm25 among all matches, 1 = best; equal ones by id. */
  readonly rank: number;
  /** bm25 / best bm25 of all matches. */
  readonly normalised: number;
}

/** Keyset position: the order values of the last item, then its id. */
export type Keyset = readonly (string | number | null)[];

/** A moment of the past: Unix ms, or a position in the change log, which stands for the whole unit of work around it. */
export type Moment = { readonly at: number } | { readonly seq: number };

/** Why the log cannot tell the state at a moment: it was trimmed since, or it never reached that position. */
export interface LogRefusal {
  readonly refused: 'TRIMMED' | 'AHEAD';
  /** The earliest moment that can be read: a position, and its time in Unix ms (-Infinity before the first change). */
  readonly start: { readonly seq: number; readonly high: number };
}

/** Every read a backend answers; `args` and `result` cross threads by structured clone. */
export interface ReadMap {
  /** In the order of the targets; null where nothing visible is found. */
  getMany: {
    args: { readonly namespace: string; readonly targets: readonly Target[]; readonly now: number };
    result: readonly (MemoryRecord | null)[];
  };
  list: {
    args: {
      readonly namespace: string;
      readonly filter: Filter | null;
      readonly order: readonly OrderTerm[];
      readonly limit: number;
      readonly after: Keyset | null;
      readonly before: Keyset | null;
      /** Take the last `limit` items instead of the first. */
      readonly fromEnd: boolean;
      readonly withTotal: boolean;
      readonly now: number;
    };
    /** `total` ignores cursors and limit; null when not asked for. `hasMore` looks in the direction of travel. */
    result: {
      readonly records: readonly MemoryRecord[];
      readonly hasMore: boolean;
      readonly total: number | null;
    };
  };
  /**
   * Best hits by normalised bm25, importance and recency (search/rank.ts), filters applied before ranking and before the
   * limit; equal scores by id.
   */
  recallText: {
    args: {
      readonly namespace: string;
      readonly query: TextQuery;
      readonly filter: Filter | null;
      readonly limit: number;
      readonly now: number;
    };
    result: { readonly hits: readonly TextHit[] };
  };
  /** Changes with seq > afterSeq in commit order; `scannedSeq` is the position to continue from even when the filter dropped all. */
  changes: {
    args: {
      readonly namespace: string;
      readonly afterSeq: number;
      readonly limit: number;
      readonly filter: Filter | null;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly scannedSeq: number;
      readonly headSeq: number;
      /** Smallest seq still in the log; headSeq + 1 when it is empty. */
      readonly oldestSeq: number;
    };
  };
  /** `getMany` as of a moment. */
  getManyAsOf: {
    args: {
      readonly namespace: string;
      readonly targets: readonly Target[];
      readonly moment: Moment;
    };
    result: { readonly records: readonly (MemoryRecord | null)[] } | LogRefusal;
  };
  /** `list` as of a moment. */
  listAsOf: {
    args: Omit<ReadMap['list']['args'], 'now'> & { readonly moment: Moment };
    result: ReadMap['list']['result'] | LogRefusal;
  };
  /** Changes of a memory, or of all that ever had the key, with seq < beforeSeq (null = all), newest first. */
  history: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly beforeSeq: number | null;
      readonly limit: number;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly hasMore: boolean;
      /** False when older changes may have been trimmed. */
      readonly complete: boolean;
    };
  };
  /** Versions of one memory from the log, null where it does not hold them; a key means the newest that had it. */
  versions: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly versions: readonly number[];
    };
    result: readonly (MemoryRecord | null)[];
  };
  personas: {
    args: { readonly namespace: string; readonly names: readonly string[] | null };
    /** In the order of the names (null where unknown), or all personas by name. */
    result: readonly (PersonaRecord | null)[];
  };
  /** Memories that `cleanup` would delete: not accessed since, importance below, in the sections; oldest access first. */
  stale: {
    args: {
      readonly namespace: string;
      readonly accessedBefore: number;
      readonly importanceBelow: number;
      readonly sections: readonly Section[];
      readonly limit: number;
      readonly now: number;
    };
    result: readonly MemoryRecord[];
  };
  summary: {
    args: { readonly namespace: string; readonly now: number };
    result: {
      readonly total: number;
      readonly bySection: Readonly<Record<string, number>>;
      readonly personas: number;
      readonly headSeq: number;
      readonly oldestSeq: number;
      readonly csn: number;
      readonly fileBytes: number;
      readonly walBytes: number;
    };
  };
}
export type ReadKind = keyof ReadMap;

/** One access to count; batched and written without delaying the read that caused it. */
export interface Touch {
  readonly memoryId: number;
  readonly count: number;
  /** Unix ms of the newest access. */
  readonly at: number;
}

export type HealthState = 'OK' | 'DEGRADED' | 'RECOVERING' | 'READ_ONLY' | 'QUARANTINE' | 'CLOSED';

export interface HealthCheck {
  readonly name: string;
  readonly state: HealthState;
  /** Round trip of the last probe in ms; null when none was made. */
  readonly latencyMs: number | null;
  /** What is wrong and what to do; null when all is well. */
  readonly message: string | null;
  /** Unix ms of the last probe or change of state. */
  readonly at: number;
}

/** Latencies in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface ConnectionStatistics {
  readonly name: string;
  readonly state: HealthState;
  readonly requests: number;
  readonly failures: number;
  /** 0..100; 100 when nothing was asked yet. */
  readonly successRate: number;
  readonly ageSeconds: number;
  readonly reconnects: number;
  readonly busy: boolean;
}

export interface PoolStatistics {
  readonly name: string;
  /** Connections. */
  readonly size: number;
  readonly busy: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly maxQueue: number;
  /** Share of time the connections worked since the last sample, 0..100. */
  readonly utilization: number;
  /** Requests that had to wait for a connection. */
  readonly waits: number;
  readonly rejected: number;
  readonly wait: LatencySummary;
  readonly run: LatencySummary;
  readonly respawns: number;
  readonly connections: readonly ConnectionStatistics[];
}

export interface StatementStatistics {
  readonly name: string;
  readonly count: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly rows: number;
}

/** Snapshots pinned by open transactions. */
export interface SnapshotStatistics {
  readonly open: number;
  readonly max: number;
  readonly oldestAgeSeconds: number;
  /** Moved to a newer commit because the WAL had grown. */
  readonly refreshed: number;
  /** Given up with SnapshotTooOldError. */
  readonly aborted: number;
}

export interface SlowStatement {
  readonly name: string;
  readonly durationMs: number;
  readonly rows: number;
  /** Unix ms */
  readonly at: number;
}

export interface GroupStatistics {
  readonly groups: number;
  readonly units: number;
  /** Units per group since start. */
  readonly meanSize: number;
  readonly maxSize: number;
  /** COMMIT including its fsync. */
  readonly commit: LatencySummary;
}

export interface BackendStatistics {
  readonly backend: string;
  readonly pools: readonly PoolStatistics[];
  readonly groups: GroupStatistics;
  readonly statements: readonly StatementStatistics[];
  /** The newest statements that took longer than `slow_query_ms`, at most 32, newest last. */
  readonly slowStatements: readonly SlowStatement[];
  /** Prepared-statement cache over all connections. */
  readonly statementCache: {
    readonly hits: number;
    readonly misses: number;
    readonly size: number;
  };
  readonly snapshots: SnapshotStatistics;
  readonly wal: { readonly bytes: number; readonly checkpoints: number };
}

export interface BackendInfo {
  readonly backend: 'sqlite' | 'sqlite_sync';
  readonly path: string;
  /** Changes on restore, so that cursors of another history are refused. */
  readonly epoch: string;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly synchronous: string;
  readonly journalMode: string;
}

/** What happened to the store, in commit order; a coalesced wake-up, never the data itself. */
export interface Commit {
  readonly csn: number;
  readonly headSeq: number;
  readonly touched: readonly {
    readonly namespace: string;
    readonly memoryId: number;
    readonly key: string;
  }[];
}
export type CommitListener = (commit: Commit) => void;

/**
 * The primary store. A write resolves only after its COMMIT is durable as configured; listeners run before it resolves,
 * so whoever awaited a write finds every cache already told.
 */
export interface Backend {
  readonly info: BackendInfo;
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
  /** Deletes what expired before `now`, at most `limit`; returns how many. */
  sweepExpired(now: number, limit: number): Promise<number>;
  /** Drops log entries and records beyond their retention; returns how many. */
  prune(retention: Retention): Promise<number>;
  /** PRAGMA optimize and full-text merge; returns what was done. */
  optimize(): Promise<readonly string[]>;
  /** Grows or shrinks the reader pool; returns the new size. */
  resize(readers: number): Promise<number>;
  probe(): Promise<readonly HealthCheck[]>;
  health(): readonly HealthCheck[];
  statistics(): Promise<BackendStatistics>;
  onCommit(listener: CommitListener): () => void;
  close(): Promise<void>;
}

/** A read inside a transaction; `answer` looks an idempotency key up. */
export type TransactionRead =
  | {
      readonly [K in 'getMany' | 'list' | 'recallText' | 'personas']: {
        readonly kind: K;
        readonly args: ReadMap[K]['args'];
      };
    }['getMany' | 'list' | 'recallText' | 'personas']
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
