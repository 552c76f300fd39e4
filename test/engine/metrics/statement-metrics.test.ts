import { describe, expect, it } from 'vitest';
import {
  type SlowStatement,
  StatementMetrics,
} from '../../../src/engine/metrics/statement-metrics.ts';

function metricsWith(slowQueryMs: number) {
  const slow: SlowStatement[] = [];
  const metrics = new StatementMetrics({
    slowQueryMs,
    onSlow: (statement) => slow.push(statement),
  });
  return { slow, metrics };
}

describe('StatementMetrics', () => {
  it('keeps count, mean, p95, maximum and rows per statement, by name', () => {
    const { metrics } = metricsWith(100);
    metrics.record('memory.insert', 1, 1);
    metrics.record('memory.insert', 3, 1);
    metrics.record('memory.byKey', 0.5, 0);
    expect(metrics.statistics()).toEqual([
      {
        name: 'memory.byKey',
        count: 1,
        meanMs: 0.5,
        p95Ms: expect.closeTo(0.5, 2),
        maxMs: 0.5,
        rows: 0,
      },
      {
        name: 'memory.insert',
        count: 2,
        meanMs: 2,
        p95Ms: expect.closeTo(3, 1),
        maxMs: 3,
        rows: 2,
      },
    ]);
  });

  it('reports a statement above the bound, not one at it', () => {
    const { metrics, slow } = metricsWith(100);
    metrics.record('recall.text', 100, 4);
    expect(slow).toEqual([]);
    metrics.record('recall.text', 100.1, 7);
    expect(slow).toEqual([{ name: 'recall.text', durationMs: 100.1, rows: 7 }]);
  });

  it('merges the figures of other threads without reporting slow statements again', () => {
    const worker = metricsWith(1);
    worker.metrics.record('memory.list', 5, 20);
    worker.metrics.record('memory.byId', 0.2, 1);
    const main = metricsWith(1);
    main.metrics.merge(structuredClone(worker.metrics.export()));
    main.metrics.merge(structuredClone(worker.metrics.export()));
    expect(main.slow).toEqual([]);
    expect(main.metrics.statistics()).toMatchObject([
      { name: 'memory.byId', count: 2, rows: 2 },
      { name: 'memory.list', count: 2, meanMs: 5, maxMs: 5, rows: 40 },
    ]);
  });
});
