import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, fuse, textTotal } from '../../../src/engine/search/fuse.ts';
import { NAME_BOOST } from '../../../src/engine/search/rank.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const EVEN = { text: 0.5, semantic: 0.5 };

/** A candidate whose importance and age are neutral. */
function candidate(id: number, fields: Partial<Candidate> = {}): Candidate {
  const neutral = { importance: 0.5, updatedAt: NOW - 30 * DAY, named: false };
  return { id, ...neutral, text: null, semantic: null, ...fields };
}
const words = (bm25: number, context = 0, coverage = 1): Candidate['text'] => ({
  bm25,
  context,
  coverage,
});
const meaning = (similarity: number, background = 0, model = 'm'): Candidate['semantic'] => ({
  similarity,
  background,
  model,
});
const scoresOf = (
  candidates: readonly Candidate[],
  weights = EVEN,
  limit = 100,
): [number, number][] =>
  fuse(candidates, { weights, limit, now: NOW }).map(({ id, score }) => [
    id,
    Math.round(score * 1e9) / 1e9,
  ]);

describe('textTotal', () => {
  it('is the sum of own and lent terms times the root of what is covered', () => {
    expect(textTotal({ bm25: 6, context: 2, coverage: 0.25 })).toBe(4);
    expect(textTotal({ bm25: 6, context: 2, coverage: 0 })).toBe(0);
  });
});

