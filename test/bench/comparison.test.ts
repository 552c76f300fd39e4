import { describe, expect, it } from 'vitest';
import { bootstrapMedian, bootstrapQuotient } from '../../bench/statistics/bootstrap.ts';
import { compareRatios } from '../../bench/statistics/comparison.ts';
import { detectLeak } from '../../bench/statistics/leak.ts';
import { leastProbability, probabilityOfLower } from '../../bench/statistics/rank-test.ts';
import { headlineOf, type Ratio, ratioOf } from '../../bench/statistics/ratio.ts';

function ratio(
  rounds: readonly number[],
  name = 'storeDurable256',
  better: Ratio['better'] = 'higher',
): Ratio {
  return ratioOf(
    { name, what: 'ours / v4', better },
    rounds,
    rounds.map(() => 1),
  );
}
const verdicts = (before: readonly Ratio[], now: readonly Ratio[]) =>
  Object.fromEntries(compareRatios(before, now).map(({ name, verdict }) => [name, verdict]));

describe('a ratio', () => {
  it('divides round by round, so that a slow round counts in both', () => {
    const { value, low, high, rounds } = ratioOf(
      { name: 'some', what: '', better: 'higher' },
      [100, 10, 90],
      [10, 1, 10],
    );
    expect(rounds).toEqual([10, 10, 9]);
    expect([value, low, high]).toEqual([10, 9, 10]);
    expect(() => ratio([])).toThrow(RangeError);
  });

  it('is named on the last line even when it was not measured', () => {
    expect(headlineOf([ratio([20, 22, 21]), ratio([3], 'extra')])).toEqual({
      storeDurable256: 21,
      recallMean50k: null,
      recallConcurrent64: null,
      memoryGrowth: null,
      httpRead: null,
    });
  });
});

describe('the bootstrap', () => {
  it('gives an interval around the median that is always the same', () => {
    const sample = [8, 9, 10, 10, 11, 12, 30];
    const { low, high } = bootstrapMedian(sample);
    expect(low).toBeGreaterThanOrEqual(8);
    expect(low).toBeLessThanOrEqual(10);
    expect(high).toBeGreaterThanOrEqual(10);
    expect(bootstrapMedian(sample)).toEqual({ low, high });
    expect(bootstrapQuotient([5, 5, 5], [10, 10, 10])).toEqual({ low: 0.5, high: 0.5 });
  });
});

describe('the rank test', () => {
  it('counts all ways to divide the values', () => {
    // Of the 252 ways to divide ten values only one puts the five least together.
    expect(probabilityOfLower([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(1 / 252, 12);
    expect(probabilityOfLower([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBe(1);
    // U = 1 of 3 and 3 (published table): 2 of 20 divisions are as extreme.
    expect(probabilityOfLower([1, 2, 4], [3, 5, 6])).toBeCloseTo(2 / 20, 12);
    expect(probabilityOfLower([1, 1], [1, 1])).toBe(1);
    expect(() => probabilityOfLower([], [1])).toThrow(RangeError);
  });
});

describe('the comparison of two runs', () => {
  const before = [20, 21, 19, 20, 22];

  it('finds a significant loss, whichever direction is better', () => {
    const growth = (rounds: readonly number[]) => ratio(rounds, 'memoryGrowth', 'lower');
    expect(
      verdicts(
        [ratio(before), growth([0.3, 0.31, 0.3, 0.29, 0.32])],
        [ratio([15, 14, 16, 15, 15.5]), growth([0.6, 0.61, 0.59, 0.62, 0.6])],
      ),
    ).toEqual({ storeDurable256: 'regression', memoryGrowth: 'regression' });
  });

  it('takes noise, small losses and gains for no regression', () => {
    expect(verdicts([ratio(before)], [ratio([19, 22, 18, 21, 20])])).toEqual({
      storeDurable256: 'as before',
    });
    expect(
      verdicts([ratio(before)], [ratio([18.9, 18.8, 18.9, 18.7, 18.8].map((x) => x + 0.3))]),
    ).toEqual({ storeDurable256: 'as before' });
    expect(verdicts([ratio(before)], [ratio([30, 31, 29, 30, 32])])).toEqual({
      storeDurable256: 'better',
    });
  });

  it('says when rounds are too few, and compares only what both have', () => {
    expect(verdicts([ratio([20, 21])], [ratio([1, 1])])).toEqual({
      storeDurable256: 'too few rounds',
    });
    expect(compareRatios([ratio(before, 'old')], [ratio(before, 'new')])).toEqual([]);
  });

  it('asks for more the more ratios are compared', () => {
    // One out of 252 is enough among the sixteen of a whole run; among twenty-seven it is what chance brings.
    const now = ratio([15, 14, 16, 15, 15.5]);
    const others = (count: number) =>
      Array.from({ length: count }, (_, index) => ratio(before, `other${index}`));
    const verdictAmong = (count: number) =>
      verdicts([ratio(before), ...others(count)], [now, ...others(count)])['storeDurable256'];
    expect([15, 26].map(verdictAmong)).toEqual(['regression', 'too few rounds']);
  });

  it('lets ratios with too few rounds cost the others nothing', () => {
    const short = Array.from({ length: 12 }, (_, index) => ratio([1, 1], `short${index}`));
    expect(
      verdicts([ratio(before), ...short], [ratio([15, 14, 16, 15, 15.5]), ...short]),
    ).toMatchObject({ storeDurable256: 'regression', short0: 'too few rounds' });
  });

  it('knows how sure it can be at most', () => {
    expect(leastProbability(5, 5)).toBeCloseTo(1 / 252, 12);
    expect(leastProbability(3, 4)).toBeCloseTo(1 / 35, 12);
  });
});

describe('leak detection', () => {
  const steady = (step: (round: number) => number) =>
    Array.from({ length: 13 }, (_, round) => 50e6 + step(round));

  it('finds what grows every round', () => {
    const noise = [0, 900, -700, 300, -200, 600, -900];
    const grows = steady((round) => round * 80_000 + (noise[round % noise.length] ?? 0) * 10);
    expect(detectLeak(grows, 32_000)).toMatchObject({ isLeak: true });
  });

  it('takes noise, one jump and shrinking for none', () => {
    expect(
      detectLeak(
        steady((round) => (round % 2) * 500_000),
        32_000,
      ).isLeak,
    ).toBe(false);
    expect(
      detectLeak(
        steady((round) => (round > 5 ? 4e6 : 0)),
        32_000,
      ).isLeak,
    ).toBe(false);
    expect(
      detectLeak(
        steady((round) => -round * 1e5),
        32_000,
      ).isLeak,
    ).toBe(false);
  });
});
