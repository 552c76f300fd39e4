import type { ReadMap } from '../backends/read-map.ts';
import { sizeOf } from '../file-size.ts';
import type { MemoryRecord } from '../types.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

const BY_SECTION = `SELECT m.section, count(*) FROM memories m WHERE m.namespace = ? AND ${NOT_EXPIRED} GROUP BY m.section`;
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
    statements.rows(BY_SECTION, args.namespace, args.now) as [string, number][],
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
