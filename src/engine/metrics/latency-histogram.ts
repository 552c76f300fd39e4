import { createRequire } from 'node:module';
import type { LatencySummary } from '../backends/backend-statistics.ts';

/*
 * The deep import is on purpose: the package's front door also loads its WebAssembly build and costs
 * every worker thread 60 ms; this file costs 12 ms (measured, Node 20). `require`, because loaders
 * disagree about the default export of a CommonJS file. Counts are 64-bit: 32-bit ones wrap after
 * a day of 50,000 operations a second in one bucket.
 */
const require = createRequire(import.meta.url);
const {
  default: Float64Histogram,
}: typeof import('hdr-histogram-js/dist/Float64Histogram.js') = require('hdr-histogram-js/dist/Float64Histogram.js');

/** Values are kept to two significant digits: a percentile is at most 1 % too high. */
const SIGNIFICANT_DIGITS = 2;
/** Longer durations count as one hour; this bounds a histogram at 27 kB. */
const MAX_MICROSECONDS = 3_600_000_000;
const MICROSECONDS_PER_MS = 1000;

/** The content of a histogram as plain arrays, so that it can be sent between threads. */
export interface LatencyExport {
  /** Recorded durations in µs, ascending, rounded to the histogram's resolution. */
  readonly values: readonly number[];
  /** How often each of `values` was recorded. */
  readonly counts: readonly number[];
  /** Exact sum of all durations in µs. */
  readonly sum: number;
  /** Longest duration in µs, exact. */
  readonly max: number;
}

/** Distribution of durations since it was made or reset. Grows from 2 kB with the longest duration seen. */
export class LatencyHistogram {
  readonly #histogram = new Float64Histogram(1, 2, SIGNIFICANT_DIGITS);
  #sum = 0;
  #max = 0;

  constructor() {
    this.#histogram.autoResize = true;
  }

  /** Durations recorded so far. */
  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Exact sum of all durations in milliseconds. */
  get totalMs(): number {
    return this.#sum / MICROSECONDS_PER_MS;
  }

  /** Adds one duration; what is negative or not a number (a clock that was set back) counts as 0. */
  record(microseconds: number): void {
    const value = microseconds > 0 ? Math.min(microseconds, MAX_MICROSECONDS) : 0;
    this.#histogram.recordValue(Math.round(value));
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  /** Mean and maximum are exact; percentiles are at most 1 % too high and never above the maximum. All 0 when empty. */
  summary(): LatencySummary {
    const { count } = this;
    return {
      count,
      mean: count === 0 ? 0 : this.#sum / count / MICROSECONDS_PER_MS,
      p50: this.percentile(50),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: this.#max / MICROSECONDS_PER_MS,
    };
  }

  /** The duration in milliseconds that `percent` (0..100) of all durations do not exceed; 0 when empty. */
  percentile(percent: number): number {
    if (this.count === 0) return 0;
    const value = this.#histogram.getValueAtPercentile(percent);
    return Math.min(value, this.#max) / MICROSECONDS_PER_MS;
  }

  /** A copy of the content that survives structured clone. */
  export(): LatencyExport {
    const values: number[] = [];
    const counts: number[] = [];
    const recorded = this.#histogram.recordedValuesIterator;
    recorded.reset();
    while (recorded.hasNext()) {
      const step = recorded.next();
      values.push(step.valueIteratedTo);
      counts.push(step.countAddedInThisIterationStep);
    }
    return { values, counts, sum: this.#sum, max: this.#max };
  }

  /** Adds the content of another histogram, usually of another thread. */
  merge(other: LatencyExport): void {
    for (const [index, value] of other.values.entries()) {
      this.#histogram.recordValueWithCount(value, other.counts[index] ?? 0);
    }
    this.#sum += other.sum;
    if (other.max > this.#max) this.#max = other.max;
  }

  /** Forgets everything. */
  reset(): void {
    this.#histogram.reset();
    this.#sum = 0;
    this.#max = 0;
  }
}
