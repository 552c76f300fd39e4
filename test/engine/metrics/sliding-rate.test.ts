import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingRate } from '../../../src/engine/metrics/sliding-rate.ts';

const seed = Number(process.env['SEED'] ?? Date.now());

describe('SlidingRate', () => {
  it('divides by at least one second, then by the age, then by the window', () => {
    let now = 5_000;
    const rate = new SlidingRate(10, () => now);
    rate.add(8);
    expect(rate.perSecond()).toBe(8);
    now += 4_000;
    expect(rate.perSecond()).toBe(2);
    now += 20_000;
    expect(rate.perSecond()).toBe(0);
  });

  it('forgets what is older than the window and never counts a reused bucket twice', () => {
    let now = 0;
    const rate = new SlidingRate(3, () => now);
    rate.add(3);
    now = 3_500;
    rate.add(5);
    expect(rate.perSecond()).toBe(5 / 2.5);
  });

  it('equals a count over all events of the window', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(4_000), events: fc.nat(5) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(100_000), steps, (window, start, all) => {
        let now = start;
        const rate = new SlidingRate(window, () => now);
        const seconds: number[] = [];
        for (const { wait, events } of all) {
          now += wait;
          rate.add(events);
          for (let i = 0; i < events; i += 1) seconds.push(Math.floor(now / 1000));
          const second = Math.floor(now / 1000);
          const recent = seconds.filter((at) => at > second - window).length;
          const span = Math.min(window - 1 + (now % 1000) / 1000, (now - start) / 1000);
          expect(rate.perSecond()).toBeCloseTo(recent / Math.max(1, span), 9);
        }
      }),
      { seed },
    );
  });
});
