import type { Backend } from './backends/backend.ts';
import { openBackend } from './backends/open-backend.ts';
import { type BackgroundJob, BackgroundJobs } from './background-jobs.ts';
import { BackgroundVerification } from './background-verification.ts';
import { Backups } from './backups.ts';
import { ChangeFeed } from './changes.ts';
import type { EmbedderSurroundings } from './embedding/create-embedder.ts';
import { type OpenEmbedding, openEmbedding } from './embedding/open-embedding.ts';
import { processSurroundings } from './embedding/process-surroundings.ts';
import { Embeddings } from './embeddings.ts';
import type { EngineParts } from './engine-parts.ts';
import type { EngineTracer } from './engine-tracer.ts';
import type { Health, Statistics } from './figures.ts';
import { sizeOf } from './file-size.ts';
import { engineHealth } from './health.ts';
import { type HealthListener, HealthMonitor } from './health-monitor.ts';
import { IndexRebuilds } from './index-rebuilds.ts';
import { Jobs } from './jobs.ts';
import { LiveStreams } from './live-streams.ts';
import { maintenanceJobs } from './maintenance-jobs.ts';
import type { MemoryOperations } from './memory-operations.ts';
import { EventLoopLag } from './metrics/event-loop-lag.ts';
import { MetricsRegistry } from './metrics/operation-metrics.ts';
import { openNamespace } from './namespace.ts';
import { OperationCache } from './operation-cache.ts';
import { OperationRunner, toMemoryError } from './operation-runner.ts';
import type { EngineOptions } from './options.ts';
import { PerformanceWatch } from './performance-watch.ts';
import { PersonaNames } from './persona-names.ts';
import { type CachedAnswer, ReadCache } from './read-cache.ts';
import { StatisticsSampler } from './statistics-sampler.ts';
import { engineStatistics } from './status.ts';
import { TouchBatcher } from './touch-batcher.ts';
import { TransactionManager } from './transaction/transaction-manager.ts';

/** Where a library user works who names no namespace. */
export const DEFAULT_NAMESPACE = 'default';

/** One open store with everything around it. Close it once nobody uses it; closing twice is the same as once. */
export interface Engine {
  readonly options: EngineOptions;
  readonly closed: boolean;
  /** The operations on one namespace; ValidationError when the name cannot be one. Cheap. */
  namespace(name: string): MemoryOperations;
  health(): Health;
  statistics(): Promise<Statistics>;
  /** Calls `listener` once for each change of a check's state; returns how to stop that. */
  onHealthChange(listener: HealthListener): () => void;
  /** Throws PerformanceDegradationError while a figure is beyond its configured threshold. */
  assertPerformance(): void;
  /** Refuses new work, ends the streams, lets what is under way finish, then closes the backend. */
  close(): Promise<void>;
}

/** What an engine works with beside its options. */
export interface EngineCompanions {
  /** Follows every operation; absent = nothing is traced. */
  readonly tracer?: EngineTracer | undefined;
}

/** Opens the store named by the options; rejects with a MemorySystemError that says what is in the way. */
export async function openEngine(
  options: EngineOptions,
  { tracer }: EngineCompanions = {},
): Promise<Engine> {
  const surroundings = processSurroundings();
  const embedding = openEmbedding(options.embedder, surroundings);
  const backend = await openBackend(options, embedding?.setup, tracer).catch((error: unknown) => {
    throw toMemoryError('open', error);
  });
  try {
    const parts = await assemble(options, backend, embedding, surroundings, tracer);
    parts.embeddings.start();
    parts.verification.start();
    return toEngine(parts);
  } catch (error) {
    await backend.close();
    throw toMemoryError('open', error);
  }
}

