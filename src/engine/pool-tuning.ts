import type { PoolStatistics } from './backends/backend-statistics.ts';
import type { EngineParts } from './engine-parts.ts';
import type { OptimizationReport } from './optimization-operations.ts';

/** Above this share of busy time a pool gets a connection more; requests begin to wait well before 100 %. */
const GROW_ABOVE_UTILIZATION = 70;
/** Below this share, and without anybody waiting, it gives one back. */
const SHRINK_BELOW_UTILIZATION = 20;
/** Mean wait in milliseconds that says the same as a busy pool: several times what one point read takes. */
const GROW_ABOVE_WAIT_MS = 2;

/** Grows or shrinks the reader pool: to the number wanted, else by one step where the measured load asks for it. */
export async function tuneConnectionPool(
  { backend, options }: EngineParts,
  wanted: number | null,
): Promise<OptimizationReport> {
  const readers = readerPool((await backend.statistics()).pools);
  if (readers === undefined) {
    return {
      type: 'connection_pool_tuning',
      changed: false,
      message: `The backend ${backend.info.backend} has no reader pool.`,
      details: {},
    };
  }
  const { size: before, utilization, waits } = readers;
  const target = wanted ?? Math.min(options.maxConnections, Math.max(1, before + step(readers)));
  const after = target === before ? before : await backend.resize(target);
  return {
    type: 'connection_pool_tuning',
    changed: after !== before,
    message: `The reader pool has ${after} connections (before: ${before}, ${utilization.toFixed(0)} % busy).`,
    details: {
      before,
      after,
      wanted: target,
      utilization,
      waits,
      meanWaitMs: readers.wait.mean,
      queued: readers.queued,
    },
  };
}

function step({ utilization, queued, wait }: PoolStatistics): -1 | 0 | 1 {
  if (utilization > GROW_ABOVE_UTILIZATION || wait.mean > GROW_ABOVE_WAIT_MS) return 1;
  return utilization < SHRINK_BELOW_UTILIZATION && queued === 0 ? -1 : 0;
}

function readerPool(pools: readonly PoolStatistics[]): PoolStatistics | undefined {
  return pools.find((pool) => pool.name === 'readers');
}
