import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidateCount,
  importanceFactor,
  isSettled,
  MAX_CANDIDATES,
  rankText,
  recencyFactor,
  type TextCandidate,
} from '../../../src/engine/search/rank.ts';
import { memoryRecord } from './memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const context = { terms: ['a'], now: NOW };

function candidate(id: number, bm25: number, importance = 0.5, ageDays = 30): TextCandidate {
  return { record: memoryRecord({ id, importance, updatedAt: NOW - ageDays * DAY }), bm25 };
}
const idsOf = (candidates: readonly TextCandidate[]): number[] =>
  rankText(candidates, context).map(({ record }) => record.id);

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
  it('explains every score', () => {
    const [first, second] = rankText([candidate(2, 4, 0.5), candidate(1, 8, 1)], context);
    expect(first?.record.id).toBe(1);
    expect(first?.explanation).toEqual({
      text: { rank: 1, bm25: 8, normalised: 1 },
      semantic: null,
      importanceFactor: 1.1,
      recencyFactor: 1,
      final: 1.1,
      terms: ['a'],
    });
    expect(second?.explanation.text).toEqual({ rank: 2, bm25: 4, normalised: 0.5 });
    expect(second?.score).toBe(second?.explanation.final);
  });

  it('lets importance and recency decide between close hits only', () => {
    expect(idsOf([candidate(1, 10, 0), candidate(2, 9.5, 1)])).toEqual([2, 1]);
    expect(idsOf([candidate(1, 10, 0, 1e6), candidate(2, 7.3, 1, 0)])).toEqual([1, 2]);
  });

  it('orders equal scores by id, whatever the order of arrival', () => {
    expect(idsOf([candidate(3, 5), candidate(1, 5), candidate(2, 5)])).toEqual([1, 2, 3]);
  });

  it('handles nothing and a best score of zero', () => {
    expect(rankText([], context)).toEqual([]);
    expect(rankText([candidate(1, 0)], context)[0]?.score).toBe(1);
  });
});

describe('candidates', () => {
  it.each([
    [1, 50],
    [10, 150],
    [100, MAX_CANDIDATES],
  ])('a limit of %d fetches %d first', (limit, count) => {
    expect(candidateCount(limit)).toBe(count);
  });

  it(`settled candidates already hold the right first hits (seed ${SEED})`, () => {
    const drawn = fc.array(
      fc.record({
        bm25: fc.double({ min: 0.01, max: 10, noNaN: true }),
        importance: fc.double({ min: 0, max: 1, noNaN: true }),
        age: fc.nat(400),
      }),
      { maxLength: 60 },
    );
    let settledEarly = 0;
    fc.assert(
      fc.property(
        drawn,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (values, limit, fetched) => {
          const all = values
            .map(({ bm25, importance, age }, index) => candidate(index + 1, bm25, importance, age))
            .toSorted((left, right) => right.bm25 - left.bm25 || left.record.id - right.record.id);
          const ranked = rankText(all.slice(0, fetched), context);
          if (!isSettled(ranked, fetched, limit)) return;
          if (fetched < all.length) settledEarly += 1;
          expect(ranked.slice(0, limit).map(({ record }) => record.id)).toEqual(
            idsOf(all).slice(0, limit),
          );
        },
      ),
      { seed: SEED, numRuns: 2_000 },
    );
    expect(settledEarly).toBeGreaterThan(50);
  });

  it('counts with the best factors for what was not fetched and the worst for what was', () => {
    const poor = candidate(1, 10, 0, 1e6);
    expect(isSettled(rankText([poor, candidate(2, 7.5, 0, 1e6)], context), 2, 1)).toBe(false);
    expect(isSettled(rankText([poor, candidate(2, 7.3, 0, 1e6)], context), 2, 1)).toBe(true);
  });

  it('is not settled while flat scores leave a chance to others', () => {
    const flat = Array.from({ length: 50 }, (_, index) => candidate(index + 1, 5));
    expect(isSettled(rankText(flat, context), 50, 10)).toBe(false);
    expect(isSettled(rankText(flat, context), 51, 10)).toBe(true);
  });
});
