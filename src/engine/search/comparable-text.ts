import { searchableText } from './searchable-text.ts';
import { foldText, normalizeText } from './text-normalize.ts';

const QUOTE = 0x22;
const WHITE_SPACE = /\s+/gu;
/** White space inside the strings of a JSON text. */
const ESCAPED_SPACE = /\\[tnrf]/g;
/** As the tokenizer of the full-text index parts words. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
const NUMERIC = /\p{N}/u;

/**
 * A value as it is compared for exact duplicates: compatible characters, case and runs of white space folded. Of a list
 * or an object the whole JSON text counts, since `{"in":5}` and `{"out":5}` say different things.
 */
export function comparableText(valueText: string): string {
  const text =
    valueText.charCodeAt(0) === QUOTE
      ? (JSON.parse(valueText) as string)
      : valueText.replace(ESCAPED_SPACE, ' ');
  return foldText(text).replace(WHITE_SPACE, ' ').trim();
}

/** The different words of a comparable text; of a CJK run its pairs and its last character. */
export function wordSet(comparable: string): ReadonlySet<string> {
  return new Set(normalizeText(comparable).match(WORD) ?? []);
}

/** The different words of a value that the full-text index holds, which leaves the names of properties out. */
export function indexedWords(valueText: string): ReadonlySet<string> {
  return new Set(normalizeText(searchableText(valueText)).match(WORD) ?? []);
}

/**
 * Jaccard similarity of two sets of words, 0..1: the share of all words that both hold. 0 when they hold different
 * numbers: a fact about another number is another fact.
 */
export function wordSimilarity(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size === 0 || right.size === 0) return 0;
  let common = 0;
  for (const word of left) {
    if (right.has(word)) common += 1;
    else if (NUMERIC.test(word)) return 0;
  }
  for (const word of right) if (!left.has(word) && NUMERIC.test(word)) return 0;
  return common / (left.size + right.size - common);
}
