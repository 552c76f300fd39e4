import type { HealthCheck } from './backends/backend-statistics.ts';
import { type ErrorCode, MemorySystemError, PerformanceDegradationError } from './errors.ts';
import type { PerformanceFigure } from './figures.ts';
import { PerformanceWindow } from './metrics/performance-window.ts';
import type { PerformanceThresholds } from './options.ts';

/** Operations that take as long as their caller wants: a transaction's body, waiting for vectors. */
const NOT_TIMED: ReadonlySet<string> = new Set(['transaction', 'indexed']);

/** Failures that are not the caller's. */
const FAULTS: ReadonlySet<ErrorCode> = new Set([
  'CONNECTION',
  'DATA_CORRUPTION',
  'TIMEOUT',
  'PARTICIPANT_UNAVAILABLE',
  'OVERLOADED',
  'STORAGE_FULL',
  'READ_ONLY',
  'INTERNAL',
]);

const MS_PER_SECOND = 1000;

/** What each figure is, as a sentence begins. */
const DESCRIPTION = {
  p95_ms: 'the 95th percentile of latency in ms',
  error_rate: 'the share of operations that failed through no fault of their caller, in percent,',
  queue_depth: 'the number of operations under way',
  wal_bytes: 'the length of the write-ahead log in bytes',
} as const;

type FigureName = keyof typeof DESCRIPTION;

interface Watched {
  readonly name: FigureName;
  readonly threshold: number;
  readonly read: () => number;
  value: number;
  /** Unix ms of the newest sample beyond the threshold; null when the last window had none. */
  passedAt: number | null;
}

export interface PerformanceSources {
  readonly walBytes: () => number;
  /** Unix ms. */
  readonly now: () => number;
}

/**
 * Compares figures of the last seconds with the configured thresholds. A figure counts as degraded from the first sample
 * beyond its threshold until a whole window has had none, so that it does not flutter around the threshold.
 */
export class PerformanceWatch {
  readonly #window: PerformanceWindow;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #watched: readonly Watched[];

  constructor(thresholds: PerformanceThresholds, { walBytes, now }: PerformanceSources) {
    this.#windowMs = thresholds.windowSeconds * MS_PER_SECOND;
    this.#now = now;
    const window = new PerformanceWindow(this.#windowMs, () => performance.now());
    this.#window = window;
    const watch = (name: FigureName, threshold: number | null, read: () => number): Watched[] =>
      threshold === null ? [] : [{ name, threshold, read, value: 0, passedAt: null }];
    this.#watched = [
      ...watch('p95_ms', thresholds.p95Ms, () => window.p95()),
      ...watch('error_rate', thresholds.errorRate, () => window.errorRate()),
      ...watch('queue_depth', thresholds.queueDepth, () => window.underWay),
      ...watch('wal_bytes', thresholds.walBytes, walBytes),
    ];
  }

  /** Runs an operation and counts it; nothing is done when no threshold is configured. */
  measure<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.#watched.length === 0 || NOT_TIMED.has(name) ? run() : this.#measured(run);
  }

  /** Looks at every figure now. */
  sample(): void {
    const now = this.#now();
    for (const figure of this.#watched) {
      figure.value = figure.read();
      if (figure.value > figure.threshold) figure.passedAt = now;
      else if (figure.passedAt !== null && now - figure.passedAt >= this.#windowMs)
        figure.passedAt = null;
    }
  }

  /** Every figure that has a threshold, as of the last sample. */
  figures(): readonly PerformanceFigure[] {
    return this.#watched.map(({ name, value, threshold, passedAt }) => ({
      name,
      value,
      threshold,
      exceeded: passedAt !== null,
    }));
  }

  /** One degraded check for each figure beyond its threshold. */
  checks(): readonly HealthCheck[] {
    return this.#watched.flatMap((figure) =>
      figure.passedAt === null
        ? []
        : [
            {
              name: `performance.${figure.name}`,
              state: 'DEGRADED',
              latencyMs: null,
              message: describe(figure),
              at: figure.passedAt,
            },
          ],
    );
  }

  /** Throws PerformanceDegradationError, with all figures in `data.figures`, while one is beyond its threshold. */
  assert(): void {
    const [first, ...others] = this.#watched.filter(({ passedAt }) => passedAt !== null);
    if (first === undefined) return;
    throw new PerformanceDegradationError([first, ...others].map(describe).join('; '), {
      data: { figures: this.figures() },
      remedy:
        'Send less at once, or give the server more of what it lacks; the statistics show where time goes.',
    });
  }

  async #measured<T>(run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let fault = false;
    this.#window.underWay += 1;
    try {
      return await run();
    } catch (error) {
      fault = !(error instanceof MemorySystemError) || FAULTS.has(error.code);
      throw error;
    } finally {
      this.#window.underWay -= 1;
      this.#window.record(performance.now() - start, fault);
    }
  }
}

function describe({ name, value, threshold }: Watched): string {
  return `${DESCRIPTION[name]} is ${round(value)}; performance.${name} is ${threshold}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
