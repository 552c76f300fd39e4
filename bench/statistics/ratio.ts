import { median } from '../samples.ts';
import { bootstrapMedian } from './bootstrap.ts';

/**
 * A promise as a quotient of two figures of the same run, round by round, so that a slow machine or a noisy hour counts in both. The
 * only figures that are compared between runs.
 */
export interface Ratio {
  /** Unique in a report, camelCase. */
  readonly name: string;
  /** What is divided by what, for people. */
  readonly what: string;
  readonly better: 'higher' | 'lower';
  /** Median of the rounds. */
  readonly value: number;
  /** Its 95 % interval by bootstrap over the rounds. */
  readonly low: number;
  readonly high: number;
  readonly rounds: readonly number[];
}

/** `over` and `under` hold one figure of each round, in the same order. RangeError when a round lacks one. */
export function ratioOf(
  { name, what, better }: Pick<Ratio, 'name' | 'what' | 'better'>,
  over: readonly number[],
  under: readonly number[],
): Ratio {
  if (over.length === 0 || over.length !== under.length)
    throw new RangeError(`${name}: ${over.length} rounds over ${under.length}`);
  const rounds = over.map((value, round) => value / (under[round] ?? Number.NaN));
  return { name, what, better, value: median(rounds), ...bootstrapMedian(rounds), rounds };
}

/**
 * The ratios that every report names on the last line of `--json`. One whose category was not run is null there.
 * storeDurable256, recallConcurrent64: throughput, ours / v4. recallMean50k: mean time, v4 / ours. memoryGrowth: resident growth,
 * ours / v4, so that less is better. httpRead: throughput of a read, ours / constant resolvers.
 */
export const HEADLINE_RATIOS = [
  'storeDurable256',
  'recallMean50k',
  'recallConcurrent64',
  'memoryGrowth',
  'httpRead',
] as const;

/** The last line of stdout with `--json`. */
export function headlineOf(ratios: readonly Ratio[]): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    HEADLINE_RATIOS.map((name) => [
      name,
      ratios.find((ratio) => ratio.name === name)?.value ?? null,
    ]),
  );
}
