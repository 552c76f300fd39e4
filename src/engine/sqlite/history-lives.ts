import type { Target } from '../model/memory-record.ts';
import type { StatementCache } from './statement-cache.ts';

/*
 * A key may be stored, deleted and stored again: each time is a life of its own, with an id of its own. The lives of a
 * key follow each other in the change log, and every past one ended with a deletion.
 */

const ENDED_AFTER = `SELECT memory_id FROM changes
  WHERE namespace = ? AND key = ? AND kind = 'deleted' AND seq > ? ORDER BY seq LIMIT 1`;
const ENDED_BY = `SELECT memory_id FROM changes
  WHERE namespace = ? AND key = ? AND kind = 'deleted' AND seq <= ? ORDER BY seq DESC LIMIT ?`;
const CURRENT = 'SELECT id FROM memories WHERE namespace = ? AND key = ?';

/** The only id that can have had the key right after the entry `seq`: the life that ended next, or goes on. */
export function idAt(
  statements: StatementCache,
  namespace: string,
  key: string,
  seq: number,
): number | undefined {
  const row =
    statements.row(ENDED_AFTER, namespace, key, seq) ?? statements.row(CURRENT, namespace, key);
  return row?.[0] as number | undefined;
}

/** Ids of the lives with entries up to `seq`, the newest first; of a key at most `limit` that had ended, and one that had not. */
export function livesUpTo(
  statements: StatementCache,
  namespace: string,
  target: Target,
  seq: number,
  limit: number,
): readonly number[] {
  if ('id' in target) return [target.id];
  const going = idAt(statements, namespace, target.key, seq);
  const ended = statements.rows(ENDED_BY, namespace, target.key, seq, limit);
  return [...(going === undefined ? [] : [going]), ...ended.map(([id]) => id as number)];
}
