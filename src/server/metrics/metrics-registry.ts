import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ENGINE_METRICS } from './engine-metrics.ts';
import { HEALTH_METRICS } from './health-metrics.ts';
import type { Figures, Metric, NumberMetric } from './metric.ts';
import { QuantileSummary } from './quantile-summary.ts';
import { REQUEST_METRICS } from './request-metrics.ts';
import { STORE_METRICS } from './store-metrics.ts';

const METRICS: readonly Metric[] = [
  ...HEALTH_METRICS,
  ...REQUEST_METRICS,
  ...ENGINE_METRICS,
  ...STORE_METRICS,
];

/** Answers in the text format of Prometheus. */
export interface MetricsRegistry {
  readonly contentType: string;
  render(): Promise<string>;
}

/**
 * The engine's metrics and those of the Node process. Nothing is counted here: `read` is called once per scrape, and every
 * metric of that scrape is of the same figures.
 */
export function createMetricsRegistry(read: () => Promise<Figures>): MetricsRegistry {
  const registry = new Registry();
  let scrape: Promise<Figures> | null = null;
  const figures = (): Promise<Figures> => {
    scrape ??= read();
    return scrape;
  };
  for (const metric of METRICS) register(registry, metric, figures);
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    render: async () => {
      try {
        return await registry.metrics();
      } finally {
        scrape = null;
      }
    },
  };
}

function register(registry: Registry, metric: Metric, figures: () => Promise<Figures>): void {
  const { name, help } = metric;
  const configuration = { name, help, labelNames: [...metric.labels], registers: [registry] };
  if (metric.kind === 'latency') {
    new QuantileSummary(configuration, async () => metric.read(await figures()));
  } else if (metric.kind === 'gauge') {
    new Gauge({
      ...configuration,
      async collect() {
        const samples = await readNumbers(metric, figures);
        this.reset();
        for (const [labels, value] of samples) this.set({ ...labels }, value);
      },
    });
  } else {
    new Counter({
      ...configuration,
      async collect() {
        const samples = await readNumbers(metric, figures);
        this.reset();
        for (const [labels, value] of samples) this.inc({ ...labels }, value);
      },
    });
  }
}

async function readNumbers(metric: NumberMetric, figures: () => Promise<Figures>) {
  return metric.read(await figures());
}
