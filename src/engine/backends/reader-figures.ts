import { availableParallelism } from 'node:os';
import { StatementMetrics } from '../metrics/statement-metrics.ts';
import type { ThreadStatistics } from '../pool/protocol.ts';
import type { BackendStatistics } from './backend-statistics.ts';

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
