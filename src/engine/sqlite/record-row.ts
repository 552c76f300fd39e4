import { crc32 } from 'node:zlib';
import type { MemoryDataCorruptionError } from '../errors.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { Section } from '../model/section.ts';
import { damagedRow } from './damaged-row.ts';

/** Columns of a record in the order `recordFromRow` reads them; needs the joins of RECORD_SOURCE. */
export const RECORD_COLUMNS = `m.id, m.namespace, m.key, m.value, m.metadata, m.tags, m.section, p.name, m.importance, m.version,
  m.csn, m.created_at, m.updated_at, COALESCE(a.accessed_at, m.created_at), COALESCE(a.access_count, 0), m.expires_at, m.crc`;

export const RECORD_SOURCE = `memories m
  LEFT JOIN personas p ON p.id = m.persona_id
  LEFT JOIN memory_access a ON a.memory_id = m.id`;

/** What is visible now: `?` is the current time. */
export const NOT_EXPIRED = '(m.expires_at IS NULL OR m.expires_at > ?)';

/** Places of the columns that hold text. One flipped bit makes a blob of the same bytes of it, for which the checksum is right too. */
const TEXTS = [1, 2, 3, 4, 5, 6] as const;

const NO_TAGS: readonly string[] = Object.freeze([]);

/**
 * Checksum of everything a user stored and of what orders it (CRC-32 as in zlib); access statistics are left out,
 * since they change without a new version. The separator cannot occur in names and is escaped inside JSON text.
 */
export function recordChecksum(
  record: Omit<MemoryRecord, 'accessedAt' | 'accessCount' | 'tags'>,
  tagsText: string,
): number {
  return crc32(
    `${record.id}\0${record.namespace}\0${record.key}\0${record.section}\0${record.persona ?? ''}\0${record.importance}\0${
      record.version
    }\0${record.csn}\0${record.createdAt}\0${record.updatedAt}\0${record.expiresAt ?? ''}\0${tagsText}\0${record.metadataText}\0${record.valueText}`,
  );
}

/** What is derived from a record once and written to both memories and changes. */
export interface StoredForm {
  readonly crc: number;
  readonly tagsText: string;
}

export function storedForm(record: MemoryRecord): StoredForm {
  const tagsText = record.tags.length === 0 ? '[]' : JSON.stringify(record.tags);
  return { crc: recordChecksum(record, tagsText), tagsText };
}

/** Reads one row and verifies its checksum; a mismatch is MemoryDataCorruptionError naming the memory. */
export function recordFromRow(row: readonly unknown[]): MemoryRecord {
  const { record, sound } = readRow(row);
  if (sound) return record;
  throw damagedRecord(record, 'does not match its checksum');
}

/** What a reader of a damaged row throws. */
export function damagedRecord(record: MemoryRecord, problem: string): MemoryDataCorruptionError {
  const { id: memoryId, key, namespace } = record;
  return damagedRow(`memory ${memoryId} (${JSON.stringify(key)}) ${problem}`, {
    memoryId,
    key,
    namespace,
  });
}

/** One row and whether it matches its checksum; the tags of one that does not are left out, since they may not be readable. */
export function readRow(row: readonly unknown[]): {
  readonly record: MemoryRecord;
  readonly sound: boolean;
} {
  const tagsText = row[5] as string;
  const record: MemoryRecord = {
    id: row[0] as number,
    namespace: row[1] as string,
    key: row[2] as string,
    valueText: row[3] as string,
    metadataText: row[4] as string,
    tags: NO_TAGS,
    section: row[6] as Section,
    persona: row[7] as string | null,
    importance: row[8] as number,
    version: row[9] as number,
    csn: row[10] as number,
    createdAt: row[11] as number,
    updatedAt: row[12] as number,
    accessedAt: row[13] as number,
    accessCount: row[14] as number,
    expiresAt: row[15] as number | null,
  };
  const isText =
    TEXTS.every((at) => typeof row[at] === 'string') &&
    (record.persona === null || typeof record.persona === 'string');
  if (!isText || recordChecksum(record, tagsText) !== row[16]) return { record, sound: false };
  if (tagsText === '[]') return { record, sound: true };
  return { record: { ...record, tags: JSON.parse(tagsText) as string[] }, sound: true };
}
