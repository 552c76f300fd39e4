import { describe, expect, it } from 'vitest';
import { allAt, anyAt, recallAt, reciprocalRank } from '../../src/evaluation/retrieval-metrics.ts';

const ids = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

describe('the measures of one question', () => {
  it.each([
    { found: 'a b c', relevant: 'a', k: 1, recall: 1, any: 1, all: 1 },
    { found: 'b a c', relevant: 'a', k: 1, recall: 0, any: 0, all: 0 },
    { found: 'b a c', relevant: 'a', k: 2, recall: 1, any: 1, all: 1 },
    { found: 'x a y b', relevant: 'a b', k: 3, recall: 0.5, any: 1, all: 0 },
    { found: 'x a y b', relevant: 'a b', k: 4, recall: 1, any: 1, all: 1 },
    { found: 'a b', relevant: 'a b c d', k: 10, recall: 0.5, any: 1, all: 0 },
    { found: '', relevant: 'a', k: 5, recall: 0, any: 0, all: 0 },
    // Found twice is found once: turns may stand for their session.
    { found: 'a a b', relevant: 'a b', k: 2, recall: 0.5, any: 1, all: 0 },
  ])('$found for $relevant at $k', ({ found, relevant, k, recall, any, all }) => {
    const wanted = new Set(ids(relevant));
    expect(recallAt(ids(found), wanted, k)).toBe(recall);
    expect(anyAt(ids(found), wanted, k)).toBe(any);
    expect(allAt(ids(found), wanted, k)).toBe(all);
  });

  it.each([
    ['a b', 'a', 1],
    ['b a', 'a', 1 / 2],
    ['x y z a b', 'a b', 1 / 4],
    ['x y', 'a', 0],
    ['', 'a', 0],
  ])('the reciprocal rank of %j for %j is %d', (found, relevant, expected) => {
    expect(reciprocalRank(ids(found), new Set(ids(relevant)))).toBe(expected);
  });

  it('refuse a question that nothing could answer', () => {
    expect(() => recallAt(['a'], new Set(), 1)).toThrow(RangeError);
    expect(() => reciprocalRank(['a'], new Set())).toThrow(RangeError);
  });
});
