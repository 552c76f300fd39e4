import type { MemoryRecord, Target } from '../model/memory-record.ts';
import {
  RECORD_COLUMNS,
  RECORD_SOURCE,
  readRow,
  recordFromRow,
  type StoredForm,
} from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT_BY_KEY = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE m.namespace = ? AND m.key = ?`;
const SELECT_BY_ID = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE m.namespace = ? AND m.id = ?`;
const SELECT_ANY = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE m.id = ?`;
const CSN_BY_KEY = 'SELECT csn FROM main.memories WHERE namespace = ? AND key = ?';
const CSN_BY_ID = 'SELECT csn FROM main.memories WHERE namespace = ? AND id = ?';
const INSERT = `INSERT INTO memories (id, namespace, key, section, persona_id, importance, version, csn, created_at, updated_at,
  expires_at, crc, tags, metadata, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE = `UPDATE memories SET section = ?, persona_id = ?, importance = ?, version = ?, csn = ?, created_at = ?, updated_at = ?,
  expires_at = ?, crc = ?, tags = ?, metadata = ?, value = ? WHERE id = ?`;
const DELETE = 'DELETE FROM memories WHERE id = ?';
const INSERT_TAG = 'INSERT INTO memory_tags (memory_id, tag) VALUES (?, ?)';
const DELETE_TAGS = 'DELETE FROM memory_tags WHERE memory_id = ?';
const UPSERT_ACCESS = `INSERT INTO memory_access (memory_id, accessed_at, access_count) VALUES (?, ?, ?)
  ON CONFLICT (memory_id) DO UPDATE SET accessed_at = excluded.accessed_at, access_count = excluded.access_count`;
/** The join drops touches of memories that were deleted meanwhile. */
const ADD_ACCESS = `INSERT INTO memory_access (memory_id, accessed_at, access_count)
  SELECT m.id, max(?, m.created_at), ? FROM memories m WHERE m.id = ? AND m.namespace = ?
  ON CONFLICT (memory_id) DO UPDATE SET accessed_at = max(accessed_at, excluded.accessed_at), access_count = access_count + excluded.access_count`;

/** The memory, expired or not; undefined when there is none. */
export function findMemory(
  statements: StatementCache,
  namespace: string,
  target: Target,
): MemoryRecord | undefined {
  const row =
    'key' in target
      ? statements.row(SELECT_BY_KEY, namespace, target.key)
      : statements.row(SELECT_BY_ID, namespace, target.id);
  return row === undefined ? undefined : recordFromRow(row);
}

/** Commit number of the last writer of a memory as the file holds it, whatever a transaction did to it; 0 = there is none. */
export function csnOfMemory(statements: StatementCache, namespace: string, target: Target): number {
  const row =
    'key' in target
      ? statements.row(CSN_BY_KEY, namespace, target.key)
      : statements.row(CSN_BY_ID, namespace, target.id);
  return (row?.[0] as number | undefined) ?? 0;
}

/** In any namespace, expired or not. */
export function findMemoryById(statements: StatementCache, id: number): MemoryRecord | undefined {
  const row = statements.row(SELECT_ANY, id);
  return row === undefined ? undefined : recordFromRow(row);
}

/** In a list of one, or of none when there is no such memory or its row does not match its checksum. */
export function findSoundMemory(statements: StatementCache, id: number): readonly MemoryRecord[] {
  const row = statements.row(SELECT_ANY, id);
  if (row === undefined) return [];
  const { record, sound } = readRow(row);
  return sound ? [record] : [];
}

export function insertMemory(
  statements: StatementCache,
  record: MemoryRecord,
  { crc, tagsText }: StoredForm,
  personaId: number | null,
): void {
  statements.run(
    INSERT,
    record.id,
    record.namespace,
    record.key,
    record.section,
    personaId,
    record.importance,
    record.version,
    record.csn,
    record.createdAt,
    record.updatedAt,
    record.expiresAt,
    crc,
    tagsText,
    record.metadataText,
    record.valueText,
  );
  for (const tag of record.tags) statements.run(INSERT_TAG, record.id, tag);
}

export function updateMemory(
  statements: StatementCache,
  before: MemoryRecord,
  after: MemoryRecord,
  { crc, tagsText }: StoredForm,
  personaId: number | null,
): void {
  statements.run(
    UPDATE,
    after.section,
    personaId,
    after.importance,
    after.version,
    after.csn,
    after.createdAt,
    after.updatedAt,
    after.expiresAt,
    crc,
    tagsText,
    after.metadataText,
    after.valueText,
    after.id,
  );
  if (tagsText === JSON.stringify(before.tags)) return;
  statements.run(DELETE_TAGS, after.id);
  for (const tag of after.tags) statements.run(INSERT_TAG, after.id, tag);
}

/** Tags and access statistics follow by foreign key. */
export function deleteMemory(statements: StatementCache, id: number): void {
  statements.run(DELETE, id);
}

export function setAccess(
  statements: StatementCache,
  id: number,
  accessedAt: number,
  accessCount: number,
): void {
  statements.run(UPSERT_ACCESS, id, accessedAt, accessCount);
}

export function addAccess(
  statements: StatementCache,
  namespace: string,
  id: number,
  at: number,
  count: number,
): void {
  statements.run(ADD_ACCESS, at, count, id, namespace);
}

/** A memory past its time; the version guards against removing what somebody stored anew meanwhile. */
export interface ExpiredMemory {
  readonly namespace: string;
  readonly id: number;
  readonly version: number;
  readonly expiresAt: number;
}

const SELECT_EXPIRED = `SELECT namespace, id, version, expires_at FROM memories
  WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?`;

export function findExpired(
  statements: StatementCache,
  now: number,
  limit: number,
): readonly ExpiredMemory[] {
  return statements.rows(SELECT_EXPIRED, now, limit).map((row) => ({
    namespace: row[0] as string,
    id: row[1] as number,
    version: row[2] as number,
    expiresAt: row[3] as number,
  }));
}
