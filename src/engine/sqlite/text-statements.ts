import type { ReadMap } from '../backends/backend.ts';
import { compileFilter } from '../search/filter-sql.ts';
import type { TextMatch } from '../search/rank.ts';
import { FULL_TEXT_RANK, matchExpression } from '../search/text-query.ts';
import type { MemoryRecord } from '../types.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, recordFromRow } from './record-row.ts';
import { OVERLAY_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

type RecallArguments = ReadMap['recallText']['args'];

/** The statements of one text recall: matches pass the namespace, the time and the filter before anything is scored. */
export class TextStatements {
  readonly #statements: StatementCache;
  readonly #args: RecallArguments;
  readonly #source: RecordSource;
  /** Name of the full-text table without its schema, as its hidden columns want it. */
  readonly #name: string;
  readonly #select: string;
  readonly #params: readonly unknown[];

  constructor(statements: StatementCache, args: RecallArguments, source: RecordSource) {
    this.#statements = statements;
    this.#args = args;
    this.#source = source;
    const table = source.fullTextTable;
    this.#name = table.slice(table.indexOf('.') + 1);
    const filter = args.filter === null ? null : compileFilter(args.filter, args.namespace);
    const condition = filter === null ? '' : `AND ${CLOCK_CONDITION} AND (${filter.sql})`;
    // The full-text table stands first and CROSS JOIN keeps it there: the planner must never scan memories and probe the index.
    this.#select = `SELECT m.id, ${this.#name}.rank, m.importance, m.updated_at FROM ${table} CROSS JOIN ${rankingSource(source, filter === null)}
      WHERE ${this.#name} MATCH ? AND ${this.#name}.rank MATCH '${FULL_TEXT_RANK}' AND m.id = ${this.#name}.rowid
        AND m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${condition}`;
    this.#params = [args.namespace, args.now, ...(filter?.params ?? [])];
  }

  /** Rows that hold the term, visible or not; 0.05 µs each, since FTS5 only walks its list of row ids. */
  count(expression: string): number {
    const { fullTextTable } = this.#source;
    const sql = `SELECT count(*) FROM ${fullTextTable} WHERE ${this.#name} MATCH ?`;
    return this.#statements.row(sql, expression)?.[0] as number;
  }

  /**
   * At least as many as the full-text index has rows, since its row ids are ids of memories, which are never reused. Unbounded for
   * a transaction's own writes, which are few.
   */
  rowBound(): number {
    if (this.#source === OVERLAY_SOURCE) return Number.POSITIVE_INFINITY;
    return (this.#statements.row('SELECT max(id) FROM main.memories')?.[0] as number | null) ?? 0;
  }

  /** All visible matches, in no order. */
  matches(expressions: string): TextMatch[] {
    const match = matchExpression(expressions, this.#args.query.excluded);
    return this.#statements.rows(this.#select, match, ...this.#params).map(toMatch);
  }

  /** Row ids of all that match, visible or not. */
  ids(expressions: string): number[] {
    const sql = `SELECT rowid FROM ${this.#source.fullTextTable} WHERE ${this.#name} MATCH ?`;
    return this.#statements.use(sql).pluck(true).all(expressions) as number[];
  }

  /** The records by id. */
  records(ids: readonly number[]): ReadonlyMap<number, MemoryRecord> {
    const sql = `SELECT ${RECORD_COLUMNS} FROM ${this.#source.from}
      WHERE m.id IN (SELECT value FROM json_each(?)) ${this.#source.condition}`;
    const records = this.#statements.rows(sql, JSON.stringify(ids)).map(recordFromRow);
    return new Map(records.map((record) => [record.id, record]));
  }
}

/**
 * Without a filter the narrow index has all that ranking needs: the rows of memories, about 400 bytes each with their values, are
 * spread over ten times as many pages (1,600 matches of 50,000: 6.4 ms become 4.1).
 */
function rankingSource(source: RecordSource, plain: boolean): string {
  if (!plain) return source.from;
  const [table = source.from] = source.from.split('\n', 1);
  return source === OVERLAY_SOURCE ? table : `${table} INDEXED BY memories_ranking`;
}

function toMatch(row: readonly unknown[]): TextMatch {
  return {
    id: row[0] as number,
    bm25: -(row[1] as number),
    importance: row[2] as number,
    updatedAt: row[3] as number,
  };
}
