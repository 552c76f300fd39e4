import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/index.ts';
import { openTestEngine, shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

describe('statistics', () => {
  it('count operations and errors by name', async () => {
    const engine = await openTestEngine();
    const memories = engine.namespace('default');
    await memories.store({ key: 'k', value: 1 });
    await memories.get({ key: 'k' });
    await memories.get({ key: 'k' });
    await memories.store({ key: '', value: 1 }).catch(() => undefined);
    const { operations, caches, totals, backend } = await memories.statistics();
    expect(operations.find(({ name }) => name === 'store')).toMatchObject({
      count: 2,
      errors: 1,
      errorRate: 50,
    });
    expect(operations.find(({ name }) => name === 'get')?.latency.count).toBe(2);
    expect(caches).toMatchObject([{ hits: 1, misses: 1, hitRate: 50 }]);
    expect(totals).toMatchObject({ errorRate: 25, opsPerSecond: expect.any(Number) });
    expect(backend.pools.map(({ name }) => name)).toContain('readers');
    expect((await memories.status()).performance_metrics).toEqual({
      ops_per_second: expect.any(Number),
      avg_latency: expect.any(Number),
      error_rate: 20,
    });
  });

  it('measure nothing when metrics are off', async () => {
    const engine = await openTestEngine({ memory: { enable_metrics: false } });
    await engine.namespace('default').store({ key: 'k', value: 1 });
    const { operations, eventLoopLag } = await engine.statistics();
    expect(operations).toEqual([]);
    expect(eventLoopLag.count).toBe(0);
  });
});

describe('watching statistics', () => {
  it('shares the samples of one interval and counts subscribers', async () => {
    const memories = shared.memories();
    const first = memories.watchStatistics({ intervalMs: 250 })[Symbol.asyncIterator]();
    const second = memories.watchStatistics({ intervalMs: 250 })[Symbol.asyncIterator]();
    const [a, b] = await Promise.all([first.next(), second.next()]);
    expect(a.value).toBe(b.value);
    const [c, d] = await Promise.all([first.next(), second.next()]);
    expect(c.value).toBe(d.value);
    expect(c.value).not.toBe(a.value);
    expect(c.value?.subscribers).toBe(2);
    await first.return?.();
    await second.return?.();
    expect((await memories.statistics()).subscribers).toBe(0);
  });

  it.each([0, 249, 60_001, 1000.5, Number.NaN])('refuses an interval of %s', async (intervalMs) => {
    const stream = shared.memories().watchStatistics({ intervalMs })[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toBeInstanceOf(ValidationError);
  });

  it('ends when the signal aborts and when the engine closes', async () => {
    const engine = await openTestEngine();
    const memories = engine.namespace('default');
    const controller = new AbortController();
    const aborted = memories
      .watchStatistics({ intervalMs: 60_000, signal: controller.signal })
      [Symbol.asyncIterator]();
    const closed = memories.watchStatistics({ intervalMs: 60_000 })[Symbol.asyncIterator]();
    await Promise.all([aborted.next(), closed.next()]);
    const waiting = [aborted.next(), closed.next()];
    controller.abort();
    await engine.close();
    expect(await Promise.all(waiting)).toMatchObject([{ done: true }, { done: true }]);
  });
});

describe('health', () => {
  it('is fine when all is well and closed after close', async () => {
    const engine = await openTestEngine();
    expect(engine.health().state).toBe('OK');
    await engine.close();
    expect(engine.health().state).toBe('CLOSED');
  });

  it('says that the backend does not use a server that is configured', async () => {
    const memory = {
      backend: 'sqlite',
      redis_url: 'redis://localhost:6379',
      chromadb_path: './chroma',
    } as const;
    const engine = await openTestEngine({ memory });
    const { state, checks } = engine.namespace('default').health();
    expect(state).toBe('DEGRADED');
    expect(checks.filter((check) => check.state === 'DEGRADED').map(({ name }) => name)).toEqual([
      'redis',
      'chroma',
    ]);
    await engine.namespace('default').store({ key: 'k', value: 1 });
  });
});
