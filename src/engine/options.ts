import { z } from 'zod';
import {
  type BackupOptions,
  backupConfigSchema,
  toBackupOptions,
} from './backup/backup-options.ts';
import { type EmbedderConfig, embedderConfigSchema } from './embedding/embedder-config.ts';
import { ValidationError } from './errors.ts';
import { COMMIT_MODES, type CommitMode } from './model/participation.ts';
import { SECTIONS, type Section } from './model/section.ts';

/**
 * The `memory` section of a Trinitas v4 configuration, snake_case as v4 wrote it, plus our own keys.
 * Seconds stay seconds here; EngineOptions holds milliseconds.
 */
export const memoryConfigSchema = z
  .strictObject({
    backend: z.enum(['sqlite', 'hybrid', 'sqlite_sync']).default('sqlite'),
    /** Follow the process that owns the file, and only read it. */
    replica: z.boolean().default(false),
    sqlite_path: z.string().min(1).default('./trinitas.db'),
    /** Upper bound of reader connections. */
    max_connections: z.int().min(1).max(64).default(10),
    /** Seconds a read waits for a free connection of the pool. */
    connection_timeout: z.number().positive().max(300).default(5),
    /** Seconds after which an operation or transaction is given up. */
    transaction_timeout: z.number().positive().max(3600).default(300),
    redis_url: z.url({ protocol: /^rediss?$/ }).optional(),
    chromadb_path: z.string().min(1).optional(),
    chroma_url: z.url({ protocol: /^https?$/ }).optional(),
    /** Whether a commit fails when a configured participant cannot prepare (strict), or happens and the outbox catches up. */
    commit_mode: z.enum(COMMIT_MODES).default('available'),
    /** Seconds in which Chroma prepares a commit; later it counts as away. Redis has a shorter bound of its own. */
    prepare_timeout: z.number().positive().max(10).default(0.5),
    /** Sections whose memories Redis keeps. */
    redis_sections: z
      .array(z.enum(SECTIONS))
      .default(['working_memory', 'cache', 'performance_metrics']),
    /** Entries of the in-process operation cache; 0 switches it off. */
    cache_size: z.int().min(0).max(1_000_000).default(1000),
    /** Seconds a cached answer lives even when nothing invalidates it. */
    cache_ttl: z.number().positive().max(86_400).default(300),
    /** Units per commit group at most while importing; also the chunk of bulk stores. */
    batch_size: z.int().min(1).max(256).default(50),
    /** PRAGMA optimize and full-text merges on a schedule. */
    optimize_queries: z.boolean().default(true),
    /** Histograms, rates and the stats stream. */
    enable_metrics: z.boolean().default(true),
    /** Retries of a read whose connection died, and of opening the file when it is busy. */
    retry_attempts: z.int().min(0).max(100).default(3),
    /** Factor between two waits of a reconnect. */
    retry_backoff: z.number().min(1).max(10).default(1.5),
    /** Seconds between two health probes. */
    health_check_interval: z.number().positive().max(3600).default(30),
    /** fsync per commit group (FULL) or only at checkpoints (NORMAL: a power cut may lose the newest writes). */
    synchronous: z.enum(['FULL', 'NORMAL']).default('FULL'),
    /** Bytes of memory-mapped I/O; 0 is safest, 268435456 is what v4 used. */
    mmap_size: z.int().min(0).max(1_099_511_627_776).default(0),
    /** Bytes of write-ahead log from which the oldest snapshot of an open transaction is moved on or given up. */
    wal_soft_limit: z.int().min(1_048_576).max(1_099_511_627_776).default(67_108_864),
    /** Bytes of write-ahead log from which all snapshots are given up and new ones refused. */
    wal_hard_limit: z.int().min(1_048_576).max(1_099_511_627_776).default(268_435_456),
    /** Bytes of the file kept in reserve for a full disk at most; it is as long as the write-ahead log. 0 = none. */
    ballast_bytes: z.int().min(0).max(1_099_511_627_776).default(268_435_456),
    /** Free bytes of the disk below which writes are refused; absent = the lesser of 64 MB and 5 % of the disk. */
    min_free_bytes: z.int().min(0).max(1_099_511_627_776).optional(),
    /** Snapshots that may be open at once; READ_COMMITTED needs none. */
    max_snapshots: z.int().min(1).max(1024).default(64),
    /** Which model turns texts into vectors; the default needs no network and no native code. */
    embedder: embedderConfigSchema,
    /** Seconds a recall waits for the vector of its query before it answers by text alone. */
    embedding_timeout: z.number().positive().max(60).default(2),
    /** Statements slower than this many milliseconds are reported. */
    slow_query_ms: z.number().positive().max(600_000).default(100),
  })
  .prefault({});

export const historyConfigSchema = z
  .strictObject({
    /** Days a change stays in the log. */
    retention_days: z.number().positive().max(36_500).default(90),
    /** Newest changes kept whatever their age. */
    keep_changes: z.int().min(0).max(1_000_000_000).default(1_000_000),
  })
  .prefault({});

