import { type Ranked, selectionFactor } from '../search/rank.ts';
import { FULL_TEXT_RANK, matchExpression } from '../search/text-query.ts';
import { GATE_FUNCTION } from './memory-groups.ts';
import type { RankingRows } from './ranking-rows.ts';
import type { RecallScope } from './recall-scope.ts';
import { OVERLAY_SOURCE } from './record-source.ts';
import type { ScoredRows } from './scored-terms.ts';
import type { TermCounts } from './term-counts.ts';

/** A match of the full-text index. */
export interface TextMatch extends Ranked {
  /** bm25 of the expression it was found by: not negative, higher is better. */
  readonly bm25: number;
  /** See selectionFactor. */
  readonly factor: number;
}

/** The best by text are sorted out when they are this small a part of all matches; of a larger part all are looked up. */
const WORTH_SORTING = 3;
/** When too few of them are visible, so many times more are taken. */
const GROWTH = 5;

/** When a smaller share of the matches is of the namespace, the others are dropped before they are scored. */
const WORTH_SCORING_ALL = 0.5;

/** The statements of the text arm: matches pass the namespace, the time and the filter before anything is scored. */
export class TextStatements {
  readonly #scope: RecallScope;
  readonly #counts: TermCounts;
  /** Name of the full-text table without its schema, as its hidden columns want it. */
  readonly #name: string;
  readonly #select: string;

  /** `counts` has begun. */
  constructor(scope: RecallScope, counts: TermCounts) {
    this.#scope = scope;
    this.#counts = counts;
    const table = scope.source.fullTextTable;
    this.#name = table.slice(table.indexOf('.') + 1);
    const gate = scope.gate === null ? '' : `AND ${GATE_FUNCTION}(${this.#name}.rowid)`;
    // The full-text table stands first and CROSS JOIN keeps it there: the planner must never scan memories and probe the index.
    this.#select = `SELECT m.id, ${this.#name}.rank, m.importance, m.updated_at, m.persona_id FROM ${table} CROSS JOIN ${scope.from}
      WHERE ${this.#name} MATCH ? AND ${this.#name}.rank MATCH '${FULL_TEXT_RANK}' ${gate}
        AND m.id = ${this.#name}.rowid ${scope.visible}`;
  }

  /** Rows that hold the term, visible or not; 0.05 µs each, since FTS5 only walks its list of row ids. */
  count(expression: string): number {
    const { statements, source } = this.#scope;
    const sql = `SELECT count(*) FROM ${source.fullTextTable} WHERE ${this.#name} MATCH ?`;
    return statements.row(sql, expression)?.[0] as number;
  }

  /** At least as many as the full-text index has rows; unbounded for a transaction's own writes, which are few. */
  rowBound(): number {
    const { source, newestId } = this.#scope;
    return source === OVERLAY_SOURCE ? Number.POSITIVE_INFINITY : newestId;
  }

  /** All visible matches, in no order. */
  matches(expressions: string): TextMatch[] {
    const { statements, args, params, ranking } = this.#scope;
    if (ranking !== null && ranking.visibleShare(args.namespace) >= WORTH_SCORING_ALL)
      return this.#scoredMatches(expressions, ranking);
    const match = matchExpression(expressions, args.query?.excluded ?? null);
    return statements
      .rows(this.#select, match, ...params)
      .map(([id, rank, importance, updatedAt, personaId]) =>
        this.#toMatch(id, rank, importance, updatedAt, personaId),
      );
  }

  /**
   * Of an expression that `rows` rows hold: the visible matches, of very many only the best `wanted` or more by text. FTS5 sorts
   * them before anything else of them is looked up, which is half of the work, unless most of them do not pass the filter: then
   * those that do are cheaper to find first and score afterwards.
   */
  bestMatches(expression: string, rows: number, wanted: number): TextMatch[] {
    if (wanted * WORTH_SORTING >= rows) return this.matches(expression);
    const first = Math.ceil(wanted / this.#counts.passRate(this.#scope));
    for (let taken = first; taken * WORTH_SORTING < rows; taken *= GROWTH) {
      const matches = this.#visible(this.#best(expression, taken));
      if (matches.length >= wanted) return matches;
    }
    return this.matches(expression);
  }

  /** All matches are scored, then those that are visible are found without a statement. */
  #scoredMatches(expressions: string, ranking: RankingRows): TextMatch[] {
    const { args, source } = this.#scope;
    const sql = `SELECT rowid, rank FROM ${source.fullTextTable} WHERE ${this.#name} MATCH ? AND rank MATCH '${FULL_TEXT_RANK}'`;
    const match = matchExpression(expressions, args.query?.excluded ?? null);
    const ranks = this.#counts.scored.find(`\0${match}`, () => this.#scored(sql, match));
    const matches = this.#ranked(ranks, ranking);
    ranking.countMatches(args.namespace, ranks.size, matches.length);
    return matches;
  }

  #ranked(ranks: ScoredRows, ranking: RankingRows): TextMatch[] {
    const { statements, args } = this.#scope;
    const rows = ranking.visible(statements, [...ranks.keys()], args.namespace, args.now);
    return Array.from(rows.values(), ({ id, importance, updatedAt, personaId }) =>
      this.#toMatch(id, ranks.get(id), importance, updatedAt, personaId),
    );
  }

  #best(expression: string, limit: number): ScoredRows {
    const { args, source } = this.#scope;
    const sql = `SELECT rowid, rank FROM ${source.fullTextTable}
      WHERE ${this.#name} MATCH ? AND rank MATCH '${FULL_TEXT_RANK}' ORDER BY rank LIMIT ?`;
    const match = matchExpression(expression, args.query?.excluded ?? null);
    return this.#counts.scored.find(`${limit}\0${match}`, () => this.#scored(sql, match, limit));
  }

  #scored(sql: string, ...parameters: unknown[]): ScoredRows {
    return new Map(this.#scope.statements.rows(sql, ...parameters) as [number, number][]);
  }

  #visible(ranks: ScoredRows): TextMatch[] {
    const { statements, from, visible, params, ranking } = this.#scope;
    if (ranking !== null) return this.#ranked(ranks, ranking);
    const sql = `SELECT m.id, m.importance, m.updated_at, m.persona_id FROM json_each(?) AS listed CROSS JOIN ${from}
      WHERE m.id = listed.value ${visible}`;
    const rows = statements.rows(sql, JSON.stringify([...ranks.keys()]), ...params);
    return rows.map(([id, importance, updatedAt, personaId]) =>
      this.#toMatch(id, ranks.get(id as number), importance, updatedAt, personaId),
    );
  }

  /** Row ids of all that match, visible or not. */
  ids(expressions: string): number[] {
    const { statements, source } = this.#scope;
    const sql = `SELECT rowid FROM ${source.fullTextTable} WHERE ${this.#name} MATCH ?`;
    return statements.use(sql).pluck(true).all(expressions) as number[];
  }

  /** Of the columns of a row. Thousands are made for a question; making them by spreading objects cost a fifth of a text recall. */
  #toMatch(
    id: unknown,
    rank: unknown,
    importance: unknown,
    updatedAt: unknown,
    personaId: unknown,
  ): TextMatch {
    const match = {
      id: id as number,
      importance: importance as number,
      updatedAt: updatedAt as number,
      named: this.#scope.isNamed(personaId),
      bm25: -(rank as number),
      factor: 0,
    };
    match.factor = selectionFactor(match, this.#scope.args.now);
    return match;
  }
}
