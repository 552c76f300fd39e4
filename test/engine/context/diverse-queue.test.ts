import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiverseQueue } from '../../../src/engine/context/diverse-queue.ts';
import type { Passage } from '../../../src/engine/context/passage.ts';
import type { Similarity } from '../../../src/engine/context/word-similarity.ts';
import { makePassage } from './make-passage.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** Ids in the order of the queue; `takes` says which of those handed out are selected. */
function drain(
  passages: readonly Passage[],
  similarity: Similarity,
  takes: (id: number) => boolean = () => true,
): number[] {
  const queue = new DiverseQueue(passages, similarity);
  const ids: number[] = [];
  for (let next = queue.next(); next !== null; next = queue.next()) {
    ids.push(next.memory.id);
    if (takes(next.memory.id)) queue.take(next);
  }
  return ids;
}

/** The formula as published, computed anew at every step. */
function reference(
  passages: readonly Passage[],
  similarity: Similarity,
  takes: (id: number) => boolean,
): number[] {
  const left = new Set(passages);
  const taken: Passage[] = [];
  const ids: number[] = [];
  while (left.size > 0) {
    const scored = [...left].map((passage) => {
      const nearest = Math.max(0, ...taken.map((other) => similarity(passage, other)));
      return { passage, score: 0.7 * passage.relevance - (1 - 0.7) * nearest };
    });
    scored.sort(
      (a, b) =>
        b.score - a.score ||
        b.passage.relevance - a.passage.relevance ||
        b.passage.at - a.passage.at ||
        b.passage.memory.id - a.passage.memory.id,
    );
    const [best] = scored;
    if (best === undefined) break;
    left.delete(best.passage);
    ids.push(best.passage.memory.id);
    if (takes(best.passage.memory.id)) taken.push(best.passage);
  }
  return ids;
}

describe('maximal marginal relevance', () => {
  it('puts another fact before a paraphrase of what is taken, though it is less relevant', () => {
    const passages = [1, 0.95, 0.8].map((relevance, index) =>
      makePassage({ id: index + 1, value: 'x', relevance }),
    );
    const alike: Similarity = (left, right) =>
      left.memory.id + right.memory.id === 3 ? 0.8 : 0.05;
    expect(drain(passages, alike)).toEqual([1, 3, 2]);
    expect(drain(passages, () => 0)).toEqual([1, 2, 3]);
  });

  it('breaks ties by relevance, date and id', () => {
    const at = Date.UTC(2026, 1, 1);
    const passages = [
      makePassage({ id: 1, value: 'x', createdAt: at }),
      makePassage({ id: 2, value: 'x', createdAt: at + 60_000 }),
      makePassage({ id: 3, value: 'x', createdAt: at }),
    ];
    expect(drain(passages, () => 0)).toEqual([2, 3, 1]);
    expect(drain(passages.toReversed(), () => 0)).toEqual([2, 3, 1]);
  });

  it('equals the formula computed anew at every step, and the order given does not matter', () => {
    const level = fc.integer({ min: 0, max: 4 }).map((quarter) => quarter / 4);
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 8 }),
        fc.array(level, { minLength: 64, maxLength: 64 }),
        fc.integer({ min: 1, max: 5 }),
        (relevances, similarities, modulus) => {
          const passages = relevances.map((relevance, id) =>
            makePassage({ id, value: 'x', relevance, createdAt: (id % 2) * 60_000 }),
          );
          const similarity: Similarity = (left, right) => {
            const [low, high] = [left.memory.id, right.memory.id].toSorted((a, b) => a - b);
            return similarities[(low ?? 0) * 8 + (high ?? 0)] ?? 0;
          };
          const takes = (id: number): boolean => id % modulus === 0;
          const expected = reference(passages, similarity, takes);
          expect(drain(passages, similarity, takes)).toEqual(expected);
          expect(drain(passages.toReversed(), similarity, takes)).toEqual(expected);
        },
      ),
      { seed: SEED },
    );
  });
});
