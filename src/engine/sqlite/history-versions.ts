import type { ReadMap } from '../backends/read-map.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Target } from '../model/memory-record.ts';
import { CHANGE_COLUMNS, changeFromRow, MAX_PAGE_BYTES, readLogBounds } from './change-log.ts';
import { livesUpTo } from './history-lives.ts';
import type { StatementCache } from './statement-cache.ts';

const CHANGES = `SELECT ${CHANGE_COLUMNS} FROM changes
  WHERE memory_id = ? AND namespace = ? AND seq BETWEEN 1 AND ? ORDER BY seq DESC LIMIT ?`;
/** A deletion holds the memory as it was before, so it can stand in for the change that made that version. */
const VERSION = `SELECT ${CHANGE_COLUMNS} FROM changes
  WHERE memory_id = ? AND namespace = ? AND seq > 0 AND version = ? ORDER BY seq LIMIT 1`;
const FIRST_KIND =
  'SELECT kind FROM changes WHERE memory_id = ? AND namespace = ? AND seq > 0 ORDER BY seq LIMIT 1';

/** The changes of one memory, or of all that ever had a key, newest first; long values make a page shorter. */
export function readHistory(
  statements: StatementCache,
  { namespace, target, beforeSeq, limit }: ReadMap['history']['args'],
): ReadMap['history']['result'] {
  const upTo = beforeSeq === null ? Number.MAX_SAFE_INTEGER : beforeSeq - 1;
  const complete = isComplete(statements, namespace, target);
  const changes: ChangeRecord[] = [];
  let bytes = 0;
  for (const id of livesUpTo(statements, namespace, target, upTo, limit + 1)) {
    const room = limit + 1 - changes.length;
    for (const row of statements.use(CHANGES).raw(true).iterate(id, namespace, upTo, room)) {
      const change = changeFromRow(row as unknown[]);
      bytes += change.record.valueText.length + change.record.metadataText.length;
      if (changes.length === limit || (changes.length > 0 && bytes > MAX_PAGE_BYTES))
        return { changes, hasMore: true, complete };
      changes.push(change);
    }
  }
  return { changes, hasMore: false, complete };
}

/** Versions of one life, null where the log does not hold them; a key means its newest life. */
export function readVersions(
  statements: StatementCache,
  { namespace, target, versions }: ReadMap['versions']['args'],
): ReadMap['versions']['result'] {
  const [id] = livesUpTo(statements, namespace, target, Number.MAX_SAFE_INTEGER, 1);
  return versions.map((version) => {
    const row = id === undefined ? undefined : statements.row(VERSION, id, namespace, version);
    return row === undefined ? null : changeFromRow(row).record;
  });
}

/** In a trimmed log, the creation of a memory proves that nothing older of it is missing; of a key, nothing proves it. */
function isComplete(statements: StatementCache, namespace: string, target: Target): boolean {
  if (readLogBounds(statements).oldestSeq === 1) return true;
  return 'id' in target && statements.row(FIRST_KIND, target.id, namespace)?.[0] === 'created';
}
