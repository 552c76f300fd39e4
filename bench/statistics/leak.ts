import { median } from '../samples.ts';
import { bootstrapMedian } from './bootstrap.ts';

export interface LeakVerdict {
  /** Median growth from one round to the next, bytes. */
  readonly bytesPerRound: number;
  /** Lower bound of its 95 % interval. */
  readonly low: number;
  readonly isLeak: boolean;
}

/**
 * Whether a series of sizes, taken after equal rounds of work that adds nothing, grows: the median step and its interval must lie
 * above `tolerance` bytes. A single jump (a table that doubled) is no trend, since it is one step of many.
 */
export function detectLeak(sizes: readonly number[], tolerance: number): LeakVerdict {
  const steps = sizes.slice(1).map((size, index) => size - (sizes[index] ?? Number.NaN));
  const bytesPerRound = median(steps);
  const { low } = bootstrapMedian(steps);
  return { bytesPerRound, low, isLeak: bytesPerRound > tolerance && low > tolerance };
}
