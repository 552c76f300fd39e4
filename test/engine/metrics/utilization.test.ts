import { describe, expect, it } from 'vitest';
import { Utilization } from '../../../src/engine/metrics/utilization.ts';

function utilizationOf(size: number) {
  const clock = { now: 100 };
  return { clock, utilization: new Utilization(size, () => clock.now) };
}

describe('Utilization', () => {
  it("is the share of the connections' time spent working since the last sample", () => {
    const { clock, utilization } = utilizationOf(2);
    utilization.begin();
    clock.now += 50;
    utilization.begin();
    expect(utilization.busy).toBe(2);
    clock.now += 25;
    utilization.end();
    utilization.end();
    clock.now += 25;
    // 50 ms of one connection and 25 ms of both, out of 2 × 100 ms.
    expect(utilization.sample()).toBe(50);
    clock.now += 10;
    expect(utilization.sample()).toBe(0);
  });

  it('repeats the last value when no time has passed', () => {
    const { clock, utilization } = utilizationOf(1);
    expect(utilization.sample()).toBe(0);
    utilization.begin();
    clock.now += 4;
    expect(utilization.sample()).toBe(100);
    expect(utilization.sample()).toBe(100);
  });

  it('accounts for a pool that grows', () => {
    const { clock, utilization } = utilizationOf(1);
    utilization.begin();
    clock.now += 10;
    utilization.resize(3);
    clock.now += 10;
    expect(utilization.sample()).toBe(50);
  });
});
