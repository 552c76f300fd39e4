import {
  comparableText,
  indexedWords,
  wordSet,
  wordSimilarity,
} from '../search/comparable-text.ts';
import { matchCandidates } from './duplicate-matches.ts';
import type { DuplicateProbe } from './duplicates.ts';
import type { RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/** A memory that may be a near duplicate; 0..1, higher is more alike. */
export interface DuplicateCandidate {
  readonly id: number;
  readonly similarity: number;
}

/** Words that two texts must share of all the words that either holds. */
const MIN_SIMILARITY = 0.9;

/** Bounds of the look, which the writer waits for: words counted, words searched for, memories compared. */
const MAX_COUNTED_WORDS = 64;
const MAX_PAIRED_WORDS = 16;
const MAX_SEARCHED_WORDS = 32;
const MAX_COMPARED = 200;
/** A word in more memories than this is frequent; how frequent does not matter. */
const COUNT_LIMIT = 200;

/**
 * Memories whose words are nearly the same. Whoever shares a part `t` of all words with a text of n words lacks at most
 * m = n - ⌈t·n⌉ of them, so it holds one of any m + 1 words and two of any m + 2 (the prefix filter of set similarity
 * joins): two of the rarest m + 2 are looked for, all words when m = 0, and one of the rarest m + 1 in long texts.
 * Nothing is missed up to 310 different words and 200 memories that hold so many of them.
 */
export function findCandidates(
  statements: StatementCache,
  probe: DuplicateProbe,
  source: RecordSource,
): readonly DuplicateCandidate[] {
  const words = wordSet(comparableText(probe.valueText));
  const lacking = words.size - Math.ceil(MIN_SIMILARITY * words.size);
  const expression = searchExpression(statements, source, indexedWords(probe.valueText), lacking);
  if (expression === null) return [];
  return matchCandidates(statements, probe, source, expression, MAX_COMPARED).flatMap((record) => {
    const similarity = wordSimilarity(words, wordSet(comparableText(record.valueText)));
    return similarity >= MIN_SIMILARITY ? [{ id: record.id, similarity }] : [];
  });
}

/** What all near duplicates match; null when the index holds no word of the text. */
function searchExpression(
  statements: StatementCache,
  source: RecordSource,
  words: ReadonlySet<string>,
  lacking: number,
): string | null {
  if (words.size === 0) return null;
  if (lacking === 0) return rarestWords(statements, source, words, words.size).join(' AND ');
  const paired = lacking + 2;
  if (paired > MAX_PAIRED_WORDS || words.size < paired) {
    const wanted = Math.min(lacking + 1, MAX_SEARCHED_WORDS);
    return rarestWords(statements, source, words, wanted).join(' OR ');
  }
  const rarest = rarestWords(statements, source, words, paired);
  return rarest
    .slice(0, -1)
    .map((word, index) => `(${word} AND (${rarest.slice(index + 1).join(' OR ')}))`)
    .join(' OR ');
}

/** As quoted strings for MATCH. Long words are rarer, so only the longest ones are counted. */
function rarestWords(
  statements: StatementCache,
  source: RecordSource,
  words: ReadonlySet<string>,
  wanted: number,
): readonly string[] {
  const longest = [...words].sort((left, right) => right.length - left.length);
  const quoted = longest.slice(0, MAX_COUNTED_WORDS).map((word) => `"${word}"`);
  if (quoted.length <= wanted) return quoted;
  const table = source.fullTextTable;
  const name = table.slice(table.indexOf('.') + 1);
  const sql = `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${name} MATCH ? LIMIT ${COUNT_LIMIT})`;
  return quoted
    .map((word) => ({ word, rows: statements.row(sql, word)?.[0] as number }))
    .sort((left, right) => left.rows - right.rows)
    .slice(0, wanted)
    .map(({ word }) => word);
}
