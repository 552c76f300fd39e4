import { createHash } from 'node:crypto';
import type { MemoryRecord } from './model/memory-record.ts';

/** What a record costs beside its texts: the object, its numbers, its tags. */
const RECORD_OVERHEAD_BYTES = 400;

/** Name of a query's answer in the cache: a digest of everything the answer depends on; `kind` stands for its type. */
export function queryName(kind: 'recall' | 'list', request: unknown): string {
  return `${kind}:${createHash('sha256').update(JSON.stringify(request)).digest('base64')}`;
}

/** Rough memory of one record in bytes; strings count as two bytes a character. */
export function recordBytes(record: MemoryRecord): number {
  return (
    2 * (record.key.length + record.valueText.length + record.metadataText.length) +
    RECORD_OVERHEAD_BYTES
  );
}

export function totalBytes(records: readonly MemoryRecord[]): number {
  return records.reduce((sum, record) => sum + recordBytes(record), 0);
}

/** Unix ms when the first of the records expires; Infinity when none does. */
export function earliestExpiry(records: readonly MemoryRecord[]): number {
  return records.reduce(
    (least, { expiresAt }) => (expiresAt === null ? least : Math.min(least, expiresAt)),
    Infinity,
  );
}
