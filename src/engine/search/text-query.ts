import { ValidationError } from '../errors.ts';
import { MAX_QUERY_BYTES, MAX_QUERY_TERMS } from '../limits.ts';
import { type QueryTerm, readQueryTerms } from './query-terms.ts';
import { searchableText } from './searchable-text.ts';
import { ENGLISH_STOP_WORDS } from './stop-words.ts';
import { foldText, normalizeText } from './text-normalize.ts';

/** Columns of the full-text index in their order. */
export const FULL_TEXT_COLUMNS = ['key', 'persona', 'tags', 'body', 'metadata'] as const;
type FullTextColumn = (typeof FULL_TEXT_COLUMNS)[number];

/**
 * Weights of bm25 by column. All equal: of the weights tried on LoCoMo (bench/recall-quality.ts: key 0 to 1, persona 0.5 to 2,
 * body 1 to 2, metadata 0.3 to 1) none gained a point of R@10, and less for the metadata, which holds the dates, lost 1.1.
 */
const FULL_TEXT_WEIGHTS: Readonly<Record<FullTextColumn, number>> = {
  key: 1,
  persona: 1,
  tags: 1,
  body: 1,
  metadata: 1,
};

/** The weights as FTS5's `rank MATCH` wants them. */
export const FULL_TEXT_RANK = `bm25(${FULL_TEXT_COLUMNS.map((column) => FULL_TEXT_WEIGHTS[column]).join(', ')})`;

/**
 * Up to this many terms, every pair of terms that meet in one memory counts again. For n matched terms FTS5 then adds each of them
 * n times, so bm25 is multiplied by n: memories that hold more of the question win. Ten pairs cost about as much time as the
 * terms themselves (50,000 memories, 4 terms: 5 ms become 7); beyond, the time grows faster than the gain.
 *
 * LoCoMo, percent R@5 / R@10 / any@10, chosen on conv-26 and conv-30 (231 questions), then read off conv-41 and conv-42 (351):
 *
 * | form | conv-26, conv-30 | conv-41, conv-42 |
 * |---|---|---|
 * | OR, stop words kept | 51.9 / 59.4 / 64.9 | 51.4 / 59.4 / 66.1 |
 * | OR | 54.2 / 64.0 / 69.3 | 55.7 / 64.6 / 70.7 |
 * | AND, then filled by OR | 54.8 / 64.0 / 69.3 | 55.7 / 64.6 / 70.9 |
 * | OR and neighbouring words as phrases | 54.8 / 63.4 / 68.8 | 55.1 / 63.9 / 69.8 |
 * | OR and pairs of up to 5 terms (this one) | 56.1 / 64.6 / 70.1 | 57.2 / 65.3 / 71.8 |
 * | OR and pairs of up to 8 terms (twice to three times the time) | 56.3 / 65.5 / 71.0 | 58.1 / 65.3 / 71.8 |
 * | OR times the root of the share of terms found | 56.8 / 65.5 / 71.0 | 58.3 / 65.7 / 72.1 |
 */
const MAX_PAIRED_TERMS = 5;

/** A query ready for MATCH; the same shape as the backend's TextQuery. */
export interface BuiltTextQuery {
  readonly match: string;
  readonly terms: readonly string[];
}

export interface TextQueryOptions {
  /** Lower-case words to leave out unless nothing else remains; default: English. */
  readonly stopWords?: ReadonlySet<string> | undefined;
}

const CAMEL_BORDER = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu;

/** The text of one memory for the full-text index, one string per column. */
export function indexedText(fields: {
  readonly key: string;
  readonly persona: string | null;
  readonly tags: readonly string[];
  readonly valueText: string;
  readonly metadataText: string;
}): Readonly<Record<FullTextColumn, string>> {
  return {
    key: normalizeText(withCamelCaseParts(fields.key)),
    persona: fields.persona === null ? '' : normalizeText(fields.persona),
    tags: fields.tags.length === 0 ? '' : normalizeText(fields.tags.join(' ')),
    body: normalizeText(searchableText(fields.valueText)),
    metadata:
      fields.metadataText === '{}' ? '' : normalizeText(searchableText(fields.metadataText)),
  };
}

/** The tokenizer parts keys at punctuation but not inside `userPreferences`: its words follow the key. */
function withCamelCaseParts(key: string): string {
  const parted = key.replace(CAMEL_BORDER, ' ');
  return parted === key ? key : `${key} ${parted}`;
}

/**
 * Builds the MATCH expression of a user's text; null when there is nothing to search for.
 * User text reaches FTS5 only inside quoted strings made of letters, digits and marks; AND, OR and NOT are ours.
 * Text longer than MAX_QUERY_BYTES is refused; of more than MAX_QUERY_TERMS terms the first ones count.
 */
export function buildTextQuery(
  text: string,
  options: TextQueryOptions = {},
): BuiltTextQuery | null {
  if (Buffer.byteLength(text) > MAX_QUERY_BYTES) {
    throw new ValidationError(
      [{ path: ['query'], message: `must be at most ${MAX_QUERY_BYTES} bytes of UTF-8` }],
      {
        remedy: 'Store long text as a memory and search for its key words.',
      },
    );
  }
  const { included, excluded } = readQueryTerms(foldText(text));
  // Text of exclusions only, as a list of `-item` lines, is meant as text.
  const positive = included.length > 0 ? included : excluded;
  const terms = uniqueTerms(withoutStopWords(positive, options.stopWords ?? ENGLISH_STOP_WORDS));
  if (terms.length === 0) return null;
  const wanted = [...terms.map((term) => term.expression), ...pairsOf(terms)].join(' OR ');
  const unwanted = included.length > 0 ? uniqueTerms(excluded) : [];
  return {
    match:
      unwanted.length === 0
        ? wanted
        : `(${wanted}) NOT (${unwanted.map((term) => term.expression).join(' OR ')})`,
    terms: terms.map((term) => term.text),
  };
}

function withoutStopWords(
  terms: readonly QueryTerm[],
  stopWords: ReadonlySet<string>,
): readonly QueryTerm[] {
  const kept = terms.filter((term) => !stopWords.has(term.text));
  return kept.length > 0 ? kept : terms;
}

function pairsOf(terms: readonly QueryTerm[]): string[] {
  if (terms.length > MAX_PAIRED_TERMS) return [];
  return terms.flatMap((left, index) =>
    terms.slice(index + 1).map((right) => `(${left.expression} AND ${right.expression})`),
  );
}

function uniqueTerms(terms: readonly QueryTerm[]): readonly QueryTerm[] {
  const byExpression = new Map(terms.map((term) => [term.expression, term]));
  return [...byExpression.values()].slice(0, MAX_QUERY_TERMS);
}
