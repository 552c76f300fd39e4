import type { ReadMap } from '../backends/read-map.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import { live } from './apply-operation.ts';
import { CHANGE_COLUMNS, changeFromRow } from './change-log.ts';
import type { HistoryClock } from './history-clock.ts';
import { idAt } from './history-lives.ts';
import { type LogPlace, placeOf } from './history-moment.ts';
import { findMemory } from './memories.ts';
import type { StatementCache } from './statement-cache.ts';

const NEWEST = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE memory_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`;
const IS_LOGGED = 'SELECT 1 FROM changes WHERE memory_id = ? LIMIT 1';

/**
 * Memories as they were at a moment, in the order of the targets; null where there was none. Access statistics are those
 * noted with the change; a memory whose last change the log no longer holds is the current one, with its current ones.
 */
export function getMemoriesAsOf(
  statements: StatementCache,
  clock: HistoryClock,
  { namespace, targets, moment }: ReadMap['getManyAsOf']['args'],
): ReadMap['getManyAsOf']['result'] {
  const place = placeOf(statements, clock, moment);
  if ('refused' in place) return place;
  return { records: targets.map((target) => recordAt(statements, namespace, target, place)) };
}

function recordAt(
  statements: StatementCache,
  namespace: string,
  target: Target,
  place: LogPlace,
): MemoryRecord | null {
  const id = 'id' in target ? target.id : idAt(statements, namespace, target.key, place.seq);
  if (id === undefined) return null;
  const row = statements.row(NEWEST, id, place.seq);
  const change = row === undefined ? undefined : changeFromRow(row);
  if (change !== undefined) {
    if (change.kind === 'deleted' || change.record.namespace !== namespace) return null;
    return live(change.record, place.at) ?? null;
  }
  // With entries, but only later ones, it was made later. Without any, its last change was trimmed: before the moment.
  if (!place.trimmed || statements.row(IS_LOGGED, id) !== undefined) return null;
  return live(findMemory(statements, namespace, { id }), place.at) ?? null;
}
