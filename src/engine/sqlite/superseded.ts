import { fragment, type SqlFragment } from '../search/sql-fragment.ts';
import { OVERLAY_SOURCE, type RecordSource, UNTOUCHED_SOURCE } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

const ANY = `SELECT EXISTS (SELECT 1 FROM memory_links WHERE kind = 'supersedes' AND namespace = ?)`;

const NOT_EXPIRED = '(n.expires_at IS NULL OR n.expires_at > ?)';
const IN_FILE = `EXISTS (SELECT 1 FROM main.memories n WHERE n.id = s.source_id AND ${NOT_EXPIRED})`;
/** What a transaction sees of the memory that supersedes: its own version of it, or else that of the file. */
const IN_TRANSACTION = `(EXISTS (SELECT 1 FROM temp.overlay_memories n WHERE n.id = s.source_id AND n.live = 1 AND ${NOT_EXPIRED})
  OR (s.source_id NOT IN (SELECT id FROM temp.overlay_memories) AND ${IN_FILE}))`;

/** Whether any memory of the namespace is superseded; one look into an index, so that the others pay nothing for it. */
export function hasSuperseded(statements: StatementCache, namespace: string): boolean {
  return statements.row(ANY, namespace)?.[0] === 1;
}

/** True of memory `m` unless a memory that has not expired at `now` (Unix ms) supersedes it. */
export function supersededCondition(source: RecordSource, now: number): SqlFragment {
  const inside = source === UNTOUCHED_SOURCE || source === OVERLAY_SOURCE;
  const visible = inside ? IN_TRANSACTION : IN_FILE;
  const sql = `NOT EXISTS (SELECT 1 FROM memory_links s WHERE s.target_id = m.id AND s.kind = 'supersedes' AND ${visible})`;
  return inside ? fragment(sql, now, now) : fragment(sql, now);
}
