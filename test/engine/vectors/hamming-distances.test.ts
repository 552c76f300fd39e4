import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hammingDistances } from '../../../src/engine/vectors/hamming-distances.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function differingBits(left: Uint32Array, right: Uint32Array): number {
  let count = 0;
  for (let bit = 0; bit < left.length * 32; bit += 1) {
    const of = (words: Uint32Array): number => ((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1;
    if (of(left) !== of(right)) count += 1;
  }
  return count;
}

describe('Hamming distances', () => {
  it(`are as many bits as a naive count says (seed ${SEED})`, () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 0xffffffff, 0x80000000, 1),
    );
    const setting = fc
      .oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(48, 256))
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

  // Words, codes: a full block of the shipped model, of the largest vectors, and more than the kernel's memory takes at once.
  it.each([
    [8, 256],
    [256, 256],
    [1, 40_001],
    [3, 12_001],
    [7, 9_999],
  ])('are right for codes of %d words, %d of them', (words, count) => {
    let state = SEED >>> 0;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    const query = Uint32Array.from({ length: words }, random);
    const codes = Uint32Array.from({ length: words * count }, random);
    const distances = new Uint16Array(count);
    hammingDistances(query, codes, distances, 0);
    for (const index of [0, 1, Math.floor(count / 2), 16_383, 16_384, count - 1]) {
      if (index >= count) continue;
      const code = codes.subarray(index * words, (index + 1) * words);
      expect(distances[index], `code ${index} of seed ${SEED}`).toBe(differingBits(query, code));
    }
    const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
    const bits = Uint32Array.from(codes, (word, index) => word ^ (query[index % words] ?? 0));
    expect(sum(distances)).toBe(sum(bits.map(setBits)));
  });

  it('may be asked for again and again with other lengths', () => {
    const distances = new Uint16Array(2);
    hammingDistances(new Uint32Array(48), new Uint32Array(96).fill(0xffffffff), distances, 0);
    expect([...distances]).toEqual([1_536, 1_536]);
    hammingDistances(Uint32Array.of(5), Uint32Array.of(4, 5), distances, 0);
    expect([...distances]).toEqual([1, 0]);
    hammingDistances(Uint32Array.of(5), new Uint32Array(0), distances, 0);
    expect([...distances]).toEqual([1, 0]);
  });
});

function setBits(word: number): number {
  return word.toString(2).replaceAll('0', '').length;
}
