import type { BackendInfo, StoreRole } from './backends/backend.ts';
import type {
  BackendStatistics,
  HealthCheck,
  HealthState,
  LatencySummary,
} from './backends/backend-statistics.ts';
import type { EmbeddingSummary } from './backends/embedding-reads.ts';
import type { Section } from './model/section.ts';
import type { ParticipantStatistics } from './participants/participant.ts';
import type { TransactionStatistics } from './transaction/transaction-types.ts';

/* Shapes of what the engine tells about itself. */

export interface OperationStatistics {
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  /** 0..100 */
  readonly errorRate: number;
  /** Per second over the sampling window. */
  readonly rate: number;
  readonly latency: LatencySummary;
}
export interface CacheStatistics {
  readonly name: string;
  readonly size: number;
  readonly maxSize: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly invalidations: number;
  /** 0..100 */
  readonly hitRate: number;
}
/** A figure that has a configured threshold. */
export interface PerformanceFigure {
  /** Its key in the section `performance` of the configuration. */
  readonly name: 'p95_ms' | 'error_rate' | 'queue_depth' | 'wal_bytes';
  /** As of the last sample; in the unit of the threshold. */
  readonly value: number;
  readonly threshold: number;
  /** It was beyond the threshold within the last window. */
  readonly exceeded: boolean;
}
export interface Health {
  /** Whether this process writes the database or follows the one that does. */
  readonly role: StoreRole;
  /** The worst state of all checks. */
  readonly state: HealthState;
  readonly checks: readonly HealthCheck[];
  /** Those figures that have a configured threshold. */
  readonly thresholds: readonly PerformanceFigure[];
}
export interface Statistics extends Health {
  readonly at: Date;
  readonly uptimeSeconds: number;
  /** Seconds that rates look back on. */
  readonly windowSeconds: number;
  /** v4's three figures over all operations. */
  readonly totals: {
    readonly opsPerSecond: number;
    readonly averageLatencyMs: number;
    readonly errorRate: number;
  };
  readonly operations: readonly OperationStatistics[];
  readonly caches: readonly CacheStatistics[];
  readonly backend: BackendStatistics;
  /** Servers beside the database; empty without any. */
  readonly participants: readonly ParticipantFigures[];
  readonly transactions: TransactionStatistics;
  readonly eventLoopLag: LatencySummary;
  readonly subscribers: number;
  readonly residentBytes: number;
}

/** A server beside the database, with what waits for it. */
export interface ParticipantFigures extends ParticipantStatistics {
  /** Entries of the outbox that wait for it. */
  readonly waiting: number;
  /** What the cache has answered; null for a participant that is none. */
  readonly cache: {
    readonly hits: number;
    readonly misses: number;
    /** Looked up in the database because of a write under way, or because the server was away. */
    readonly bypassed: number;
    readonly fills: number;
  } | null;
}

/** Vectors of the whole store, all namespaces. */
export interface EmbeddingFigures extends EmbeddingSummary {
  /** The model of new vectors; null when no embedder is configured. */
  readonly model: string | null;
}

export interface Status extends Health {
  readonly version: string;
  readonly startedAt: Date;
  readonly uptimeSeconds: number;
  readonly backend: BackendInfo;
  readonly namespace: string;
  readonly totalMemories: number;
  readonly sections: readonly { readonly section: Section; readonly count: number }[];
  readonly personas: number;
  readonly headCursor: string;
  readonly oldestCursor: string;
  readonly fileBytes: number;
  readonly walBytes: number;
  readonly embedding: EmbeddingFigures;
  /** v4's names. */
  readonly performance_metrics: {
    readonly ops_per_second: number;
    readonly avg_latency: number;
    readonly error_rate: number;
  };
}
