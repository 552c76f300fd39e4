import type { Passage } from './passage.ts';

/** Consecutive words compared as one; order counts, so "Ann likes Bob" and "Bob likes Ann" share nothing. */
const SHINGLE_WORDS = 3;
/**
 * Share of all shingles that both texts hold, from which on the second adds nothing. One other word breaks three
 * shingles, so at 0.9 only texts of fifty words and more may differ in one.
 */
const SAME_FROM = 0.9;

const NUMERIC = /\p{N}/u;

/** What of a text tells whether another one repeats it. */
export interface Fingerprint {
  readonly shingles: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
}

export function fingerprint({ words }: Pick<Passage, 'words'>): Fingerprint {
  const shingles = new Set<string>();
  const last = Math.max(0, words.length - SHINGLE_WORDS);
  // Texts without any word, of emoji for example, are only compared exactly.
  for (let index = 0; words.length > 0 && index <= last; index += 1)
    shingles.add(words.slice(index, index + SHINGLE_WORDS).join(' '));
  return { shingles, numbers: new Set(words.filter((word) => NUMERIC.test(word))) };
}

/**
 * Whether one text repeats the other nearly word by word: Jaccard similarity of their shingles (Broder 1997), and the same
 * numbers, since a fact about another number is another fact. Vectors do not decide this: they place "costs 100" beside
 * "costs 200" and "likes" beside "hates".
 */
export function isNearDuplicate(left: Fingerprint, right: Fingerprint): boolean {
  if (left.numbers.size !== right.numbers.size) return false;
  for (const number of left.numbers) if (!right.numbers.has(number)) return false;
  const all = left.shingles.size + right.shingles.size;
  // common / (all - common) >= SAME_FROM, solved for what the left text may hold alone.
  let spare = left.shingles.size - (SAME_FROM * all) / (1 + SAME_FROM);
  if (all === 0) return false;
  for (const shingle of left.shingles) {
    if (!right.shingles.has(shingle)) spare -= 1;
    if (spare < 0) return false;
  }
  return spare >= 0;
}
