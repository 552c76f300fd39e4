import type { OperationStatistics, Statistics } from '../figures.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { SlidingRate } from './sliding-rate.ts';

/** Seconds that rates look back on: long enough to be steady, short enough to follow on a chart. */
const RATE_WINDOW_SECONDS = 10;

export interface MetricsRegistryOptions {
  /** False: `measure` only calls through and `snapshot` stays empty. */
  readonly enabled: boolean;
  /** Milliseconds with fractions of a clock that never goes back (`performance.now`). */
  readonly now: () => number;
}

/** What was measured since the start: one entry per operation, by name, and v4's three figures over all. */
export interface MetricsSnapshot {
  readonly operations: readonly OperationStatistics[];
  readonly totals: Statistics['totals'];
}

/** Counts, errors, rate and latency of every operation since the start of the engine. */
export class MetricsRegistry {
  readonly windowSeconds = RATE_WINDOW_SECONDS;
  readonly #enabled: boolean;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #operations = new Map<string, OperationMetrics>();

  constructor(options: MetricsRegistryOptions) {
    this.#enabled = options.enabled;
    this.#now = options.now;
    this.#startedAt = options.enabled ? options.now() : 0;
  }

  /**
   * Runs one operation and counts it when it settles; a rejection (or throw) counts as an error and is passed on
   * unchanged. `name` must come from a fixed set: each one keeps a histogram for good.
   */
  measure<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.#enabled ? this.#measured(name, run) : run();
  }

  async #measured<T>(name: string, run: () => Promise<T>): Promise<T> {
    const startedAt = this.#now();
    let failed = true;
    try {
      const result = await run();
      failed = false;
      return result;
    } finally {
      this.#operation(name).finished(startedAt, this.#now(), failed);
    }
  }

  snapshot(): MetricsSnapshot {
    const operations = [...this.#operations.values()]
      .map((operation) => operation.statistics())
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    let count = 0;
    let errors = 0;
    let opsPerSecond = 0;
    let milliseconds = 0;
    for (const operation of operations) {
      count += operation.count;
      errors += operation.errors;
      opsPerSecond += operation.rate;
      milliseconds += operation.latency.mean * operation.latency.count;
    }
    return {
      operations,
      totals: {
        opsPerSecond,
        averageLatencyMs: count === 0 ? 0 : milliseconds / count,
        errorRate: percentage(errors, count),
      },
    };
  }

  #operation(name: string): OperationMetrics {
    let operation = this.#operations.get(name);
    if (operation === undefined) {
      operation = new OperationMetrics(name, this.#now, this.#startedAt);
      this.#operations.set(name, operation);
    }
    return operation;
  }
}

class OperationMetrics {
  readonly #name: string;
  readonly #latency = new LatencyHistogram();
  readonly #rate: SlidingRate;
  #errors = 0;

  constructor(name: string, now: () => number, startedAt: number) {
    this.#name = name;
    this.#rate = new SlidingRate(RATE_WINDOW_SECONDS, now, startedAt);
  }

  finished(startedAt: number, endedAt: number, failed: boolean): void {
    this.#latency.record((endedAt - startedAt) * 1000);
    this.#rate.add(1, endedAt);
    if (failed) this.#errors += 1;
  }

  statistics(): OperationStatistics {
    const latency = this.#latency.summary();
    return {
      name: this.#name,
      count: latency.count,
      errors: this.#errors,
      errorRate: percentage(this.#errors, latency.count),
      rate: this.#rate.perSecond(),
      latency,
    };
  }
}

function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}
