import { describe, readInteger } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import {
  OPTIMIZATION_TYPES,
  type OptimizationPlan,
  type OptimizationType,
} from './optimization-operations.ts';

/** v4's default: memories not accessed for a month. */
const DEFAULT_THRESHOLD_DAYS = 30;
const MAX_THRESHOLD_DAYS = 36_500;
/** A plan is written by a person or an agent; more actions than this are a mistake. */
const MAX_ACTIONS = 32;
/** The bounds of the configuration's `cache_size` and `max_connections`. */
const MAX_CACHE_ENTRIES = 1_000_000;
const MAX_CONNECTIONS = 64;

/** One checked action; null = decide by what was measured. */
export interface PlannedAction {
  readonly type: OptimizationType;
  readonly thresholdDays: number;
  readonly dryRun: boolean;
  readonly cacheSize: number | null;
  readonly connections: number | null;
}

/** Checks a whole plan before anything of it runs. */
export function readPlan(issues: IssueCollector, plan: OptimizationPlan): readonly PlannedAction[] {
  const actions: unknown = plan?.actions;
  if (!Array.isArray(actions) || actions.length > MAX_ACTIONS) {
    issues.add(['actions'], `must be a list of at most ${MAX_ACTIONS} actions`);
    return [];
  }
  return actions.map((action: unknown, index) =>
    readAction(issues, action, ['actions', String(index)]),
  );
}

function readAction(
  issues: IssueCollector,
  action: unknown,
  path: readonly string[],
): PlannedAction {
  const given = (typeof action === 'object' && action !== null ? action : {}) as Readonly<
    Record<string, unknown>
  >;
  const type = OPTIMIZATION_TYPES.find((name) => name === given['type']);
  if (type === undefined) {
    issues.add(
      [...path, 'type'],
      `must be one of ${OPTIMIZATION_TYPES.join(', ')}, not ${describe(given['type'])}`,
    );
  }
  const optional = (name: string, maximum: number): number | null => {
    const value = given[name] ?? null;
    return value === null ? null : readInteger(issues, value, [...path, name], 1, maximum);
  };
  return {
    type: type ?? 'cleanup',
    thresholdDays: readDays(issues, given['threshold_days'] ?? DEFAULT_THRESHOLD_DAYS, [
      ...path,
      'threshold_days',
    ]),
    dryRun: readFlag(issues, given['dryRun'] ?? false, [...path, 'dryRun']),
    cacheSize: optional('cache_size', MAX_CACHE_ENTRIES),
    connections: optional('connections', MAX_CONNECTIONS),
  };
}

/** Days may have fractions; 0 means: not accessed since now. */
function readDays(issues: IssueCollector, value: unknown, path: readonly string[]): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_THRESHOLD_DAYS) return value;
  issues.add(
    path,
    `must be a number of days from 0 to ${MAX_THRESHOLD_DAYS}, not ${describe(value)}`,
  );
  return DEFAULT_THRESHOLD_DAYS;
}

function readFlag(issues: IssueCollector, value: unknown, path: readonly string[]): boolean {
  if (typeof value === 'boolean') return value;
  issues.add(path, `must be true or false, not ${describe(value)}`);
  return true;
}
