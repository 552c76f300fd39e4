import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  importanceFactor,
  largestSelectionFactor,
  NAME_BOOST,
  recencyFactor,
  selectionFactor,
} from '../../../src/engine/search/rank.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;

describe('factors', () => {
  it.each([
    [0, 0.9],
    [0.5, 1],
    [1, 1.1],
  ])('importance %d gives %d', (importance, factor) => {
    expect(importanceFactor(importance)).toBeCloseTo(factor, 12);
  });

  it.each([
    [-5, 1.05],
    [0, 1.05],
    [30, 1],
    [60, 0.975],
    [1e9, 0.95],
  ])('an age of %d days gives %d', (days, factor) => {
    expect(recencyFactor(NOW - days * DAY, NOW)).toBeCloseTo(factor, 12);
  });

  it('of a selection are multiplied, and a name counts once', () => {
    const ranked = { importance: 1, updatedAt: NOW - 60 * DAY };
    expect(selectionFactor({ ...ranked, named: false }, NOW)).toBeCloseTo(1.1 * 0.975, 12);
    expect(selectionFactor({ ...ranked, named: true }, NOW)).toBeCloseTo(
      1.1 * 0.975 * (1 + NAME_BOOST),
      12,
    );
  });

  it(`of a selection reach their bound and never pass it (seed ${SEED})`, () => {
    const best = { importance: 1, updatedAt: NOW };
    for (const named of [false, true])
      expect(selectionFactor({ ...best, named }, NOW)).toBeCloseTo(
        largestSelectionFactor(named),
        12,
      );
    const drawn = fc.record({
      importance: fc.double({ min: 0, max: 1, noNaN: true }),
      updatedAt: fc.integer({ min: 0, max: 2 * NOW }),
      named: fc.boolean(),
    });
    fc.assert(
      fc.property(drawn, (ranked) => {
        const factor = selectionFactor(ranked, NOW);
        expect(factor).toBeGreaterThan(0.85);
        expect(factor).toBeLessThanOrEqual(largestSelectionFactor(ranked.named) * (1 + 1e-12));
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
