import type { ReadMap } from '../backends/read-map.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { compileFilter } from '../search/filter-sql.ts';
import { compareInOrder } from '../search/order-compare.ts';
import { compileOrder } from '../search/order-sql.ts';
import { CHANGE_COLUMNS, changeFromRow } from './change-log.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import type { HistoryClock } from './history-clock.ts';
import { type LogPlace, placeOf } from './history-moment.ts';
import { listMemories } from './list.ts';
import { NOT_EXPIRED } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

type ListResult = ReadMap['list']['result'];
type ListArgs = ReadMap['list']['args'];

/**
 * The newest entry of every memory up to a place, under the names that filters and orders know: `m` has the columns of
 * `memories`, and `memory_tags`, which hides the table, the tags of then. `?`: the place, the namespace.
 */
const STATE = `WITH newest (seq) AS MATERIALIZED (SELECT max(seq) FROM changes WHERE seq <= ? GROUP BY memory_id),
  state AS (
    SELECT c.seq, c.memory_id AS id, c.namespace, c.key, c.section, c.persona, c.importance, c.version, c.created_at, c.updated_at,
      c.expires_at, c.tags, c.metadata, c.value,
      (SELECT q.id FROM personas q WHERE q.namespace = c.namespace AND q.name = c.persona) AS persona_id
    FROM newest CROSS JOIN changes c ON c.seq = newest.seq
    WHERE c.namespace = ? AND c.kind <> 'deleted' AND ${CLOCK_CONDITION}),
  memory_tags (memory_id, tag) AS (SELECT s.id, t.value FROM state s, json_each(s.tags) t)`;
const FROM_STATE =
  'state m LEFT JOIN personas p ON p.id = m.persona_id JOIN changes a ON a.seq = m.seq';

const RECORDS = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE seq IN (SELECT value FROM json_each(?))`;

/** What did not change since the log was trimmed is not in the log: it was at any later moment what it is now. */
const UNCHANGED_SOURCE: RecordSource = {
  ...FILE_SOURCE,
  condition: 'AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.memory_id = m.id)',
};

/** One page as of a moment: filters, orders, positions and totals as in an ordinary list. Scans the log once or twice. */
export function listMemoriesAsOf(
  statements: StatementCache,
  clock: HistoryClock,
  { moment, ...page }: ReadMap['listAsOf']['args'],
): ReadMap['listAsOf']['result'] {
  const place = placeOf(statements, clock, moment);
  if ('refused' in place) return place;
  const args: ListArgs = { ...page, now: place.at };
  const logged = listLogged(statements, place, args);
  if (!place.trimmed) return logged;
  return merge(args, logged, listMemories(statements, args, UNCHANGED_SOURCE));
}

function listLogged(statements: StatementCache, place: LogPlace, args: ListArgs): ListResult {
  const filter = args.filter === null ? null : compileFilter(args.filter, args.namespace);
  const filterSql = filter === null ? '' : `AND (${filter.sql})`;
  const order = compileOrder(args);
  const keyset = order.condition === null ? '' : `AND (${order.condition.sql})`;
  const matching = [place.seq, args.namespace, args.now, ...(filter?.params ?? [])];
  const rows = statements.rows(
    `${STATE} SELECT m.seq FROM ${FROM_STATE} WHERE ${NOT_EXPIRED} ${filterSql} ${keyset} ORDER BY ${order.orderBy} LIMIT ?`,
    ...matching,
    ...(order.condition?.params ?? []),
    args.limit + 1,
  );
  const records = readRecords(
    statements,
    rows.slice(0, args.limit).map(([seq]) => seq as number),
  );
  const count = `${STATE} SELECT count(*) FROM ${FROM_STATE} WHERE ${NOT_EXPIRED} ${filterSql}`;
  return {
    records: args.fromEnd ? records.toReversed() : records,
    hasMore: rows.length > args.limit,
    total: args.withTotal ? (statements.row(count, ...matching)?.[0] as number) : null,
  };
}

/** In the order of the positions; only a page's worth of values is read. */
function readRecords(statements: StatementCache, seqs: readonly number[]): readonly MemoryRecord[] {
  const bySeq = new Map<number, MemoryRecord>();
  for (const row of statements.rows(RECORDS, JSON.stringify(seqs))) {
    const { seq, record } = changeFromRow(row);
    bySeq.set(seq, record);
  }
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}

function merge(args: ListArgs, left: ListResult, right: ListResult): ListResult {
  const merged = [...left.records, ...right.records].sort(compareInOrder(args.order));
  const from = args.fromEnd ? Math.max(0, merged.length - args.limit) : 0;
  return {
    records: merged.slice(from, from + args.limit),
    hasMore: left.hasMore || right.hasMore || merged.length > args.limit,
    total: left.total === null ? null : left.total + (right.total ?? 0),
  };
}
