import { median } from '../samples.ts';
import { bootstrapQuotient, type Interval } from './bootstrap.ts';
import { leastProbability, probabilityOfLower } from './rank-test.ts';
import type { Ratio } from './ratio.ts';

/** What became of one ratio between two runs. */
export interface RatioComparison {
  readonly name: string;
  readonly what: string;
  readonly before: number;
  readonly now: number;
  /** How many times better it is now: under 1 = worse. */
  readonly gain: number;
  readonly interval: Interval;
  /** That it would look this much worse by chance. */
  readonly probability: number;
  readonly verdict: 'regression' | 'as before' | 'better' | 'too few rounds';
}

/**
 * Of comparisons in which nothing changed, at most this share fails. Five rounds on each side cannot be surer than 1 in 252, and a whole
 * run has sixteen ratios: with 0.05 none of them could ever fail. With 0.1 they do so by chance in 6 % at most.
 */
const SIGNIFICANCE = 0.1;
/** A smaller loss is not worth a red build, however sure it is. */
const LEAST_LOSS = 0.05;

/** Of one ratio in both runs, with the least probability that so many rounds can give. */
interface Pair {
  readonly old: Ratio;
  readonly other: Ratio;
  readonly least: number;
}

/**
 * Compares the ratios that both runs have. A regression is a loss of more than 5 % whose 95 % bootstrap interval excludes 1 and which
 * the rank test finds significant, corrected for the number of ratios that have enough rounds for that (Tarone 1990). Times are never
 * compared.
 */
export function compareRatios(
  before: readonly Ratio[],
  now: readonly Ratio[],
): readonly RatioComparison[] {
  const pairs = before.flatMap((old): readonly Pair[] => {
    const other = now.find(({ name }) => name === old.name);
    if (other === undefined) return [];
    return [{ old, other, least: leastProbability(other.rounds.length, old.rounds.length) }];
  });
  const bound = boundOf(pairs.map(({ least }) => least));
  return pairs.map((pair) => compareOne(pair, bound));
}

function compareOne({ old, other, least }: Pair, bound: number): RatioComparison {
  const [earlier, later] = [toHigherIsBetter(old), toHigherIsBetter(other)];
  const comparison = {
    name: old.name,
    what: other.what,
    before: old.value,
    now: other.value,
    gain: median(later) / median(earlier),
    interval: bootstrapQuotient(later, earlier),
    probability: probabilityOfLower(later, earlier),
  };
  return {
    ...comparison,
    verdict: least > bound ? 'too few rounds' : verdictOf(comparison, bound),
  };
}

function verdictOf(
  { gain, interval, probability }: Omit<RatioComparison, 'verdict'>,
  bound: number,
): RatioComparison['verdict'] {
  if (gain < 1 - LEAST_LOSS && interval.high < 1 && probability <= bound) return 'regression';
  return interval.low > 1 ? 'better' : 'as before';
}

/**
 * The probability up to which a loss counts, when `least` are the least that each could reach: those that could not pass anyway cost
 * the others nothing.
 */
function boundOf(least: readonly number[]): number {
  for (let count = 1; count < least.length; count += 1) {
    const bound = SIGNIFICANCE / count;
    if (least.filter((probability) => probability <= bound).length <= count) return bound;
  }
  return SIGNIFICANCE / Math.max(1, least.length);
}

function toHigherIsBetter({ better, rounds }: Ratio): readonly number[] {
  return better === 'higher' ? rounds : rounds.map((value) => 1 / value);
}
