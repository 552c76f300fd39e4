import type { IsolationLevel } from '../../../src/engine/index.ts';
import { type Anomaly, type AnomalyName, countAnomalies } from './anomaly.ts';
import type { RunRecord } from './transaction-record.ts';

interface Expectation {
  readonly allowed: ReadonlySet<AnomalyName>;
  /** At least one of each group must be seen, or the checker is blind. */
  readonly observed: readonly (readonly AnomalyName[])[];
}

const WRITE_SKEW = ['G2-item', 'G2'] as const;
const READ_COMMITTED: Expectation = {
  allowed: new Set<AnomalyName>(['lost update', 'G-single', 'G-nonadjacent', ...WRITE_SKEW]),
  observed: [['lost update'], ['G-single']],
};

const EXPECTATIONS: Readonly<Record<IsolationLevel, Expectation>> = {
  READ_UNCOMMITTED: READ_COMMITTED,
  READ_COMMITTED,
  REPEATABLE_READ: { allowed: new Set(WRITE_SKEW), observed: [WRITE_SKEW] },
  SERIALIZABLE: { allowed: new Set(), observed: [] },
};

/** What a run must not show, with witnesses. */
export function forbidden(level: IsolationLevel, found: readonly Anomaly[]): readonly Anomaly[] {
  return found.filter(({ name }) => !EXPECTATIONS[level].allowed.has(name));
}

/** Anomalies that the level allows, that must occur in a run long enough, and that this one does not show. */
export function missing(
  level: IsolationLevel,
  found: readonly Anomaly[],
): readonly (readonly AnomalyName[])[] {
  const names = new Set(found.map(({ name }) => name));
  return EXPECTATIONS[level].observed.filter((group) => !group.some((name) => names.has(name)));
}

/** One line about a run. */
export function describeRun(
  level: IsolationLevel,
  seed: number,
  { transactions }: RunRecord,
  found: readonly Anomaly[],
): string {
  const committed = transactions.filter(({ outcome }) => outcome === 'committed').length;
  const anomalies = Object.entries(countAnomalies(found)).map(
    ([name, count]) => `${count} ${name}`,
  );
  return `${level} seed ${seed}: ${transactions.length} transactions, ${committed} committed, ${
    anomalies.join(', ') || 'no anomaly'
  }`;
}
