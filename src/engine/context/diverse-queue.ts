import type { Passage } from './passage.ts';
import type { Similarity } from './word-similarity.ts';

/**
 * Weight of relevance against novelty. Carbonell & Goldstein found about 0.3 good for an overview and about 0.7 for going
 * into what matters; a task is known here, and what repeats word by word is left out by a rule of its own.
 */
const RELEVANCE_WEIGHT = 0.7;

interface Waiting {
  readonly passage: Passage;
  /** To the taken passage that is most like it. */
  similarity: number;
}

/**
 * Hands out passages by maximal marginal relevance (Carbonell & Goldstein 1998): always the one with the greatest
 * `0.7 × relevance − 0.3 × max similarity to those taken`. Of equals the more relevant, the newer, the one with the greater
 * id, so the order depends on nothing else.
 */
export class DiverseQueue {
  readonly #similarity: Similarity;
  #waiting: readonly Waiting[];

  constructor(passages: readonly Passage[], similarity: Similarity) {
    this.#similarity = similarity;
    this.#waiting = passages.map((passage) => ({ passage, similarity: 0 }));
  }

  /** Removes and returns the next passage; null when none is left. */
  next(): Passage | null {
    let best: Waiting | null = null;
    for (const waiting of this.#waiting)
      if (best === null || precedes(waiting, best)) best = waiting;
    if (best === null) return null;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== best);
    return best.passage;
  }

  /** A passage that was handed out is in the selection: what is like it now moves back. */
  take(passage: Passage): void {
    for (const waiting of this.#waiting)
      waiting.similarity = Math.max(waiting.similarity, this.#similarity(waiting.passage, passage));
  }
}

function precedes(left: Waiting, right: Waiting): boolean {
  const difference = marginalRelevance(left) - marginalRelevance(right);
  if (difference !== 0) return difference > 0;
  return comparePassages(left.passage, right.passage) < 0;
}

function marginalRelevance({ passage, similarity }: Waiting): number {
  return RELEVANCE_WEIGHT * passage.relevance - (1 - RELEVANCE_WEIGHT) * similarity;
}

/** The more relevant first, then the newer, then the greater id. */
export function comparePassages(left: Passage, right: Passage): number {
  return right.relevance - left.relevance || right.at - left.at || right.memory.id - left.memory.id;
}
