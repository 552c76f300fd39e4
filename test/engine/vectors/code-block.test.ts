import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeBlock, IDS_PER_BLOCK, readCodes } from '../../../src/engine/vectors/code-block.ts';
import { codeWords, signCode } from '../../../src/engine/vectors/sign-code.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function contentOf(bytes: Uint8Array, count: number, words: number): [number, number[]][] {
  const { slots, codes } = readCodes(bytes, count, words);
  return Array.from(slots, (slot, index) => [
    slot,
    [...codes.subarray(index * words, (index + 1) * words)],
  ]);
}

/** The same bytes at an address that is no multiple of four. */
function crooked(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1).subarray(1);
  copy.set(bytes);
  return copy;
}

describe('CodeBlock', () => {
  it('is empty at first', () => {
    const block = CodeBlock.empty(8);
    expect(block.count).toBe(0);
    expect(block.toBytes()).toHaveLength(0);
    expect(CodeBlock.fromBytes(new Uint8Array(), 0, 8).count).toBe(0);
  });

  it('has the size that its description says', () => {
    const block = CodeBlock.empty(codeWords(40));
    for (const slot of [200, 0, 255, 7, 8]) block.set(slot, Uint32Array.of(slot, ~slot));
    const bytes = block.toBytes();
    expect(bytes).toHaveLength(8 + 5 * 8);
    expect([...bytes.subarray(0, 8)]).toEqual([0, 7, 8, 200, 255, 0, 0, 0]);
    expect(contentOf(bytes, 5, 2)[3]).toEqual([200, [200, ~200 >>> 0]]);
  });

  it(`keeps what was set and forgets what was deleted, for any dimension and address (seed ${SEED})`, () => {
    const step = fc.record({
      slot: fc.nat(IDS_PER_BLOCK - 1),
      vector: fc.option(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 90 })),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.array(step, { maxLength: 300 }),
        (dimension, steps) => {
          const words = codeWords(dimension);
          const model = new Map<number, number[]>();
          let block = CodeBlock.empty(words);
          for (const [index, { slot, vector }] of steps.entries()) {
            if (vector === null) {
              block.delete(slot);
              model.delete(slot);
            } else {
              const values = Array.from(
                { length: dimension },
                (_, at) => vector[at % vector.length] ?? 0,
              );
              const code = signCode(Float32Array.from(values));
              block.set(slot, code);
              model.set(slot, [...code]);
            }
            if (index % 50 === 7)
              block = CodeBlock.fromBytes(crooked(block.toBytes()), block.count, words);
          }
          const expected = [...model].sort(([left], [right]) => left - right);
          expect(block.count).toBe(model.size);
          const bytes = block.toBytes();
          expect(contentOf(bytes, block.count, words)).toEqual(expected);
          expect(contentOf(crooked(bytes), block.count, words)).toEqual(expected);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
