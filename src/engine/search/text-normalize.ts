/** The fast path: most stored text is ASCII without odd control characters. */
const PLAIN_ASCII = /^[\t\n\r -~]*$/;

/** NUL ends a string for many readers and throws inside MATCH, so it is no text. */
const NUL = '\0';

/**
 * Letters of scripts that the `unicode61` tokenizer would keep as one token per clause. Japanese and Chinese put no spaces
 * between words; Korean does, but glues particles to them (학교에서 must be found by 학교), so it is cut the same way.
 * The prolonged sound mark, the closing mark and combining voicing marks belong to a kana run though Unicode calls them common.
 */
const CJK_LETTER =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}ー〆\u3099\u309a]';

/** One maximal run of CJK letters. */
export const CJK_RUN = new RegExp(`${CJK_LETTER}+`, 'gu');
const HAS_CJK = new RegExp(CJK_LETTER, 'u');

/**
 * Folds what a reader takes for the same text: compatibility forms (half- and full-width, ligatures), case, NUL removed.
 * Diacritics stay: the tokenizer removes them on both sides.
 */
export function foldText(text: string): string {
  if (PLAIN_ASCII.test(text)) return text.toLowerCase();
  return text.replaceAll(NUL, '').normalize('NFKC').toLowerCase();
}

/**
 * Text as the full-text index stores it: folded, each CJK run replaced by its overlapping pairs and its last character,
 * so that a word inside a run is a phrase of pairs and a single character is a prefix of a pair or the last token.
 */
export function normalizeText(text: string): string {
  if (PLAIN_ASCII.test(text)) return text.toLowerCase();
  const folded = foldText(text);
  if (!HAS_CJK.test(folded)) return folded;
  return folded.replace(CJK_RUN, (run) => {
    const characters = [...run];
    return ` ${[...cjkPairs(characters), characters.at(-1)].join(' ')} `;
  });
}

/** Overlapping pairs of a run of code points; none for a single one. */
export function cjkPairs(characters: readonly string[]): string[] {
  const pairs: string[] = [];
  for (let index = 1; index < characters.length; index += 1) {
    pairs.push(`${characters[index - 1]}${characters[index]}`);
  }
  return pairs;
}
