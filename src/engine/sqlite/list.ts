import { type PackedPage, packPage } from '../backends/packed-page.ts';
import type { ReadMap } from '../backends/read-map.ts';
import type { OrderTerm } from '../search/filter.ts';
import { compileFilter } from '../search/filter-sql.ts';
import { orderOrDefault } from '../search/order.ts';
import { compileOrder } from '../search/order-sql.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import { isSoundText, RECORD_TEXT } from './record-text.ts';
import type { StatementCache } from './statement-cache.ts';

type ListArgs = ReadMap['list']['args'];

/** One page and, when asked for, the number of all matches, both from the snapshot of the caller's read transaction. */
export function listMemories(
  statements: StatementCache,
  args: ListArgs,
  source: RecordSource = FILE_SOURCE,
): ReadMap['list']['result'] {
  const query = compilePage(args, source);
  const rows = statements.rows(`SELECT ${RECORD_COLUMNS} ${query.sql()}`, ...query.params);
  const records = rows.slice(0, args.limit).map(recordFromRow);
  return {
    records: args.fromEnd ? records.reverse() : records,
    hasMore: rows.length > args.limit,
    total: query.total(statements),
  };
}

/** The same ready to travel; null when a row does not match its checksum: `listMemories` tells which one, if it is damaged. */
export function listTexts(statements: StatementCache, args: ListArgs): PackedPage | null {
  const query = compilePage(args, FILE_SOURCE);
  const statement = statements.named(`texts of ${query.shape}`, () => textsSql(query));
  const rows = statement.pluck(true).all(...query.params) as string[];
  const texts = rows.slice(0, args.limit);
  if (!texts.every(isSoundText)) return null;
  return packPage(args.fromEnd ? texts.reverse() : texts, {
    hasMore: rows.length > args.limit,
    total: query.total(statements),
  });
}

/** Behind the sorter, since what is sorted is copied: 20,000 memories by importance take 12 ms instead of 50. */
function textsSql({ sql, orderBy, isSorted }: PageQuery): string {
  return isSorted
    ? `SELECT ${RECORD_TEXT} FROM (SELECT m.id AS id ${sql()}) page CROSS JOIN ${RECORD_SOURCE} WHERE m.id = page.id ORDER BY ${orderBy}`
    : `SELECT ${RECORD_TEXT} ${sql()}`;
}

interface PageQuery {
  /** What stands behind the columns. One row more than the limit tells whether there is more. */
  readonly sql: () => string;
  /** Equal for pages of one source whose SQL is equal. */
  readonly shape: string;
  readonly params: readonly unknown[];
  readonly orderBy: string;
  /** False when an index gives the order. */
  readonly isSorted: boolean;
  /** null when not asked for. */
  readonly total: (statements: StatementCache) => number | null;
}

function compilePage(args: ListArgs, source: RecordSource): PageQuery {
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
  return {
    sql: () => `FROM ${source.from} WHERE m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${filterSql} ${keyset}
     ORDER BY ${order.orderBy} LIMIT ?`,
    shape: `${order.orderBy} ${filterSql} ${keyset}`,
    params: [
      args.namespace,
      args.now,
      ...filterParams,
      ...(order.condition?.params ?? []),
      args.limit + 1,
    ],
    orderBy: order.orderBy,
    isSorted: filter !== null || !isIndexed(args.order),
    total: (statements) =>
      args.withTotal ? countMemories(statements, source, args, filterSql, filterParams) : null,
  };
}

/** Whether an index of all memories has the order. */
function isIndexed(order: readonly OrderTerm[]): boolean {
  const [first, ...others] = orderOrDefault(order);
  return others.length === 0 && (first?.field === 'createdAt' || first?.field === 'key');
}

function countMemories(
  statements: StatementCache,
  source: RecordSource,
  args: ListArgs,
  filterSql: string,
  filterParams: readonly unknown[],
): number {
  const { namespace, now } = args;
  if (filterSql === '') return countAll(statements, source, args);
  // The planner drops the joins that the filter does not name.
  const sql = `SELECT count(*) FROM ${source.from} WHERE m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${filterSql}`;
  return statements.row(sql, namespace, now, ...filterParams)?.[0] as number;
}

/**
 * All but the expired ones, which are few: each part is counted in one index, no row is looked up. 100,000 memories: 3.5 ms instead of
 * 43 ms; what is left is proportional to their number, 35 ns each.
 */
function countAll(
  statements: StatementCache,
  { from, condition }: RecordSource,
  { namespace, now }: ListArgs,
): number {
  // The joins add nothing.
  const table = from.split('\n', 1)[0] ?? from;
  const count = `SELECT count(*) FROM ${table} WHERE m.namespace = ? ${condition}`;
  const sql = `SELECT (${count}) - (${count} AND m.expires_at <= ?)`;
  return statements.row(sql, namespace, namespace, now)?.[0] as number;
}
