import type { ReadMap } from '../backends/read-map.ts';
import { compileFilter } from '../search/filter-sql.ts';
import { compileOrder } from '../search/order-sql.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, recordFromRow } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/** One page and, when asked for, the number of all matches, both from the snapshot of the caller's read transaction. */
export function listMemories(
  statements: StatementCache,
  args: ReadMap['list']['args'],
  source: RecordSource = FILE_SOURCE,
): ReadMap['list']['result'] {
  const filter = args.filter === null ? null : compileFilter(args.filter, args.namespace);
  const filterSql = filter === null ? '' : `AND ${CLOCK_CONDITION} AND (${filter.sql})`;
  const filterParams = filter?.params ?? [];
  const order = compileOrder({
    order: args.order,
    after: args.after,
    before: args.before,
    fromEnd: args.fromEnd,
  });
  const keyset = order.condition === null ? '' : `AND (${order.condition.sql})`;
  const rows = statements.rows(
    `SELECT ${RECORD_COLUMNS} FROM ${source.from} WHERE m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${filterSql} ${keyset}
     ORDER BY ${order.orderBy} LIMIT ?`,
    args.namespace,
    args.now,
    ...filterParams,
    ...(order.condition?.params ?? []),
    args.limit + 1,
  );
  const records = rows.slice(0, args.limit).map(recordFromRow);
  return {
    records: args.fromEnd ? records.reverse() : records,
    hasMore: rows.length > args.limit,
    total: args.withTotal ? countMemories(statements, source, args, filterSql, filterParams) : null,
  };
}

function countMemories(
  statements: StatementCache,
  source: RecordSource,
  { namespace, now }: ReadMap['list']['args'],
  filterSql: string,
  filterParams: readonly unknown[],
): number {
  // Without a filter the joins add nothing; with one the planner drops those that the filter does not name.
  const from = filterSql === '' ? (source.from.split('\n', 1)[0] ?? source.from) : source.from;
  const sql = `SELECT count(*) FROM ${from} WHERE m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${filterSql}`;
  return statements.row(sql, namespace, now, ...filterParams)?.[0] as number;
}