describe('fuse', () => {
  it('gives what was worked out by hand', () => {
    // Text totals 8, (3 + 1) × √¼ = 2 and 4; the best similarity is 0.8 above the background, the next one 0.4.
    const fused = fuse(
      [
        candidate(1, { text: words(8), semantic: meaning(0.5, 0.1) }),
        candidate(2, { text: words(3, 1, 0.25), semantic: meaning(0.9, 0.1), importance: 1 }),
        candidate(3, { semantic: meaning(-0.3, 0.1), named: true }),
        candidate(4, { text: words(4), updatedAt: NOW }),
      ],
      { weights: EVEN, limit: 10, now: NOW },
    );
    const neutral = { importance: 0.5, updatedAt: NOW - 30 * DAY, named: false };
    const factors = { importanceFactor: 1, recencyFactor: 1 };
    expect(fused).toEqual([
      {
        id: 1,
        ...neutral,
        ...factors,
        text: { bm25: 8, context: 0, coverage: 1, rank: 1, normalised: 1 },
        semantic: { rank: 2, similarity: 0.5, background: 0.1, normalised: 0.5, model: 'm' },
        score: expect.closeTo(0.75, 12),
      },
      {
        id: 2,
        ...neutral,
        importance: 1,
        importanceFactor: 1.1,
        recencyFactor: 1,
        text: { bm25: 3, context: 1, coverage: 0.25, rank: 3, normalised: 0.25 },
        semantic: { rank: 1, similarity: 0.9, background: 0.1, normalised: 1, model: 'm' },
        score: expect.closeTo(0.625 * 1.1, 12),
      },
      {
        id: 3,
        ...neutral,
        ...factors,
        named: true,
        text: null,
        semantic: { rank: 3, similarity: -0.3, background: 0.1, normalised: 0, model: 'm' },
        score: expect.closeTo(NAME_BOOST, 12),
      },
      {
        id: 4,
        ...neutral,
        updatedAt: NOW,
        importanceFactor: 1,
        recencyFactor: 1.05,
        text: { bm25: 4, context: 0, coverage: 1, rank: 2, normalised: 0.5 },
        semantic: null,
        score: expect.closeTo(0.25 * 1.05, 12),
      },
    ]);
  });

  it.each<[string, { text: number; semantic: number }, [number, number][]]>([
    [
      'both',
      EVEN,
      [
        [1, 0.5],
        [2, 0.5],
        [3, 0.5],
      ],
    ],
    [
      'text alone',
      { text: 1, semantic: 0 },
      [
        [1, 1],
        [3, 0.5],
        [2, 0],
      ],
    ],
    [
      'meaning alone',
      { text: 0, semantic: 2 },
      [
        [2, 1],
        [3, 0.5],
        [1, 0],
      ],
    ],
    [
      'three to one',
      { text: 3, semantic: 1 },
      [
        [1, 0.75],
        [3, 0.5],
        [2, 0.25],
      ],
    ],
    [
      'shares only, whatever their sum',
      { text: 300, semantic: 100 },
      [
        [1, 0.75],
        [3, 0.5],
        [2, 0.25],
      ],
    ],
  ])('weighs the arms: %s', (_name, weights, expected) => {
    const candidates = [
      candidate(1, { text: words(10), semantic: meaning(-0.2, -0.2) }),
      candidate(2, { semantic: meaning(0.6, -0.2) }),
      candidate(3, { text: words(5), semantic: meaning(0.2, -0.2) }),
    ];
    expect(scoresOf(candidates, weights)).toEqual(expected);
  });

  it('counts an arm that found nothing as nothing', () => {
    const text = [candidate(1, { text: words(4) }), candidate(2, { text: words(1) })];
    expect(scoresOf(text, { text: 1, semantic: 0 })).toEqual([
      [1, 1],
      [2, 0.25],
    ]);
    const semantic = [
      candidate(1, { semantic: meaning(0.1) }),
      candidate(2, { semantic: meaning(0.4) }),
    ];
    expect(scoresOf(semantic)).toEqual([
      [2, 0.5],
      [1, 0.125],
    ]);
    expect(scoresOf([])).toEqual([]);
  });

  it('puts equal scores in the order of their ids, and cuts after that', () => {
    const equal = [3, 1, 2].map((id) => candidate(id, { text: words(5) }));
    expect(scoresOf(equal).map(([id]) => id)).toEqual([1, 2, 3]);
    expect(scoresOf(equal, EVEN, 2).map(([id]) => id)).toEqual([1, 2]);
    const ranks = fuse(equal, { weights: EVEN, limit: 3, now: NOW }).map(({ text }) => text?.rank);
    expect(ranks).toEqual([1, 2, 3]);
  });

  it('takes a similarity no better than the background for nothing, and divides by no zero', () => {
    expect(scoresOf([candidate(1, { semantic: meaning(0.1, 0) })])).toEqual([[1, 0.5]]);
    expect(scoresOf([candidate(1, { semantic: meaning(0.4, 0.4) })])).toEqual([[1, 0]]);
    expect(scoresOf([candidate(1, { semantic: meaning(-0.4, 0.4) })])).toEqual([[1, 0]]);
    const zero = [candidate(1, { text: words(0) }), candidate(2, { text: words(0) })];
    expect(scoresOf(zero, { text: 1, semantic: 0 })).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('compares similarities of one model only', () => {
    const fused = fuse(
      [
        candidate(1, { semantic: meaning(0.9, 0.5, 'old') }),
        candidate(2, { semantic: meaning(0.6, 0.5, 'old') }),
        candidate(3, { semantic: meaning(0.3, 0.1, 'new') }),
        candidate(4, { semantic: meaning(0.1, 0.1, 'new') }),
        candidate(5, { semantic: meaning(0.2, 0.1, 'new') }),
      ],
      { weights: { text: 0, semantic: 1 }, limit: 5, now: NOW },
    );
    expect(fused.map(({ id, semantic }) => [id, semantic?.normalised, semantic?.rank])).toEqual([
      [1, 1, 1],
      [3, 1, 2],
      [5, expect.closeTo(0.5, 12), 3],
      [2, expect.closeTo(0.25, 12), 4],
      [4, 0, 5],
    ]);
  });

  const drawn = fc.array(
    fc.record({
      text: fc.option(
        fc.record({
          bm25: fc.nat(40).map((tenths) => tenths / 10),
          context: fc.nat(10),
          coverage: fc.nat(4).map((quarters) => quarters / 4),
        }),
      ),
      semantic: fc.option(
        fc.record({
          similarity: fc.integer({ min: -10, max: 10 }).map((tenths) => tenths / 10),
          background: fc.integer({ min: -4, max: 4 }).map((tenths) => tenths / 10),
          model: fc.constantFrom('a', 'b'),
        }),
      ),
      importance: fc.nat(10).map((tenths) => tenths / 10),
      updatedAt: fc.nat(400).map((days) => NOW - days * DAY),
      named: fc.boolean(),
    }),
    { maxLength: 40 },
  );

  it(`does not depend on the order of arrival, and keeps to its formula (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        drawn,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(EVEN, { text: 1, semantic: 0 }, { text: 0.2, semantic: 3 }),
        (values, order, limit, weights) => {
          const candidates = values.map((value, index) => ({ id: index + 1, ...value }));
          const whole = fuse(candidates, { weights, limit: 1_000, now: NOW });
          const places = new Map(candidates.map(({ id }) => [id, order.next().value as number]));
          const shuffled = candidates.toSorted(
            (left, right) => (places.get(left.id) ?? 0) - (places.get(right.id) ?? 0),
          );
          expect(fuse(shuffled, { weights, limit, now: NOW })).toEqual(whole.slice(0, limit));
          expect(whole).toHaveLength(candidates.length);
          for (const [index, hit] of whole.entries()) {
            const base =
              (weights.text * (hit.text?.normalised ?? 0) +
                weights.semantic * (hit.semantic?.normalised ?? 0)) /
              (weights.text + weights.semantic);
            expect(base).toBeGreaterThanOrEqual(0);
            expect(base).toBeLessThanOrEqual(1 + 1e-12);
            expect(hit.score).toBeCloseTo(
              (base + (hit.named ? NAME_BOOST : 0)) * hit.importanceFactor * hit.recencyFactor,
              12,
            );
            const next = whole[index + 1];
            if (next === undefined) continue;
            expect(hit.score).toBeGreaterThanOrEqual(next.score);
            if (hit.score === next.score) expect(hit.id).toBeLessThan(next.id);
          }
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
