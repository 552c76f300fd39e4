/** Names after Adya and Elle; `internal` = a transaction does not see its own writes, `duplicate` = an append happened twice. */
export const ANOMALIES = [
  'duplicate',
  'internal',
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'lost update',
  'G-single',
  'G-nonadjacent',
  'G2-item',
  'G2',
] as const;
export type AnomalyName = (typeof ANOMALIES)[number];

export interface Anomaly {
  readonly name: AnomalyName;
  /** Who saw what, in a form a person can follow. */
  readonly witness: string;
}

export function countAnomalies(
  anomalies: readonly Anomaly[],
): Partial<Record<AnomalyName, number>> {
  const counts: Partial<Record<AnomalyName, number>> = {};
  for (const { name } of anomalies) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
