import { mulberry32 } from '../random.ts';
import { median } from '../samples.ts';

/** Bounds that hold the true median with the given confidence, as far as the sample tells. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const CONFIDENCE = 0.95;
const RESAMPLES = 2_000;
/** The same sample always gets the same interval. */
const SEED = 1979;

/**
 * Percentile bootstrap (Efron 1979) of the median: the sample is drawn anew from itself RESAMPLES times. With the few rounds of a
 * benchmark it reaches at most from the least to the greatest value. NaN for an empty sample.
 */
export function bootstrapMedian(values: readonly number[]): Interval {
  const random = mulberry32(SEED);
  return percentiles(Array.from({ length: RESAMPLES }, () => median(resample(values, random))));
}

/** The same of the quotient of two medians, for samples that were not made in pairs. */
export function bootstrapQuotient(over: readonly number[], under: readonly number[]): Interval {
  const random = mulberry32(SEED);
  return percentiles(
    Array.from(
      { length: RESAMPLES },
      () => median(resample(over, random)) / median(resample(under, random)),
    ),
  );
}

function resample(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN);
}

function percentiles(values: readonly number[]): Interval {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { low: at((1 - CONFIDENCE) / 2), high: at((1 + CONFIDENCE) / 2) };
}
