import type { ReadMap, TextHit } from '../backends/backend.ts';
import { compileFilter } from '../search/filter-sql.ts';
import { FULL_TEXT_RANK } from '../search/text-query.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, RECORD_WIDTH, recordFromRow } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/**
 * Best hits by bm25. The filter stands in the WHERE clause, so it acts before the ranking is cut by LIMIT;
 * `ORDER BY rank` (not bm25()) lets FTS5 sort once and stop early.
 */
export function recallText(
  statements: StatementCache,
  args: ReadMap['recallText']['args'],
  source: RecordSource = FILE_SOURCE,
): ReadMap['recallText']['result'] {
  const filter = args.filter === null ? null : compileFilter(args.filter, args.namespace);
  const condition = filter === null ? '' : `AND ${CLOCK_CONDITION} AND (${filter.sql})`;
  // memories_text stands first and CROSS JOIN keeps it there: the planner must never scan memories and probe the index.
  const table = source.fullTextTable;
  const name = table.slice(table.indexOf('.') + 1);
  const sql = `SELECT ${RECORD_COLUMNS}, ${name}.rank FROM ${table} CROSS JOIN ${source.from}
    WHERE ${name} MATCH ? AND ${name}.rank MATCH '${FULL_TEXT_RANK}' AND m.id = ${name}.rowid
      AND m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${condition}
    ORDER BY ${name}.rank LIMIT ?`;
  const rows = statements.rows(
    sql,
    args.query.match,
    args.namespace,
    args.now,
    ...(filter?.params ?? []),
    args.limit,
  );
  const hits = rows.map(
    (row): TextHit => ({ record: recordFromRow(row), bm25: -(row[RECORD_WIDTH] as number) }),
  );
  return {
    hits: hits.sort((left, right) => right.bm25 - left.bm25 || left.record.id - right.record.id),
  };
}
