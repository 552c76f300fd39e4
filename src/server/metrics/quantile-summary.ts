import { Summary, type SummaryConfiguration } from 'prom-client';
import type { LatencySummary } from '../../engine/index.ts';
import type { LatencySample } from './metric.ts';

const MS_PER_SECOND = 1000;

/** A summary whose quantiles were measured elsewhere; without any duration it has a count and a sum only. */
export class QuantileSummary extends Summary {
  readonly #name: string;
  readonly #read: () => Promise<readonly LatencySample[]>;

  constructor(
    configuration: SummaryConfiguration<string>,
    read: () => Promise<readonly LatencySample[]>,
  ) {
    super(configuration);
    this.#name = configuration.name;
    this.#read = read;
  }

  override async get(): ReturnType<Summary['get']> {
    const frame = await super.get();
    const samples = await this.#read();
    return { ...frame, values: samples.flatMap((sample) => this.#values(sample)) };
  }

  #values([labels, latency]: LatencySample) {
    const { count, mean } = latency;
    return [
      ...(count === 0 ? [] : quantilesOf(latency)).map(([quantile, milliseconds]) => ({
        labels: { ...labels, quantile },
        value: milliseconds / MS_PER_SECOND,
      })),
      { metricName: `${this.#name}_sum`, labels, value: (mean * count) / MS_PER_SECOND },
      { metricName: `${this.#name}_count`, labels, value: count },
    ];
  }
}

function quantilesOf({ p50, p95, p99, max }: LatencySummary) {
  return [
    [0.5, p50],
    [0.95, p95],
    [0.99, p99],
    [1, max],
  ] as const;
}
