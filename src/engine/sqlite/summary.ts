import type { ReadMap } from '../backends/read-map.ts';
import { sizeOf } from '../file-size.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

/**
 * All but the expired ones, which are few: each part is counted in one index, no row is looked up. Named, because for the second one the
 * planner would rather walk through all memories in the order of the groups.
 */
const BY_SECTION = `SELECT section, sum(visible) FROM (
    SELECT section, count(*) AS visible FROM memories WHERE namespace = ? GROUP BY section
    UNION ALL
    SELECT section, -count(*) FROM memories INDEXED BY memories_expiry WHERE namespace = ? AND expires_at <= ? GROUP BY section
  ) GROUP BY section HAVING sum(visible) > 0`;
const PERSONAS = 'SELECT count(*) FROM personas WHERE namespace = ?';
const META =
  'SELECT csn, change_seq, (SELECT min(seq) FROM changes WHERE seq > 0) FROM engine_meta WHERE id = 1';
const STALE = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE}
  WHERE m.namespace = ? AND ${NOT_EXPIRED} AND m.section IN (SELECT value FROM json_each(?)) AND m.importance < ?
    AND COALESCE(a.accessed_at, m.created_at) < ?
  ORDER BY COALESCE(a.accessed_at, m.created_at), m.id LIMIT ?`;

export function readSummary(
  statements: StatementCache,
  path: string,
  args: ReadMap['summary']['args'],
): ReadMap['summary']['result'] {
  const bySection = Object.fromEntries(
    statements.rows(BY_SECTION, args.namespace, args.namespace, args.now) as [string, number][],
  );
  const [csn, headSeq, oldestSeq] = statements.row(META) as [number, number, number | null];
  return {
    total: Object.values(bySection).reduce((sum, count) => sum + count, 0),
    bySection,
    personas: statements.row(PERSONAS, args.namespace)?.[0] as number,
    headSeq,
    oldestSeq: oldestSeq ?? headSeq + 1,
    csn,
    fileBytes: sizeOf(path),
    walBytes: sizeOf(`${path}-wal`),
  };
}

/** Candidates of the clean-up, the longest untouched first. */
export function readStale(
  statements: StatementCache,
  args: ReadMap['stale']['args'],
): readonly MemoryRecord[] {
  return statements
    .rows(
      STALE,
      args.namespace,
      args.now,
      JSON.stringify(args.sections),
      args.importanceBelow,
      args.accessedBefore,
      args.limit,
    )
    .map(recordFromRow);
}
