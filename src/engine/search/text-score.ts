/** FTS5's bm25 gives one term of a memory less than its idf × this, however often the term occurs there (k1 + 1, k1 = 1.2). */
const SATURATION = 2.2;

/** FTS5's idf of a term that more than half of all rows hold. */
const LEAST_IDF = 1e-6;

/**
 * Text score of a memory: the bm25 of its terms, times the root of the share of the query's terms that it holds, so that memories
 * which hold more of the question win.
 *
 * LoCoMo, percent R@5 / R@10 / any@10, chosen on conv-26 and conv-30 (231 questions), then read off conv-41 and conv-42 (351), on
 * the index alone; `trinitas eval locomo --mode text` measures the form that is coded through the whole of recall:
 *
 * | form | conv-26, conv-30 | conv-41, conv-42 |
 * |---|---|---|
 * | OR, stop words kept | 51.9 / 59.4 / 64.9 | 51.4 / 59.4 / 66.1 |
 * | OR | 54.2 / 64.0 / 69.3 | 55.7 / 64.6 / 70.7 |
 * | AND, then filled by OR | 54.8 / 64.0 / 69.3 | 55.7 / 64.6 / 70.9 |
 * | OR and neighbouring words as phrases | 54.8 / 63.4 / 68.8 | 55.1 / 63.9 / 69.8 |
 * | OR and pairs of up to 5 terms | 56.1 / 64.6 / 70.1 | 57.2 / 65.3 / 71.8 |
 * | OR and pairs of up to 8 terms | 56.3 / 65.5 / 71.0 | 58.1 / 65.3 / 71.8 |
 * | OR times the root of the share of terms found (this one) | 56.8 / 65.5 / 71.0 | 58.3 / 65.7 / 72.1 |
 */
export function textScore(bm25OfTerms: number, found: number, terms: number): number {
  return bm25OfTerms * Math.sqrt(found / terms);
}

/**
 * What one term can add to the bm25 of any memory at most. `matches` is the number of rows that hold the term, `rows` that of all
 * rows or more.
 */
export function termBound(matches: number, rows: number): number {
  return SATURATION * inverseFrequency(matches, rows);
}

/** FTS5's idf of a term that `matches` of `rows` rows hold. */
export function inverseFrequency(matches: number, rows: number): number {
  return Math.max(LEAST_IDF, Math.log((rows - matches + 0.5) / (matches + 0.5)));
}

/**
 * Share of a term's idf that a turn of a conversation counts when not it but the turn so far from it holds the term (-1 = the one
 * before it). Chosen on conv-26 and conv-30 of LoCoMo; R@10 there 65.5 without, 76.7 with it, and with stripped and boosted names
 * (rank.ts) 80.0; on conv-41 and conv-42 65.7, 72.2 and 75.1. As columns of the full-text index, with three times its size, the
 * same idea reached 76.0 and 71.7.
 */
export const LENT_BY_DISTANCE: ReadonlyMap<number, number> = new Map([
  [-1, 0.7],
  [1, 0.4],
  [-2, 0.3],
  [2, 0.2],
]);
