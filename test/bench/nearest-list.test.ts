import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NearestList } from '../../bench/nearest-list.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

describe('NearestList', () => {
  it(`keeps what sorting all would put first, equal distances by id (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 }),
        (limit, distances) => {
          const list = new NearestList(limit);
          const offers = distances.map((distance, index) => ({ id: (index * 37) % 61, distance }));
          for (const { id, distance } of offers) list.offer(id, distance);
          const sorted = [...offers].sort(
            (left, right) => left.distance - right.distance || left.id - right.id,
          );
          expect(list.ids).toEqual(sorted.slice(0, limit).map(({ id }) => id));
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
