import { describe, expect, it } from 'vitest';
import { closedLoop } from '../../bench/closed-loop.ts';
import { blockResult, median, medianResult } from '../../bench/samples.ts';

describe('bench samples', () => {
  it('gives exact percentiles by nearest rank', () => {
    const durations = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(blockResult(durations, 2)).toEqual({
      operations: 100,
      seconds: 2,
      perSecond: 50,
      mean: 50.5,
      p50: 50,
      p95: 95,
      p99: 99,
    });
  });

  it('takes the middle round figure by figure', () => {
    const rounds = [blockResult([1], 1), blockResult([9], 1), blockResult([2], 1)];
    expect(medianResult(rounds).p50).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('counts the time a caller waits behind another one that blocks the process', async () => {
    let now = 0;
    const block = async () => {
      now += 2;
    };
    const result = await closedLoop(8, 60, block, () => now);
    expect(result.p50).toBe(16);
    // 30 calls fit; each of the other callers then finishes the one it had open.
    expect(result.operations).toBeGreaterThanOrEqual(30);
    expect(result.operations).toBeLessThan(38);
  });
});
