import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeWords, hammingDistances, signCode } from '../../../src/engine/vectors/sign-code.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function differingBits(left: Uint32Array, right: Uint32Array): number {
  let count = 0;
  for (let bit = 0; bit < left.length * 32; bit += 1) {
    const of = (words: Uint32Array): number => ((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1;
    if (of(left) !== of(right)) count += 1;
  }
  return count;
}

describe('sign codes', () => {
  it.each([
    [1, 1],
    [32, 1],
    [33, 2],
    [100, 4],
    [256, 8],
  ])('of %d dimensions take %d words', (dimension, words) => {
    expect(codeWords(dimension)).toBe(words);
    expect(signCode(new Float32Array(dimension))).toHaveLength(words);
  });

  it('have a bit for each component above zero', () => {
    const vector = new Float32Array(40).fill(-1);
    for (const index of [0, 31, 32, 39]) vector[index] = 0.5;
    vector[5] = 0;
    expect([...signCode(vector)]).toEqual([0x80000001, 0x81]);
  });

  it(`differ in as many bits as a naive count says (seed ${SEED})`, () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 0xffffffff, 0x80000000, 1),
    );
    const setting = fc
      .integer({ min: 1, max: 12 })
      .chain((words) =>
        fc.tuple(
          fc.array(word, { minLength: words, maxLength: words }),
          fc.array(fc.array(word, { minLength: words, maxLength: words }), { maxLength: 20 }),
          fc.nat(3),
        ),
      );
    fc.assert(
      fc.property(setting, ([query, codes, offset]) => {
        const distances = new Uint16Array(codes.length + offset + 1).fill(9_999);
        const wanted = Uint32Array.from(query);
        hammingDistances(wanted, Uint32Array.from(codes.flat()), distances, offset);
        expect([...distances]).toEqual([
          ...Array.from({ length: offset }, () => 9_999),
          ...codes.map((code) => differingBits(wanted, Uint32Array.from(code))),
          9_999,
        ]);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
