import { parseJsonText } from '../json-text.ts';
import type { JsonObject } from '../model/json-value.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { StatementCache } from './statement-cache.ts';

const UPSERT = `INSERT INTO conversation_turns (memory_id, namespace, conversation, position) VALUES (?, ?, ?, ?)
  ON CONFLICT (memory_id) DO UPDATE SET conversation = excluded.conversation, position = excluded.position`;
const DELETE = 'DELETE FROM conversation_turns WHERE memory_id = ?';
const ANY = 'SELECT 1 FROM main.conversation_turns WHERE namespace = ? LIMIT 1';
const PLACE =
  'SELECT conversation, position FROM main.conversation_turns WHERE memory_id = ? AND namespace = ?';
/** What has expired lends nothing, whether it was swept already or not. */
const LIVE = `NOT EXISTS (SELECT 1 FROM main.memories m INDEXED BY memories_ranking WHERE m.id = memory_id AND m.expires_at <= ?)`;
const BEFORE = `SELECT memory_id FROM main.conversation_turns
  WHERE namespace = ? AND conversation = ? AND (position, memory_id) < (?, ?) AND ${LIVE} ORDER BY position DESC, memory_id DESC LIMIT ?`;
const AFTER = `SELECT memory_id FROM main.conversation_turns
  WHERE namespace = ? AND conversation = ? AND (position, memory_id) > (?, ?) AND ${LIVE} ORDER BY position, memory_id LIMIT ?`;

/** Longer names are no names. */
const MAX_CONVERSATION_LENGTH = 512;

interface Place {
  readonly conversation: string;
  readonly position: number;
}

/**
 * Where a memory stands in a conversation, by its metadata: `conversation`, a text, names it; `position`, a number, orders its
 * turns. Without a position the order of storing counts. Values of other types are ordinary metadata, so that nothing that could
 * be stored before is refused; null = in none.
 */
export function placeOf({ id, metadataText }: MemoryRecord): Place | null {
  if (!metadataText.includes('"conversation":')) return null;
  const { conversation, position } = parseJsonText(metadataText) as JsonObject;
  if (typeof conversation !== 'string' || conversation === '') return null;
  if (conversation.length > MAX_CONVERSATION_LENGTH) return null;
  return { conversation, position: typeof position === 'number' ? position : id };
}

/** Brings the place of a memory that was stored or changed up to date; that of a deleted one goes by foreign key. */
export function savePlace(statements: StatementCache, record: MemoryRecord, isNew: boolean): void {
  const place = placeOf(record);
  if (place !== null)
    statements.run(UPSERT, record.id, record.namespace, place.conversation, place.position);
  else if (!isNew) statements.run(DELETE, record.id);
}

export function hasConversations(statements: StatementCache, namespace: string): boolean {
  return statements.row(ANY, namespace) !== undefined;
}

/** A memory with up to `reach` turns before and after it, in the order of the conversation. */
export interface Window {
  readonly ids: readonly number[];
  /** Where in `ids` the memory itself stands. */
  readonly centre: number;
}

/** undefined when the memory stands in no conversation. */
export function windowAround(
  statements: StatementCache,
  namespace: string,
  id: number,
  reach: number,
  now: number,
): Window | undefined {
  const row = statements.row(PLACE, id, namespace);
  if (row === undefined) return undefined;
  const idsOf = (sql: string): number[] =>
    statements.use(sql).pluck(true).all(namespace, row[0], row[1], id, now, reach) as number[];
  const before = idsOf(BEFORE).reverse();
  return { ids: [...before, id, ...idsOf(AFTER)], centre: before.length };
}
