import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeBlock, IDS_PER_BLOCK } from '../../../src/engine/vectors/code-block.ts';
import { hammingDistances } from '../../../src/engine/vectors/hamming-distances.ts';
import { NearestCodes, type StoredBlock } from '../../../src/engine/vectors/nearest-codes.ts';
import { codeWords, signCode } from '../../../src/engine/vectors/sign-code.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function toBlocks(codes: ReadonlyMap<number, Uint32Array>, words: number): StoredBlock[] {
  const blocks = new Map<number, CodeBlock>();
  for (const [id, code] of codes) {
    const number = Math.floor(id / IDS_PER_BLOCK);
    const block = blocks.get(number) ?? CodeBlock.empty(words);
    block.set(id % IDS_PER_BLOCK, code);
    blocks.set(number, block);
  }
  return Array.from(blocks, ([block, content]) => ({
    block,
    count: content.count,
    bytes: content.toBytes(),
  }));
}

function distance(left: Uint32Array, right: Uint32Array): number {
  const [result] = [new Uint16Array(1)];
  hammingDistances(left, right, result, 0);
  return result[0] ?? Number.NaN;
}

describe('NearestCodes', () => {
  it('finds nothing among nothing', () => {
    const nearest = new NearestCodes(Uint32Array.of(5), []);
    expect(nearest.size).toBe(0);
    expect(nearest.take(10)).toEqual([]);
  });

  it(`takes what sorting all of them takes, with those as near as the last (seed ${SEED})`, () => {
    const setting = fc.integer({ min: 1, max: 3 }).chain((words) => {
      const code = fc
        .array(fc.oneof(fc.nat(15), fc.integer({ min: 0, max: 0xffffffff })), {
          minLength: words,
          maxLength: words,
        })
        .map((values) => Uint32Array.from(values));
      const id = fc.oneof(fc.nat(600), fc.integer({ min: 0, max: 2 ** 48 }));
      const entry = fc.tuple(id, code);
      return fc.tuple(
        fc.constant(words),
        code,
        fc.uniqueArray(entry, { maxLength: 120, selector: ([number]) => number }),
        fc.integer({ min: 1, max: 150 }),
      );
    });
    fc.assert(
      fc.property(setting, ([words, query, entries, k]) => {
        const codes = new Map(entries);
        const nearest = new NearestCodes(query, toBlocks(codes, words));
        const distances = Array.from(codes.values(), (code) => distance(query, code)).sort(
          (left, right) => left - right,
        );
        const limit = distances[Math.min(k, distances.length) - 1] ?? -1;
        const expected = [...codes].filter(([, code]) => distance(query, code) <= limit);
        expect(nearest.size).toBe(codes.size);
        expect([...nearest.take(k)].sort((left, right) => left - right)).toEqual(
          expected.map(([id]) => id).sort((left, right) => left - right),
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it(`chooses by the components where a code has its bits (seed ${SEED})`, () => {
    const component = fc.integer({ min: -50, max: 50 });
    const setting = fc.integer({ min: 1, max: 70 }).chain((dimension) => {
      const vector = fc
        .array(component, { minLength: dimension, maxLength: dimension })
        .map((values) => Float32Array.from(values));
      const entry = fc.tuple(fc.nat(600), vector);
      return fc.tuple(
        vector,
        fc.uniqueArray(entry, { maxLength: 120, selector: ([number]) => number }),
        fc.integer({ min: 1, max: 40 }),
      );
    });
    fc.assert(
      fc.property(setting, ([query, entries, k]) => {
        const codes = new Map(entries.map(([id, vector]) => [id, signCode(vector)]));
        const nearest = new NearestCodes(signCode(query), toBlocks(codes, codeWords(query.length)));
        const pool = nearest.take(k * 4);
        const estimates = new Map(
          entries.map(([id, vector]) => [id, estimate(query, vector)] as const),
        );
        const sorted = pool.map((id) => estimates.get(id) ?? 0).sort((a, b) => b - a);
        const least = sorted[k - 1] ?? Number.NEGATIVE_INFINITY;
        const expected = pool.filter((id) => (estimates.get(id) ?? 0) >= least);
        expect(nearest.choose(query, k)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

/** Whole numbers, so that no order of adding them matters. */
function estimate(query: Float32Array, vector: Float32Array): number {
  return query.reduce((sum, value, index) => sum + ((vector[index] ?? 0) > 0 ? value : 0), 0);
}
