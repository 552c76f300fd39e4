import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explainText,
  importanceFactor,
  LARGEST_FACTOR,
  mergeRankedText,
  type RankedText,
  rankText,
  recencyFactor,
  type TextMatch,
} from '../../../src/engine/search/rank.ts';
import { memoryRecord } from './memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;

function match(id: number, bm25: number, importance = 0.5, ageDays = 30): TextMatch {
  return { id, bm25, importance, updatedAt: NOW - ageDays * DAY };
}
const idsOf = (matches: readonly TextMatch[], limit = 100): number[] =>
  rankText(matches, limit, NOW).map(({ id }) => id);

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
});

describe('rankText', () => {
  it('tells the place by text and the share of the best', () => {
    expect(rankText([match(2, 4, 0.5), match(1, 8, 1)], 10, NOW)).toEqual([
      { id: 1, bm25: 8, rank: 1, normalised: 1 },
      { id: 2, bm25: 4, rank: 2, normalised: 0.5 },
    ]);
  });

  it('lets importance and recency decide between close hits only', () => {
    expect(idsOf([match(1, 10, 0), match(2, 9.5, 1)])).toEqual([2, 1]);
    expect(idsOf([match(1, 10, 0, 1e6), match(2, 7.3, 1, 0)])).toEqual([1, 2]);
  });

  it('orders equal scores by id, whatever the order of arrival', () => {
    expect(idsOf([match(3, 5), match(1, 5), match(2, 5)])).toEqual([1, 2, 3]);
    expect(idsOf([match(3, 5), match(1, 5), match(2, 5)], 2)).toEqual([1, 2]);
  });

  it('handles nothing and a best score of zero', () => {
    expect(rankText([], 10, NOW)).toEqual([]);
    expect(rankText([match(1, 0)], 10, NOW)).toEqual([{ id: 1, bm25: 0, rank: 1, normalised: 1 }]);
  });

  it(`gives the same first hits whatever the limit, and no factor passes the bound (seed ${SEED})`, () => {
    const drawn = fc.array(
      fc.record({
        bm25: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
        importance: fc.double({ min: 0, max: 1, noNaN: true }),
        age: fc.nat(400),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 60 }), (values, limit) => {
        const all = values.map(({ bm25, importance, age }, index) =>
          match(index + 1, bm25, importance, age),
        );
        const whole = rankText(all, 1_000, NOW);
        expect(rankText(all.toReversed(), limit, NOW)).toEqual(whole.slice(0, limit));
        expect(whole).toHaveLength(all.length);
        for (const { importance, updatedAt } of all) {
          const factors = importanceFactor(importance) * recencyFactor(updatedAt, NOW);
          expect(factors).toBeLessThanOrEqual(LARGEST_FACTOR);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('ranked hits', () => {
  const hit = (id: number, bm25: number, normalised: number, rank: number): RankedText => ({
    record: memoryRecord({ id, importance: 1, updatedAt: NOW - 30 * DAY }),
    bm25,
    rank,
    normalised,
  });

  it('are explained number by number', () => {
    const { score, explanation } = explainText(hit(1, 4, 0.5, 2), { terms: ['a'], now: NOW });
    expect(explanation).toEqual({
      text: { rank: 2, bm25: 4, normalised: 0.5 },
      semantic: null,
      importanceFactor: 1.1,
      recencyFactor: 1,
      final: 0.55,
      terms: ['a'],
    });
    expect(score).toBe(explanation.final);
  });

  it('of two lists meet at their best texts', () => {
    const file = [hit(1, 8, 1, 1), hit(2, 2, 0.25, 2)];
    const own = [hit(4, 0.5, 1, 1), hit(3, 0.25, 0.5, 2)];
    expect(
      mergeRankedText(file, own, 3, NOW).map(({ record, bm25, rank }) => [record.id, bm25, rank]),
    ).toEqual([
      [1, 8, 1],
      [4, 8, 2],
      [3, 4, 3],
    ]);
    expect(mergeRankedText([], own, 3, NOW)).toEqual(own);
    expect(mergeRankedText(file, [], 3, NOW)).toEqual(file);
  });
});
