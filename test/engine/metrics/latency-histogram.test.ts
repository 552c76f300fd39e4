import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/engine/metrics/latency-histogram.ts';

const seed = Number(process.env['SEED'] ?? Date.now());
const durations = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('LatencyHistogram', () => {
  it('is all zero when empty', () => {
    const zero = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    expect(new LatencyHistogram().summary()).toEqual(zero);
  });

  it('gives milliseconds with exact mean and maximum, and percentiles at most 1 % too high', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const summary = histogramOf(values).summary();
        const sorted = [...values].sort((left, right) => left - right);
        const total = values.reduce((sum, value) => sum + value, 0);
        expect(summary.count).toBe(values.length);
        expect(summary.mean).toBeCloseTo(total / values.length / 1000, 6);
        expect(summary.max).toBe((sorted.at(-1) ?? 0) / 1000);
        for (const [percent, actual] of [
          [50, summary.p50],
          [95, summary.p95],
          [99, summary.p99],
        ] as const) {
          const rank = Math.max(1, Math.ceil((percent / 100) * values.length - 1e-9));
          const exact = (sorted[rank - 1] ?? 0) / 1000;
          expect(actual).toBeGreaterThanOrEqual(exact);
          expect(actual).toBeLessThanOrEqual(exact * 1.01);
        }
      }),
      { seed },
    );
  });

  it('merges exports that crossed a structured clone as if everything was recorded in one place', () => {
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const merged = histogramOf(left);
        merged.merge(structuredClone(histogramOf(right).export()));
        const whole = histogramOf([...left, ...right]);
        expect(merged.export()).toEqual(whole.export());
        expect(merged.summary()).toEqual(whole.summary());
      }),
      { seed },
    );
  });

  it('counts what a broken clock gives as 0 and a stall beyond an hour as one hour', () => {
    const histogram = histogramOf([-5, Number.NaN, 7_200_000_000]);
    expect(histogram.count).toBe(3);
    expect(histogram.summary().max).toBe(3_600_000);
    expect(histogram.percentile(50)).toBe(0);
  });

  it('forgets on reset', () => {
    const histogram = histogramOf([1000, 2000]);
    expect(histogram.totalMs).toBe(3);
    histogram.reset();
    expect(histogram.summary()).toEqual(new LatencyHistogram().summary());
  });
});
