import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordSimilarity } from '../../../src/engine/context/word-similarity.ts';
import { makePassage } from './make-passage.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

describe('the similarity of words', () => {
  it('is 1 for the same, 0 for unlike texts, greater for a paraphrase than for another fact', () => {
    const texts = [
      'the deploy of the service failed because the disk was full',
      'the deploy of the service failed because the disk was full',
      'the service deploy failed: the disk was completely full',
      'the deploy of the service needs a review by two people',
      'owls see well at night in forests',
    ];
    const [a, same, paraphrase, other, unlike] = texts.map((value, id) =>
      makePassage({ id, value }),
    );
    if (!a || !same || !paraphrase || !other || !unlike) throw new Error('there are five texts');
    const similarity = wordSimilarity([a, same, paraphrase, other, unlike]);
    expect(similarity(a, same)).toBeCloseTo(1);
    expect(similarity(a, unlike)).toBe(0);
    expect(similarity(a, paraphrase)).toBeGreaterThan(0.5);
    expect(similarity(a, other)).toBeLessThan(0.3);
  });

  it('is symmetric and from 0 to 1', () => {
    const text = fc
      .array(fc.constantFrom('owl', 'night', '12', '東京都', 'ÄÖ', '!', ''), { maxLength: 12 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (values) => {
        const passages = values.map((value, id) => makePassage({ id, key: '!', value }));
        const similarity = wordSimilarity(passages);
        for (const left of passages)
          for (const right of passages) {
            const forth = similarity(left, right);
            expect(forth).toBeGreaterThanOrEqual(0);
            expect(forth).toBeLessThanOrEqual(1);
            expect(similarity(right, left)).toBeCloseTo(forth, 12);
          }
      }),
      { seed: SEED },
    );
  });
});
