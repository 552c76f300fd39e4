import { describe, expect, it } from 'vitest';
import { codeWords, signCode } from '../../../src/engine/vectors/sign-code.ts';

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
});
