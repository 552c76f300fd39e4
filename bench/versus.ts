import type { Measurement } from './category.ts';
import type { Contender } from './contender.ts';
import { roundsOf } from './measurements.ts';
import { type Ratio, ratioOf } from './statistics/ratio.ts';
import { formatRatio } from './table.ts';

/** Which figures are divided. */
export interface Versus {
  readonly contender: string;
  readonly parameters: Measurement['parameters'];
  /** Throughput divides ours by the other's, a mean time the other's by ours: more is better in both. */
  readonly figure: 'perSecond' | 'mean';
}

export function baselineOf(contenders: readonly Contender[]): string | null {
  return contenders.find(({ isBaseline }) => isBaseline)?.name ?? null;
}

/** A contender against the baseline of the same rounds; null when one of them was not measured. */
export function ratioAgainst(
  measurements: readonly Measurement[],
  baseline: string | null,
  { contender, parameters, figure }: Versus,
  { name, what }: Pick<Ratio, 'name' | 'what'>,
): Ratio | null {
  const ours = roundsOf(measurements, contender, parameters, figure);
  const theirs = baseline === null ? null : roundsOf(measurements, baseline, parameters, figure);
  if (ours === null || theirs === null) return null;
  const head = { name, what, better: 'higher' as const };
  return figure === 'mean' ? ratioOf(head, theirs, ours) : ratioOf(head, ours, theirs);
}

/** For a table: 8.1× (7.2–9.4), the 95 % interval over the rounds in brackets; `-` when there is nothing to compare with. */
export function versusCell(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  versus: Versus,
): string {
  const ratio = ratioAgainst(measurements, baselineOf(contenders), versus, { name: '', what: '' });
  if (ratio === null) return '-';
  return `${formatRatio(ratio.value)} (${formatRatio(ratio.low)}–${formatRatio(ratio.high)})`;
}

/** Ratios without those that were not measured. */
export function measured(ratios: readonly (Ratio | null)[]): readonly Ratio[] {
  return ratios.filter((ratio) => ratio !== null);
}
