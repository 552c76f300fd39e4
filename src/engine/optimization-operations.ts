import type { JsonObject } from './model/json-value.ts';

export const OPTIMIZATION_TYPES = [
  'cleanup',
  'cache_optimization',
  'cache_expansion',
  'index_optimization',
  'connection_pool_tuning',
] as const;

export type OptimizationType = (typeof OPTIMIZATION_TYPES)[number];

export interface OptimizationAction {
  readonly type: string;
  /** cleanup: days without access, default 30. */
  readonly threshold_days?: number | undefined;
  /** cleanup: only report. */
  readonly dryRun?: boolean | undefined;
  /** cache_expansion: new number of entries, default twice the current. */
  readonly cache_size?: number | undefined;
  /** connection_pool_tuning: readers wanted; default from the measured load. */
  readonly connections?: number | undefined;
}

export interface OptimizationPlan {
  readonly summary?: string | undefined;
  readonly actions: readonly OptimizationAction[];
}

export interface OptimizationReport {
  readonly type: OptimizationType;
  readonly changed: boolean;
  /** One sentence a person can read. */
  readonly message: string;
  readonly details: JsonObject;
}
