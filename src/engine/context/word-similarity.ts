import type { Passage } from './passage.ts';

/** How alike two passages are: symmetric, 0 = unlike, 1 = the same. */
export type Similarity = (left: Passage, right: Passage) => number;

/** Prepares the comparison of any two of the passages. */
export type SimilarityMeasure = (passages: readonly Passage[]) => Similarity;

/**
 * Cosine of the passages' word vectors, each word weighted by `(1 + ln tf) × ln(1 + n / df)` over the n passages, so that
 * words that most of them hold, those of the task among them, hardly count.
 */
export function wordSimilarity(passages: readonly Passage[]): Similarity {
  const frequencies = new Map<string, number>();
  for (const { words } of passages)
    for (const word of new Set(words)) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  const vectors = new Map<Passage, ReadonlyMap<string, number>>();
  for (const passage of passages)
    vectors.set(passage, unitVector(passage.words, frequencies, passages.length));
  return (left, right) => dotProduct(vectors.get(left), vectors.get(right));
}

function unitVector(
  words: readonly string[],
  frequencies: ReadonlyMap<string, number>,
  passageCount: number,
): ReadonlyMap<string, number> {
  const vector = new Map<string, number>();
  for (const word of words) vector.set(word, (vector.get(word) ?? 0) + 1);
  let squares = 0;
  for (const [word, count] of vector) {
    const rarity = Math.log(1 + passageCount / (frequencies.get(word) ?? passageCount));
    const weight = (1 + Math.log(count)) * rarity;
    vector.set(word, weight);
    squares += weight * weight;
  }
  const length = Math.sqrt(squares);
  for (const [word, weight] of vector) vector.set(word, weight / length);
  return vector;
}

/** Summed over the shorter vector; rounding must not lift it above 1. */
function dotProduct(
  left: ReadonlyMap<string, number> | undefined,
  right: ReadonlyMap<string, number> | undefined,
): number {
  if (left === undefined || right === undefined) return 0;
  const [short, long] = left.size <= right.size ? [left, right] : [right, left];
  let sum = 0;
  for (const [word, weight] of short) sum += weight * (long.get(word) ?? 0);
  return Math.min(1, sum);
}