async function assemble(
  options: EngineOptions,
  backend: Backend,
  embedding: OpenEmbedding | null,
  surroundings: EmbedderSurroundings,
  tracer: EngineTracer | undefined,
): Promise<EngineParts> {
  const { headSeq } = await backend.read(
    'summary',
    { namespace: DEFAULT_NAMESPACE, now: Date.now() },
    { deadline: Date.now() + options.operationTimeoutMs },
  );
  const follows = backend.info.role === 'REPLICA';
  const clock = (): number => performance.now();
  const cache = new OperationCache<CachedAnswer>({
    // A replica hears of a commit only after the owner has acknowledged it, so nothing that it kept would be sure to be current.
    maxSize: follows ? 0 : options.cacheSize,
    ttlMs: options.cacheTtlMs,
    now: clock,
  });
  const metrics = new MetricsRegistry({ enabled: options.enableMetrics, now: clock });
  const personaNames = new PersonaNames(backend, options.operationTimeoutMs);
  const jobs = new Jobs();
  const backups = new Backups(backend.info, options.backup, jobs);
  const embeddings = new Embeddings(backend, embedding, jobs, {
    timeoutMs: options.embeddingTimeoutMs,
    surroundings,
  });
  const indexes = new IndexRebuilds(backend, embeddings, jobs);
  const changes = new ChangeFeed(backend, headSeq, options.operationTimeoutMs);
  // Before a write is acknowledged, the cache forgets what it touched and the watchers are woken.
  backend.onCommit((commit) => {
    cache.invalidate(commit);
    personaNames.onCommit(commit);
    embeddings.notify();
    changes.onCommit(commit);
  });
  const lag = new EventLoopLag();
  if (options.enableMetrics) lag.start();
  const performanceWatch = new PerformanceWatch(options.performance, {
    walBytes: () => sizeOf(`${backend.info.path}-wal`),
    now: Date.now,
  });
  const parts: EngineParts = {
    options,
    backend,
    cache,
    reads: new ReadCache(cache),
    metrics,
    lag,
    runner: new OperationRunner(metrics, performanceWatch, tracer),
    performance: performanceWatch,
    monitor: new HealthMonitor(
      () => engineHealth(parts),
      () => performanceWatch.sample(),
    ),
    touches: new TouchBatcher((namespace, touches) =>
      metrics.measure('touch', () => backend.touch(namespace, touches)),
    ),
    changes,
    personaNames,
    embeddings,
    indexes,
    backups,
    verification: new BackgroundVerification(backend, embeddings),
    streams: new LiveStreams(),
    sampler: new StatisticsSampler(() => engineStatistics(parts)),
    jobs,
    background: new BackgroundJobs(maintenanceOf(backend, options, backups), Date.now),
    transactions: new TransactionManager(backend, options.operationTimeoutMs),
    insideTransaction: false,
    startedAt: Date.now(),
  };
  return parts;
}

/** Of a replica only its health is looked at; everything else is the owner's. */
function maintenanceOf(
  backend: Backend,
  options: EngineOptions,
  backups: Backups,
): readonly BackgroundJob[] {
  const jobs = maintenanceJobs(backend, options, Date.now);
  return backend.info.role === 'REPLICA'
    ? jobs.filter(({ name }) => name === 'probe')
    : [...jobs, ...backups.schedule()];
}

function toEngine(parts: EngineParts): Engine {
  let closing: Promise<void> | null = null;
  return {
    options: parts.options,
    get closed() {
      return parts.runner.closed;
    },
    namespace: (name) => openNamespace(parts, name),
    health: () => engineHealth(parts),
    statistics: () => parts.runner.run('statistics', () => engineStatistics(parts)),
    onHealthChange: (listener) => parts.monitor.onChange(listener),
    assertPerformance: () => parts.performance.assert(),
    close: () => {
      closing ??= closeParts(parts);
      return closing;
    },
  };
}

async function closeParts({
  runner,
  monitor,
  streams,
  background,
  touches,
  lag,
  backend,
  transactions,
  embeddings,
  backups,
  verification,
}: EngineParts): Promise<void> {
  monitor.stop();
  const drained = runner.close();
  embeddings.stopWaiting();
  backups.stop();
  await Promise.all([drained, streams.close(), background.stop(), transactions.close()]);
  await Promise.all([touches.close(), embeddings.close(), verification.close()]);
  lag.stop();
  await backend.close();
}
