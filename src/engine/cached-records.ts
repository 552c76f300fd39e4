import { createHash } from 'node:crypto';
import type { MemoryRecord } from './model/memory-record.ts';

/** What a record costs beside its texts: the object, its numbers, its tags. */
const RECORD_OVERHEAD_BYTES = 400;

/** Characters of a request that stands in a name as it is: a digest of it takes longer to make than the rest of a hit. */
const MAX_NAMING_LENGTH = 512;

/** Name of a query's answer in the cache: everything the answer depends on, or its digest; `kind` stands for its type. */
export function queryName(kind: 'recall' | 'list', request: unknown): string {
  const text = JSON.stringify(request);
  // A digest holds no brace, so that it cannot be taken for a request.
  const named =
    text.length <= MAX_NAMING_LENGTH ? text : createHash('sha256').update(text).digest('base64');
  return `${kind}:${named}`;
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
