import { cjkSubwords } from './cjk-subwords.ts';
import { CJK_RUN, cjkPairs } from './text-normalize.ts';

/** A quoted phrase or one word up to the next white space or quote, each possibly excluded by a leading minus. */
const ITEM = /(?<minus>(?<![^\s"])-(?=["\p{L}]))?(?:"(?<phrase>[^"]*)"|(?<word>[^\s"]+))/gu;
/** What the tokenizer may take for a word; marks are kept, so that scripts with vowel signs stay in one piece. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
const HAS_TOKEN = /[\p{L}\p{N}\p{Co}]/u;
const CURLY_QUOTES = /[“”„‟]/g;
const PLAIN_WORD = /^[a-z0-9]+$/;
const IDENTIFIER = /[\p{N}_]/u;

/** An excluded word or phrase, as ITEM reads it. */
const EXCLUSION = /(?<![^\s"])-(?=["\p{L}])(?:"[^"]*"|[^\s"]+)/gu;

export interface QueryTerm {
  /** For people and highlighting. */
  readonly text: string;
  /** FTS5 syntax: one quoted string, possibly with a prefix star. */
  readonly expression: string;
}

/** Reads folded text (text-normalize.ts): quoted phrases stay phrases, a leading minus excludes a word or a phrase. */
export function readQueryTerms(text: string): {
  readonly included: readonly QueryTerm[];
  readonly excluded: readonly QueryTerm[];
} {
  const included: QueryTerm[] = [];
  const excluded: QueryTerm[] = [];
  for (const { groups } of text.replace(CURLY_QUOTES, '"').matchAll(ITEM)) {
    const { minus, phrase, word } = groups ?? {};
    const target = minus === undefined ? included : excluded;
    if (phrase !== undefined) target.push(...phraseTerm(phrase));
    else if (word !== undefined && minus !== undefined) target.push(...phraseTerm(word));
    else if (word !== undefined) target.push(...wordTerms(word));
  }
  return { included, excluded };
}

/** The text without what it excludes; as it is when it holds nothing else, since it is meant as text then. */
export function withoutExclusions(text: string): string {
  const wanted = text.replace(CURLY_QUOTES, '"').replace(EXCLUSION, ' ').trim();
  return wordsOf(wanted).length === 0 ? text : wanted;
}

/**
 * `user's東京都` becomes user, s, 東京都: each is a term of its own. What looks like an identifier (`user_123`, `conv-26/D1:3`, `6:30`)
 * is a phrase as well, so that the very one comes before those that share its parts.
 */
function wordTerms(chunk: string): QueryTerm[] {
  // Most words need no cutting; the check is ten times cheaper than the general way.
  if (PLAIN_WORD.test(chunk)) return [{ text: chunk, expression: `"${chunk}"` }];
  const parts = wordsOf(chunk).flatMap(pieces);
  const terms = parts
    .flatMap((part) =>
      part.cjk ? cjkSubwords(part.text).map((text) => ({ text, cjk: true })) : [part],
    )
    .map((part) => toTerm([part]));
  return parts.length > 1 && IDENTIFIER.test(chunk) ? [...terms, toTerm(parts)] : terms;
}

/** All words of the text as one phrase; none when the text holds no word. */
function phraseTerm(text: string): QueryTerm[] {
  const parts = wordsOf(text).flatMap(pieces);
  return parts.length === 0 ? [] : [toTerm(parts)];
}

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).filter((word) => HAS_TOKEN.test(word));
}

interface Piece {
  readonly text: string;
  readonly cjk: boolean;
}

/** Cuts a word where CJK runs begin and end. */
function pieces(word: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of word.matchAll(CJK_RUN)) {
    if (match.index > end) found.push({ text: word.slice(end, match.index), cjk: false });
    found.push({ text: match[0], cjk: true });
    end = match.index + match[0].length;
  }
  if (end < word.length) found.push({ text: word.slice(end), cjk: false });
  return found.filter((piece) => HAS_TOKEN.test(piece.text));
}

/**
 * One phrase. Inside it a CJK run ends where the document's run ends, so its last character is a token of its own, as in the index;
 * the run at the end may go on in the document: it is its pairs only, or a prefix when it is a single character.
 */
function toTerm(parts: readonly Piece[]): QueryTerm {
  const tokens: string[] = [];
  let prefix = false;
  parts.forEach((part, index) => {
    if (!part.cjk) {
      tokens.push(part.text);
      return;
    }
    const characters = [...part.text];
    const pairs = cjkPairs(characters);
    const last = index === parts.length - 1;
    tokens.push(...pairs);
    if (!last || pairs.length === 0) tokens.push(characters.at(-1) ?? '');
    prefix = last && pairs.length === 0;
  });
  const quoted = `"${tokens.join(' ').replaceAll('"', '""')}"`;
  return {
    text: parts.map((part) => part.text).join(' '),
    expression: prefix ? `${quoted} *` : quoted,
  };
}
