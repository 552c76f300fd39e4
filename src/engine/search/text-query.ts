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
 * Weights of bm25 by column. All equal: of the weights tried on LoCoMo (key 0 to 1, persona 0.5 to 2, body 1 to 2, metadata
 * 0.3 to 1) none gained a point of R@10, and less for the metadata, which holds the dates, lost 1.1; `trinitas eval locomo
 * --mode text` measures the coded ones.
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

/** A query ready for MATCH; the same shape as the backend's TextQuery. */
export interface BuiltTextQuery {
  readonly expressions: readonly string[];
  readonly excluded: string | null;
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
 * Builds the MATCH expressions of a user's text; null when there is nothing to search for.
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
  const unwanted = included.length > 0 ? uniqueTerms(excluded) : [];
  return {
    expressions: terms.map((term) => term.expression),
    excluded: unwanted.length === 0 ? null : unwanted.map((term) => term.expression).join(' OR '),
    terms: terms.map((term) => term.text),
  };
}

/** The query without the terms that are one of the words; null when nothing else is left. */
export function withoutTerms(
  query: BuiltTextQuery,
  words: ReadonlySet<string>,
): BuiltTextQuery | null {
  const kept = [...query.terms.keys()].filter((index) => !words.has(query.terms[index] ?? ''));
  if (kept.length === 0) return null;
  return {
    expressions: kept.flatMap((index) => query.expressions[index] ?? []),
    excluded: query.excluded,
    terms: kept.flatMap((index) => query.terms[index] ?? []),
  };
}

/** MATCH expression of `wanted`, an expression of a query or several joined by operators, without what the query excludes. */
export function matchExpression(wanted: string, excluded: string | null): string {
  return excluded === null ? wanted : `(${wanted}) NOT (${excluded})`;
}

function withoutStopWords(
  terms: readonly QueryTerm[],
  stopWords: ReadonlySet<string>,
): readonly QueryTerm[] {
  const kept = terms.filter((term) => !stopWords.has(term.text));
  return kept.length > 0 ? kept : terms;
}

function uniqueTerms(terms: readonly QueryTerm[]): readonly QueryTerm[] {
  const byExpression = new Map(terms.map((term) => [term.expression, term]));
  return [...byExpression.values()].slice(0, MAX_QUERY_TERMS);
}
