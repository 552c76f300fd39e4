import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventLoopLag } from '../../../src/engine/metrics/event-loop-lag.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('EventLoopLag', () => {
  it('is zero before it starts', () => {
    const zero = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    expect(new EventLoopLag().summary()).toEqual(zero);
  });

  it('sees a blocked event loop, and nothing more once stopped', async () => {
    const lag = new EventLoopLag();
    lag.start();
    await until(() => lag.summary().count > 0);
    block(120);
    const before = lag.summary().count;
    await until(() => lag.summary().count > before);
    lag.stop();
    const stopped = lag.summary();
    expect(stopped.max).toBeGreaterThan(60);
    expect(stopped.p50).toBeGreaterThanOrEqual(0);
    expect(stopped.max).toBeGreaterThanOrEqual(stopped.p99);
    block(120);
    await delay(1);
    expect(lag.summary().count).toBe(stopped.count);
  });
});