/** Figures beyond which the store counts as degraded; absent = not watched. */
export const performanceConfigSchema = z
  .strictObject({
    /** Milliseconds that 95 % of the operations of the window must not exceed. */
    p95_ms: z.number().positive().max(3_600_000).optional(),
    /** Percent of the operations of the window that may fail through no fault of their caller. */
    error_rate: z.number().min(0).max(100).optional(),
    /** Operations under way at once. */
    queue_depth: z.int().min(1).max(1_000_000).optional(),
    /** Bytes of the write-ahead log. */
    wal_bytes: z.int().min(1).max(1_099_511_627_776).optional(),
    /** Seconds that the figures look back on; a figure has recovered when it was good for so long. */
    window: z.number().min(0.1).max(3600).default(10),
  })
  .prefault({});

/** What a library user hands over: the v4 structure. */
export const engineConfigSchema = z.strictObject({
  memory: memoryConfigSchema,
  history: historyConfigSchema,
  backup: backupConfigSchema,
  performance: performanceConfigSchema,
});
export type EngineConfigInput = z.input<typeof engineConfigSchema>;
export type EngineConfig = z.output<typeof engineConfigSchema>;

/** null = not watched. */
export interface PerformanceThresholds {
  readonly p95Ms: number | null;
  /** 0..100 */
  readonly errorRate: number | null;
  readonly queueDepth: number | null;
  readonly walBytes: number | null;
  readonly windowSeconds: number;
}

/** Validated and frozen; durations in milliseconds. */
export interface EngineOptions {
  readonly backend: 'sqlite' | 'hybrid' | 'sqlite_sync';
  readonly replica: boolean;
  readonly path: string;
  readonly maxConnections: number;
  readonly connectionTimeoutMs: number;
  readonly operationTimeoutMs: number;
  readonly redisUrl: string | null;
  readonly chromaUrl: string | null;
  readonly chromaPath: string | null;
  readonly commitMode: CommitMode;
  readonly prepareTimeoutMs: number;
  readonly redisSections: readonly Section[];
  readonly cacheSize: number;
  readonly cacheTtlMs: number;
  readonly batchSize: number;
  readonly optimizeQueries: boolean;
  readonly enableMetrics: boolean;
  readonly retryAttempts: number;
  readonly retryBackoff: number;
  readonly healthCheckIntervalMs: number;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly mmapSize: number;
  readonly embedder: EmbedderConfig;
  readonly embeddingTimeoutMs: number;
  readonly slowQueryMs: number;
  readonly walSoftLimit: number;
  readonly walHardLimit: number;
  readonly ballastBytes: number;
  readonly minFreeBytes: number | null;
  readonly maxSnapshots: number;
  readonly historyRetentionMs: number;
  readonly historyKeepChanges: number;
  readonly backup: BackupOptions;
  readonly performance: PerformanceThresholds;
}

const MS_PER_DAY = 86_400_000;

/** Validates a v4-style configuration; one ValidationError names every bad key. */
export function parseEngineConfig(input: unknown): EngineOptions {
  const parsed = engineConfigSchema.safeParse(input ?? {});
  if (!parsed.success) {
    throw new ValidationError(
      parsed.error.issues.map((issue) => ({
        path: issue.path.map(String),
        message: issue.message,
      })),
      { remedy: 'Correct the named configuration keys.' },
    );
  }
  return toEngineOptions(parsed.data);
}

/** Without a `backup` section nothing is backed up, without a `performance` section nothing is watched. */
export function toEngineOptions({
  memory,
  history,
  backup = backupConfigSchema.parse({}),
  performance = performanceConfigSchema.parse({}),
}: Pick<EngineConfig, 'memory' | 'history'> & Partial<EngineConfig>): EngineOptions {
  return Object.freeze({
    backend: memory.backend,
    replica: memory.replica,
    path: memory.sqlite_path,
    maxConnections: memory.max_connections,
    connectionTimeoutMs: memory.connection_timeout * 1000,
    operationTimeoutMs: memory.transaction_timeout * 1000,
    redisUrl: memory.redis_url ?? null,
    chromaUrl: memory.chroma_url ?? null,
    chromaPath: memory.chromadb_path ?? null,
    commitMode: memory.commit_mode,
    prepareTimeoutMs: memory.prepare_timeout * 1000,
    redisSections: memory.redis_sections,
    cacheSize: memory.cache_size,
    cacheTtlMs: memory.cache_ttl * 1000,
    batchSize: memory.batch_size,
    optimizeQueries: memory.optimize_queries,
    enableMetrics: memory.enable_metrics,
    retryAttempts: memory.retry_attempts,
    retryBackoff: memory.retry_backoff,
    healthCheckIntervalMs: memory.health_check_interval * 1000,
    synchronous: memory.synchronous,
    mmapSize: memory.mmap_size,
    embedder: memory.embedder,
    embeddingTimeoutMs: memory.embedding_timeout * 1000,
    slowQueryMs: memory.slow_query_ms,
    walSoftLimit: memory.wal_soft_limit,
    walHardLimit: memory.wal_hard_limit,
    ballastBytes: memory.ballast_bytes,
    minFreeBytes: memory.min_free_bytes ?? null,
    maxSnapshots: memory.max_snapshots,
    historyRetentionMs: history.retention_days * MS_PER_DAY,
    historyKeepChanges: history.keep_changes,
    backup: toBackupOptions(backup),
    performance: Object.freeze({
      p95Ms: performance.p95_ms ?? null,
      errorRate: performance.error_rate ?? null,
      queueDepth: performance.queue_depth ?? null,
      walBytes: performance.wal_bytes ?? null,
      windowSeconds: performance.window,
    }),
  });
}
