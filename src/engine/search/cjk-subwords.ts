import { cjkPairs } from './text-normalize.ts';

/** Where the script changes, a word usually ends: 東京都庁|の|会議|はいつですか. */
const SCRIPT_RUN =
  /(?<han>[\p{Script=Han}〆]+)|(?<katakana>[\p{Script=Katakana}ー\u3099\u309a]+)|(?<hangul>\p{Script=Hangul}+)/gu;

/** Han words are mostly of two characters; up to this length a run is taken for one word. */
const LONGEST_HAN_WORD = 3;

/** A Korean stem of two syllables, before the particles that hang on it. */
const LONGEST_HANGUL_STEM = 2;

/**
 * What to search for when a query holds a run of CJK text: the run itself first, so that the same wording wins, then the words it
 * probably consists of, since nobody stored the question as it was asked. Hiragana is mostly grammar and is left out,
 * Katakana runs are words, long Han and Hangul runs are cut into pairs.
 */
export function cjkSubwords(run: string): readonly string[] {
  const found = new Set([run]);
  for (const match of run.matchAll(SCRIPT_RUN)) {
    const { han, katakana, hangul } = match.groups ?? {};
    if (katakana !== undefined) found.add(katakana);
    else
      addWord(
        found,
        han ?? hangul ?? '',
        han === undefined ? LONGEST_HANGUL_STEM : LONGEST_HAN_WORD,
      );
  }
  return [...found];
}

function addWord(found: Set<string>, word: string, longest: number): void {
  const characters = [...word];
  found.add(word);
  if (characters.length <= longest) return;
  for (const pair of cjkPairs(characters)) found.add(pair);
}
