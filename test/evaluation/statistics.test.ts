import { describe, expect, it } from 'vitest';
import { countEach, mean, percentile, roundFigure } from '../../src/evaluation/statistics.ts';

const oneTo = (last: number): readonly number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('statistics', () => {
  it.each([
    [oneTo(10), 0.5, 5],
    [oneTo(10), 0.95, 10],
    [oneTo(20), 0.95, 19],
    [oneTo(100), 0.95, 95],
    [[30, 10, 20], 0.5, 20],
    [[10, 9, 100], 0, 9],
    [[7], 0.95, 7],
    [[], 0.5, 0],
  ])('of %j the share %d does not exceed %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });

  it('mean, counts and rounding', () => {
    expect(mean([1, 0, 0.5])).toBe(0.5);
    expect(mean([])).toBe(0);
    expect(countEach(['TEXT', 'HYBRID', 'TEXT'])).toEqual({ TEXT: 2, HYBRID: 1 });
    expect(roundFigure(2 / 3)).toBe(0.6667);
  });
});
