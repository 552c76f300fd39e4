import { availableParallelism } from 'node:os';
import { sizeOf } from '../file-size.ts';
import { StatementMetrics } from '../metrics/statement-metrics.ts';
import type { ThreadStatistics } from '../pool/protocol.ts';
import type { ReaderPool } from '../pool/reader-pool.ts';
import type { Writer } from '../pool/writer.ts';
import type { BackendStatistics, HealthCheck } from './backend-statistics.ts';

/** One core belongs to the main thread; more readers than cores only compete, until pool tuning says otherwise. */
export function initialReaders(maxConnections: number): number {
  return Math.max(1, Math.min(maxConnections, availableParallelism() - 1));
}

/** Figures of several threads as those of one store. */
export function mergeThreads(
  threads: readonly ThreadStatistics[],
): Pick<BackendStatistics, 'statements' | 'statementCache'> & { readonly checkpoints: number } {
  const merged = new StatementMetrics({
    slowQueryMs: Number.POSITIVE_INFINITY,
    onSlow: () => undefined,
  });
  for (const thread of threads) merged.merge(thread.statements);
  const sum = (of: (thread: ThreadStatistics) => number): number =>
    threads.reduce((total, thread) => total + of(thread), 0);
  return {
    statements: merged.statistics(),
    statementCache: {
      hits: sum(({ cache }) => cache.hits),
      misses: sum(({ cache }) => cache.misses),
      size: sum(({ cache }) => cache.size),
    },
    checkpoints: sum(({ checkpoints }) => checkpoints),
  };
}

/** One check for each thread; `probed` tells of the newest look at all of them. */
export function threadChecks(
  writer: Writer,
  { readers }: ReaderPool,
  probed: Pick<HealthCheck, 'latencyMs' | 'at'>,
): readonly HealthCheck[] {
  return [
    {
      name: 'writer',
      state: writer.state,
      message: writer.lastError?.message ?? null,
      ...probed,
    },
    ...readers.map(({ meter, lastError }) => ({
      name: meter.name,
      state: meter.state,
      message: lastError?.message ?? null,
      ...probed,
    })),
  ];
}

/** Figures of the writer and of all readers. */
export async function threadFigures(
  writer: Writer,
  readers: ReaderPool,
  walPath: string,
): Promise<Pick<BackendStatistics, 'pools' | 'groups' | 'statements' | 'statementCache' | 'wal'>> {
  // A writer that is being replaced starts anew anyway; its pool figures live on this side.
  const [own] = await Promise.allSettled([writer.statistics()]);
  const threads = [
    ...(own.status === 'fulfilled' ? [own.value] : []),
    ...(await readers.threadStatistics()),
  ];
  const { checkpoints, ...merged } = mergeThreads(threads);
  const { pool, groups } = writer.meters();
  return {
    pools: [pool, readers.statistics()],
    groups,
    ...merged,
    wal: { bytes: sizeOf(walPath), checkpoints },
  };
}
