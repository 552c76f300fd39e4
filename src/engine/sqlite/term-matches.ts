import { finalScore, type TextMatch } from '../search/rank.ts';
import { textScore } from '../search/text-score.ts';

interface Candidate extends TextMatch {
  /** Sum over the terms it holds, which are `found` many. */
  bm25: number;
  found: number;
  readonly round: number;
}

/**
 * Memories met so far while the terms of a query are gone through. Each is scored in full in the round it is met in, so later
 * rounds leave it alone.
 */
export class TermMatches {
  readonly #candidates = new Map<number, Candidate>();
  /** Terms of the query. */
  readonly #terms: number;
  #round = 0;

  constructor(terms: number) {
    this.#terms = terms;
  }

  beginRound(): void {
    this.#round += 1;
  }

  /** Memories that hold `found` terms so far, with the sum of all terms they hold; the newest sum of a round counts. */
  add(matches: readonly TextMatch[], found: number): void {
    for (const { id, importance, updatedAt, bm25 } of matches) {
      const known = this.#candidates.get(id);
      if (known === undefined)
        this.#candidates.set(id, { id, importance, updatedAt, bm25, found, round: this.#round });
      else if (known.round === this.#round) known.bm25 = bm25;
    }
  }

  /** Counts one more term for those of the memories that were met in this round. */
  count(ids: readonly number[]): void {
    for (const id of ids) {
      const known = this.#candidates.get(id);
      if (known?.round === this.#round) known.found += 1;
    }
  }

  matches(): readonly TextMatch[] {
    return Array.from(this.#candidates.values(), ({ id, importance, updatedAt, bm25, found }) => ({
      id,
      importance,
      updatedAt,
      bm25: textScore(bm25, found, this.#terms),
    }));
  }

  /** Score, not normalised, of the `limit`-th best; 0 when there are fewer. */
  threshold(limit: number, now: number): number {
    const candidates = this.#candidates;
    if (candidates.size < limit) return 0;
    const scores = new Float64Array(candidates.size);
    let index = 0;
    for (const { bm25, found, importance, updatedAt } of candidates.values()) {
      const text = textScore(bm25, found, this.#terms);
      scores[index] = finalScore(text, importance, updatedAt, now);
      index += 1;
    }
    return scores.sort().at(-limit) ?? 0;
  }
}
