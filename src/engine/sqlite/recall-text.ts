import type { ReadMap, TextHit } from '../backends/backend.ts';
import { LARGEST_FACTOR, rankText, type TextMatch } from '../search/rank.ts';
import { termBound, textScore } from '../search/text-score.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';
import { TermCounts } from './term-counts.ts';
import { TermMatches } from './term-matches.ts';
import { TextStatements } from './text-statements.ts';

/** Wider than the rounding of the sums that are compared. */
const ROUNDING = 1 + 1e-9;

/** Up to so many, all memories of the rarest term are scored at once, without looking for better ones first. */
const FEW_ROWS = 200;

interface Term {
  readonly expression: string;
  /** Rows that hold it. */
  readonly rows: number;
  /** What it can add to the bm25 of a memory at most. */
  readonly bound: number;
}

/**
 * The best hits by text, importance and recency over all matches, exactly as if every match had been scored, but without scoring
 * those that cannot be among them. Ranking happens here, in the reader: only the hits themselves cross to the main thread.
 */
export function recallText(
  statements: StatementCache,
  args: ReadMap['recallText']['args'],
  source: RecordSource = FILE_SOURCE,
  counts: TermCounts = new TermCounts(),
): ReadMap['recallText']['result'] {
  const text = new TextStatements(statements, args, source);
  const [first] = args.query.expressions;
  if (first === undefined) return { hits: [] };
  const matches =
    args.query.expressions.length === 1
      ? text.matches(first)
      : matchesOfTerms(text, args, termsOf(text, args.query.expressions, counts, statements));
  const ranks = rankText(matches, args.limit, args.now);
  const records = text.records(ranks.map(({ id }) => id));
  return {
    hits: ranks.flatMap(({ id, bm25, rank, normalised }): readonly TextHit[] => {
      const record = records.get(id);
      return record === undefined ? [] : [{ record, bm25, rank, normalised }];
    }),
  };
}

/**
 * The matches that could be hits: the memories that hold all terms, and then from the rarest term to the most frequent one those
 * that hold it. A memory that holds none of the terms gone through scores less than the bounds of the terms that are left, and
 * one that holds a single term less than the bound of that: what cannot pass the `limit`-th best score is not looked at.
 * Measured on 50,000 memories: a question of four terms that 16,000 of them match 26 ms with one OR of the terms and
 * their pairs, 5 ms this way.
 */
function matchesOfTerms(
  text: TextStatements,
  { query: { expressions }, limit, now }: ReadMap['recallText']['args'],
  terms: readonly Term[],
): readonly TextMatch[] {
  const found = new TermMatches(expressions.length);
  const [rarest] = terms;
  if (rarest !== undefined && (terms.length === 2 || rarest.rows > FEW_ROWS))
    found.add(text.matches(terms.map((term) => term.expression).join(' AND ')), terms.length);
  for (const [index, { expression, bound }] of terms.entries()) {
    const threshold = found.threshold(limit, now);
    const canReach = (sum: number, count: number): boolean =>
      textScore(sum, count, expressions.length) * LARGEST_FACTOR * ROUNDING >= threshold;
    const others = terms.slice(index + 1);
    const sum = others.reduce((total, other) => total + other.bound, bound);
    if (!canReach(sum, others.length + 1)) break;
    found.beginRound();
    if (canReach(bound, 1)) found.add(text.matches(expression), 1);
    // Of two terms, the memories that hold both were met before.
    if (others.length === 0 || terms.length === 2) continue;
    const any = others.map((other) => other.expression).join(' OR ');
    found.add(text.matches(`${expression} AND (${any})`), 1);
    for (const other of others) found.count(text.ids(`${expression} AND ${other.expression}`));
  }
  return found.matches();
}

/** Those that occur at all, the rarest first. */
function termsOf(
  text: TextStatements,
  expressions: readonly string[],
  counts: TermCounts,
  statements: StatementCache,
): readonly Term[] {
  counts.begin(statements);
  const all = text.rowBound();
  return expressions
    .map((expression) => {
      const rows = counts.count(expression, () => text.count(expression));
      return { expression, rows, bound: termBound(rows, all) };
    })
    .filter(({ rows }) => rows > 0)
    .sort((left, right) => left.rows - right.rows);
}
