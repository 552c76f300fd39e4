import { describe, expect, it, vi } from 'vitest';
import { MetricsRegistry } from '../../../src/engine/metrics/operation-metrics.ts';

function registryAt(start: number, enabled = true) {
  const clock = { now: start };
  return { clock, registry: new MetricsRegistry({ enabled, now: () => clock.now }) };
}

describe('MetricsRegistry', () => {
  it('counts results, errors, latency and rate per operation, and totals over all', async () => {
    const { clock, registry } = registryAt(1_000);
    const store = (ms: number) =>
      registry.measure('store', async () => {
        clock.now += ms;
        return ms;
      });
    expect(await store(10)).toBe(10);
    expect(await store(30)).toBe(30);
    const failure = new Error('disk');
    const failing = registry.measure('recall', async () => {
      clock.now += 20;
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    clock.now = 3_000;

    const { operations, totals } = registry.snapshot();
    expect(operations.map((operation) => operation.name)).toEqual(['recall', 'store']);
    const [recall, stored] = operations;
    expect(stored).toMatchObject({ count: 2, errors: 0, errorRate: 0, rate: 1 });
    expect(stored?.latency).toMatchObject({ count: 2, mean: 20, max: 30 });
    expect(recall).toMatchObject({ count: 1, errors: 1, errorRate: 100, rate: 0.5 });
    expect(totals.opsPerSecond).toBe(1.5);
    expect(totals.averageLatencyMs).toBeCloseTo(20, 9);
    expect(totals.errorRate).toBeCloseTo(100 / 3, 9);
  });

  it('counts an operation that throws before it returns a promise', async () => {
    const { registry } = registryAt(1_000);
    const throwing = registry.measure('get', () => {
      throw new RangeError('at once');
    });
    await expect(throwing).rejects.toThrow(RangeError);
    expect(registry.snapshot().operations).toMatchObject([{ name: 'get', count: 1, errors: 1 }]);
  });

  it('keeps overlapping operations apart', async () => {
    const { clock, registry } = registryAt(0);
    const first = withResolvers();
    const slow = registry.measure('list', () => first.promise);
    clock.now = 5;
    await registry.measure('list', async () => undefined);
    clock.now = 8;
    first.resolve();
    await slow;
    expect(registry.snapshot().operations[0]?.latency).toMatchObject({ count: 2, max: 8, mean: 4 });
  });

  it('reports zeros before the first operation', () => {
    const { registry } = registryAt(0);
    expect(registry.snapshot()).toEqual({
      operations: [],
      totals: { opsPerSecond: 0, averageLatencyMs: 0, errorRate: 0 },
    });
  });

  it('only passes through when disabled: same promise, no clock read, nothing kept', async () => {
    const now = vi.fn(() => 0);
    const registry = new MetricsRegistry({ enabled: false, now });
    const promise = Promise.resolve(1);
    expect(registry.measure('store', () => promise)).toBe(promise);
    expect(now).not.toHaveBeenCalled();
    expect(registry.snapshot().operations).toEqual([]);
    expect(await promise).toBe(1);
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
