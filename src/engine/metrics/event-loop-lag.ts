import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { LatencySummary } from '../backends/backend-statistics.ts';

/** Milliseconds between two probes: 50 a second see every stall above 20 ms and cost nothing measurable. */
const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1_000_000;

/**
 * How late the event loop runs its timers. Node records the time between two probes, so the
 * probe's own interval is taken off; 0 means on time.
 */
export class EventLoopLag {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  /** Starts probing; the probe does not keep the process alive. */
  start(): void {
    this.#histogram.enable();
  }

  /** Stops probing; what was measured stays readable. */
  stop(): void {
    this.#histogram.disable();
  }

  /** Lag since the first start, in milliseconds. */
  summary(): LatencySummary {
    const { count } = this.#histogram;
    if (count === 0) return { count, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    return {
      count,
      mean: toLag(this.#histogram.mean),
      p50: toLag(this.#histogram.percentile(50)),
      p95: toLag(this.#histogram.percentile(95)),
      p99: toLag(this.#histogram.percentile(99)),
      max: toLag(this.#histogram.max),
    };
  }
}

function toLag(nanoseconds: number): number {
  return Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
}
