import { refuseOnReplica } from './backends/replica/replica-refusal.ts';
import { cleanUp } from './cleanup.ts';
import type { EngineParts, Scope } from './engine-parts.ts';
import { IssueCollector } from './issue-collector.ts';
import type {
  OptimizationPlan,
  OptimizationReport,
  OptimizationType,
} from './optimization-operations.ts';
import { type PlannedAction, readPlan } from './optimization-plan.ts';
import { tuneConnectionPool } from './pool-tuning.ts';

/** Entries of a cache that was switched off and is to be expanded: the default of the configuration. */
const FIRST_CACHE_SIZE = 1000;
const MAX_CACHE_SIZE = 1_000_000;

type Optimize = (scope: Scope, action: PlannedAction) => Promise<OptimizationReport>;

const OPTIMIZATIONS: Readonly<Record<OptimizationType, Optimize>> = {
  cleanup: cleanUp,
  cache_optimization: async ({ engine }) => purgeCache(engine),
  cache_expansion: async ({ engine }, action) => resizeCache(engine, action.cacheSize),
  index_optimization: async ({ engine }) => await optimizeIndexes(engine),
  connection_pool_tuning: async ({ engine }, action) =>
    await tuneConnectionPool(engine, action.connections),
};

/** Runs the actions of a plan one after the other; a plan with anything wrong in it is refused as a whole. */
export async function applyOptimizations(
  scope: Scope,
  plan: OptimizationPlan,
): Promise<readonly OptimizationReport[]> {
  refuseOnReplica(scope.engine.backend.info);
  const issues = new IssueCollector();
  const actions = readPlan(issues, plan);
  issues.throwIfAny();
  const reports: OptimizationReport[] = [];
  for (const action of actions) reports.push(await OPTIMIZATIONS[action.type](scope, action));
  return reports;
}

function purgeCache({ cache }: EngineParts): OptimizationReport {
  const before = cache.statistics().size;
  const dropped = cache.purgeStale();
  return {
    type: 'cache_optimization',
    changed: dropped > 0,
    message: `Dropped ${dropped} of ${before} cached answers that were too old to be served.`,
    details: { before, dropped, after: before - dropped, hitRate: cache.statistics().hitRate },
  };
}

function resizeCache({ cache }: EngineParts, wanted: number | null): OptimizationReport {
  const before = cache.statistics().maxSize;
  const after = wanted ?? Math.min(MAX_CACHE_SIZE, before === 0 ? FIRST_CACHE_SIZE : before * 2);
  if (after !== before) cache.resize(after);
  return {
    type: 'cache_expansion',
    changed: after !== before,
    message: `The operation cache holds at most ${after} answers (before: ${before}).`,
    details: { before, after },
  };
}

async function optimizeIndexes({ backend }: EngineParts): Promise<OptimizationReport> {
  const steps = await backend.optimize();
  return {
    type: 'index_optimization',
    changed: steps.length > 0,
    message: steps.length > 0 ? `Did ${steps.join(', ')}.` : 'Nothing needed optimising.',
    details: { steps },
  };
}
