import type { Backend } from './backends/backend.ts';
import type { BackgroundJobs } from './background-jobs.ts';
import type { BackgroundVerification } from './background-verification.ts';
import type { Backups } from './backups.ts';
import type { ChangeFeed } from './changes.ts';
import type { Embeddings } from './embeddings.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { IndexRebuilds } from './index-rebuilds.ts';
import type { Jobs } from './jobs.ts';
import type { LiveStreams } from './live-streams.ts';
import type { MemoryOperations } from './memory-operations.ts';
import type { EventLoopLag } from './metrics/event-loop-lag.ts';
import type { MetricsRegistry } from './metrics/operation-metrics.ts';
import type { OperationCache } from './operation-cache.ts';
import type { OperationRunner } from './operation-runner.ts';
import type { EngineOptions } from './options.ts';
import type { PerformanceWatch } from './performance-watch.ts';
import type { PersonaNames } from './persona-names.ts';
import type { CachedAnswer, ReadCache } from './read-cache.ts';
import type { StatisticsSampler } from './statistics-sampler.ts';
import type { TouchBatcher } from './touch-batcher.ts';
import type { TransactionManager } from './transaction/transaction-manager.ts';

/** What one open engine consists of; made and closed by engine.ts, used by the operations. */
export interface EngineParts {
  readonly options: EngineOptions;
  readonly backend: Backend;
  readonly cache: OperationCache<CachedAnswer>;
  readonly reads: ReadCache;
  readonly metrics: MetricsRegistry;
  readonly lag: EventLoopLag;
  readonly runner: OperationRunner;
  readonly performance: PerformanceWatch;
  readonly monitor: HealthMonitor;
  readonly touches: TouchBatcher;
  readonly changes: ChangeFeed;
  readonly personaNames: PersonaNames;
  readonly embeddings: Embeddings;
  readonly indexes: IndexRebuilds;
  readonly backups: Backups;
  readonly verification: BackgroundVerification;
  readonly streams: LiveStreams;
  readonly sampler: StatisticsSampler;
  /** Work that repeats by itself. */
  readonly background: BackgroundJobs;
  /** Work that somebody started. */
  readonly jobs: Jobs;
  readonly transactions: TransactionManager;
  /** Inside an open transaction writes are only buffered, so that they wait for nobody. */
  readonly insideTransaction: boolean;
  /** Unix ms */
  readonly startedAt: number;
}

/** Where an operation runs: an engine and the one namespace it may see. */
export interface Scope {
  readonly engine: EngineParts;
  readonly namespace: string;
  /** The same namespace through other parts: those of an open transaction. */
  enter(engine: EngineParts): MemoryOperations;
}
