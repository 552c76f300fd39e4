import { describe, expect, it } from 'vitest';
import { ndcg } from '../../src/evaluation/ndcg.ts';

/** 1 / log₂(3), the gain at rank 3. */
const THIRD = 0.630_929_753_571_457_5;

describe('ndcg as LongMemEval publishes it', () => {
  it.each([
    { found: [1], total: 1, k: 1, expected: 1 },
    // Rank 2 counts as much as rank 1.
    { found: [0, 1], total: 1, k: 2, expected: 1 },
    { found: [0, 1], total: 1, k: 1, expected: 0 },
    { found: [0, 0, 1], total: 1, k: 3, expected: THIRD },
    { found: [0, 0, 0, 1], total: 1, k: 5, expected: 0.5 },
    { found: [0, 1, 1], total: 2, k: 3, expected: (1 + THIRD) / 2 },
    { found: [1, 0, 1], total: 3, k: 3, expected: (1 + THIRD) / (2 + THIRD) },
    // The ideal order has only k places.
    { found: [1, 1, 0], total: 3, k: 2, expected: 1 },
    { found: [1], total: 2, k: 10, expected: 0.5 },
    { found: [], total: 2, k: 10, expected: 0 },
    { found: [0, 0], total: 0, k: 10, expected: 0 },
  ])('$found of $total at $k is $expected', ({ found, total, k, expected }) => {
    expect(
      ndcg(
        found.map((relevance) => relevance === 1),
        total,
        k,
      ),
    ).toBeCloseTo(expected, 12);
  });
});
