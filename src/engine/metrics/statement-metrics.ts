import type { StatementStatistics } from '../backends/backend-statistics.ts';
import { type LatencyExport, LatencyHistogram } from './latency-histogram.ts';

/** A statement that took longer than the configured bound. */
export interface SlowStatement {
  readonly name: string;
  readonly durationMs: number;
  readonly rows: number;
}

/** The figures of one statement as they cross threads. */
export interface StatementExport {
  readonly name: string;
  readonly rows: number;
  readonly latency: LatencyExport;
}

export interface StatementMetricsOptions {
  /** Statements that take longer are reported. */
  readonly slowQueryMs: number;
  readonly onSlow: (statement: SlowStatement) => void;
}

interface StatementEntry {
  readonly latency: LatencyHistogram;
  rows: number;
}

/** Duration and rows of every named statement since the start. Names come from the code, so their number is bounded. */
export class StatementMetrics {
  readonly #slowQueryMs: number;
  readonly #onSlow: (statement: SlowStatement) => void;
  readonly #statements = new Map<string, StatementEntry>();

  constructor(options: StatementMetricsOptions) {
    this.#slowQueryMs = options.slowQueryMs;
    this.#onSlow = options.onSlow;
  }

  /** Counts one execution; `rows` are rows returned, or changed by a write. */
  record(name: string, durationMs: number, rows: number): void {
    const statement = this.#statement(name);
    statement.latency.record(durationMs * 1000);
    statement.rows += rows;
    if (durationMs > this.#slowQueryMs) this.#onSlow({ name, durationMs, rows });
  }

  /** A copy of everything that survives structured clone. */
  export(): readonly StatementExport[] {
    return Array.from(this.#statements, ([name, { latency, rows }]) => ({
      name,
      rows,
      latency: latency.export(),
    }));
  }

  /** Adds the figures of another thread; slow statements were reported there already. */
  merge(exported: readonly StatementExport[]): void {
    for (const { name, rows, latency } of exported) {
      const statement = this.#statement(name);
      statement.latency.merge(latency);
      statement.rows += rows;
    }
  }

  /** One entry per statement, by name. */
  statistics(): readonly StatementStatistics[] {
    return Array.from(this.#statements, ([name, { latency, rows }]) => {
      const { count, mean, p95, max } = latency.summary();
      return { name, count, meanMs: mean, p95Ms: p95, maxMs: max, rows };
    }).sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  #statement(name: string): StatementEntry {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = { latency: new LatencyHistogram(), rows: 0 };
      this.#statements.set(name, statement);
    }
    return statement;
  }
}
