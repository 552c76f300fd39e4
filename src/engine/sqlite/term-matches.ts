import { textScore } from '../search/text-score.ts';
import type { TextMatch } from './text-statements.ts';

/** A memory with the sum of bm25 over the terms it holds, which are `found` many. */
export interface ScoredMatch extends TextMatch {
  readonly found: number;
}

interface MutableMatch extends TextMatch {
  bm25: number;
  found: number;
  readonly round: number;
}

/**
 * Memories met so far while the terms of a query are gone through. Each is scored in full in the round it is met in, so later
 * rounds leave it alone.
 */
export class TermMatches {
  readonly #matches = new Map<number, MutableMatch>();
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
    for (const match of matches) {
      const known = this.#matches.get(match.id);
      if (known === undefined) this.#matches.set(match.id, this.#met(match, found));
      else if (known.round === this.#round) known.bm25 = match.bm25;
    }
  }

  #met({ id, importance, updatedAt, named, bm25, factor }: TextMatch, found: number): MutableMatch {
    return { id, importance, updatedAt, named, bm25, factor, found, round: this.#round };
  }

  /** Counts one more term for those of the memories that were met in this round. */
  count(ids: readonly number[]): void {
    for (const id of ids) {
      const known = this.#matches.get(id);
      if (known?.round === this.#round) known.found += 1;
    }
  }

  /** The best `limit`, best first, equal ones by id. */
  best(limit: number): readonly ScoredMatch[] {
    const threshold = this.threshold(limit);
    return [...this.#matches.values()]
      .map((match) => ({ match, weight: this.#weigh(match) }))
      .filter(({ weight }) => weight >= threshold)
      .sort((left, right) => right.weight - left.weight || left.match.id - right.match.id)
      .slice(0, limit)
      .map(({ match }) => match);
  }

  /** Text score times selection factor of the `limit`-th best; 0 when there are fewer. */
  threshold(limit: number): number {
    if (this.#matches.size < limit) return 0;
    const weights = new Float64Array(this.#matches.size);
    let index = 0;
    for (const match of this.#matches.values()) {
      weights[index] = this.#weigh(match);
      index += 1;
    }
    return weights.sort().at(-limit) ?? 0;
  }

  #weigh({ bm25, found, factor }: MutableMatch): number {
    return textScore(bm25, found, this.#terms) * factor;
  }
}
