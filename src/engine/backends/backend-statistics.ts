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
  /** Of these, searches refused before the queue was full, because they would not have been answered in time. */
  readonly shed: number;
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

/** The disk of the database, in bytes. */
export interface DiskStatistics {
  readonly freeBytes: number;
  /** Below it writes are refused. */
  readonly minFreeBytes: number;
  /** Kept in reserve to fold the write-ahead log when the disk is full. */
  readonly ballastBytes: number;
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
  readonly disk: DiskStatistics;
}
