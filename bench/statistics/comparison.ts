import { median } from '../samples.ts';
import { bootstrapQuotient, type Interval } from './bootstrap.ts';
import { probabilityOfLower } from './rank-test.ts';
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

/** All verdicts of one comparison together are wrong about a regression at most this often. */
const SIGNIFICANCE = 0.05;
/** A smaller loss is not worth a red build, however sure it is. */
const LEAST_LOSS = 0.05;
/** Fewer cannot be significant. */
const MIN_ROUNDS = 4;

/**
 * Compares the ratios that both runs have. A regression is a loss of more than 5 % whose 95 % bootstrap interval excludes 1 and which
 * the rank test finds significant, corrected for the number of ratios (Holm 1979). Times are never compared.
 */
export function compareRatios(
  before: readonly Ratio[],
  now: readonly Ratio[],
): readonly RatioComparison[] {
  const pairs = before.flatMap((old) => {
    const other = now.find(({ name }) => name === old.name);
    return other === undefined ? [] : [compareOne(old, other)];
  });
  const significant = holm(pairs.filter(({ verdict }) => verdict !== 'too few rounds'));
  return pairs.map((pair) => {
    if (pair.verdict === 'too few rounds') return pair;
    const isWorse =
      pair.gain < 1 - LEAST_LOSS && pair.interval.high < 1 && significant.has(pair.name);
    if (isWorse) return { ...pair, verdict: 'regression' };
    return { ...pair, verdict: pair.interval.low > 1 ? 'better' : 'as before' };
  });
}

function compareOne(old: Ratio, other: Ratio): RatioComparison {
  const [earlier, later] = [toHigherIsBetter(old), toHigherIsBetter(other)];
  const hasEnough = Math.min(earlier.length, later.length) >= MIN_ROUNDS;
  return {
    name: old.name,
    what: other.what,
    before: old.value,
    now: other.value,
    gain: median(later) / median(earlier),
    interval: bootstrapQuotient(later, earlier),
    probability: hasEnough ? probabilityOfLower(later, earlier) : 1,
    verdict: hasEnough ? 'as before' : 'too few rounds',
  };
}

function toHigherIsBetter({ better, rounds }: Ratio): readonly number[] {
  return better === 'higher' ? rounds : rounds.map((value) => 1 / value);
}

/** Names whose probability passes the bound that Holm gives to its rank. */
function holm(pairs: readonly RatioComparison[]): ReadonlySet<string> {
  const names = new Set<string>();
  const sorted = pairs.toSorted((left, right) => left.probability - right.probability);
  for (const [rank, { name, probability }] of sorted.entries()) {
    if (probability > SIGNIFICANCE / (sorted.length - rank)) break;
    names.add(name);
  }
  return names;
}
