import { encodeChangeCursor } from './change-cursor.ts';
import type { EngineParts, Scope } from './engine-parts.ts';
import type { ParticipantFigures, Statistics, Status } from './figures.ts';
import { engineHealth } from './health.ts';
import { SECTIONS } from './model/section.ts';
import { VERSION } from './version.ts';

const MS_PER_SECOND = 1000;

/** The state of the engine and the counts of one namespace. */
export async function status({ engine, namespace }: Scope): Promise<Status> {
  const now = Date.now();
  const [summary, embedding] = await Promise.all([
    engine.backend.read(
      'summary',
      { namespace, now },
      { deadline: now + engine.options.operationTimeoutMs },
    ),
    engine.embeddings.figures(),
  ]);
  const { totals } = engine.metrics.snapshot();
  const { epoch } = engine.backend.info;
  return {
    version: VERSION,
    startedAt: new Date(engine.startedAt),
    uptimeSeconds: (now - engine.startedAt) / MS_PER_SECOND,
    ...engineHealth(engine),
    backend: engine.backend.info,
    namespace,
    totalMemories: summary.total,
    sections: SECTIONS.map((section) => ({ section, count: summary.bySection[section] ?? 0 })),
    personas: summary.personas,
    headCursor: encodeChangeCursor({ epoch, seq: summary.headSeq }),
    oldestCursor: encodeChangeCursor({ epoch, seq: summary.oldestSeq - 1 }),
    fileBytes: summary.fileBytes,
    walBytes: summary.walBytes,
    embedding,
    performance_metrics: {
      ops_per_second: totals.opsPerSecond,
      avg_latency: totals.averageLatencyMs,
      error_rate: totals.errorRate,
    },
  };
}

/** Figures of the whole engine since its start; rates over the sampling window. */
export async function engineStatistics(engine: EngineParts): Promise<Statistics> {
  const [backend, participants] = await Promise.all([
    engine.backend.statistics(),
    participantFigures(engine),
  ]);
  const now = Date.now();
  const { operations, totals } = engine.metrics.snapshot();
  return {
    at: new Date(now),
    ...engineHealth(engine),
    uptimeSeconds: (now - engine.startedAt) / MS_PER_SECOND,
    windowSeconds: engine.metrics.windowSeconds,
    totals,
    operations,
    caches: [engine.cache.statistics()],
    backend,
    participants,
    transactions: engine.transactions.statistics(),
    eventLoopLag: engine.lag.summary(),
    subscribers: engine.streams.size,
    residentBytes: process.memoryUsage.rss(),
  };
}

async function participantFigures({
  backend,
}: EngineParts): Promise<readonly ParticipantFigures[]> {
  if (backend.participants === null) return [];
  const waiting = await backend.read('outboxCounts', null);
  const cache = backend.participants.cacheStatistics();
  return backend.participants.statistics().map((statistics) => ({
    ...statistics,
    waiting: waiting[statistics.name],
    cache: statistics.name === 'redis' ? cache : null,
  }));
}
