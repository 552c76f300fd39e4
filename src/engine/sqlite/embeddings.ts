import { crc32 } from 'node:zlib';
import type { EmbeddingStatus } from '../backends/embedding-reads.ts';
import { MemoryDataCorruptionError } from '../errors.ts';
import type { QuantisedVector } from '../vectors/quantised-vector.ts';
import type { StatementCache } from './statement-cache.ts';

export type EmbeddingState = EmbeddingStatus['state'];

export interface EmbeddingRow {
  readonly embedderId: number;
  readonly state: EmbeddingState;
  readonly textCrc: number;
}

const SELECT_SOUND = `SELECT embedder_id, state, text_crc, scale, crc, vector FROM embeddings WHERE memory_id = ?`;
const SELECT = 'SELECT embedder_id, state, text_crc FROM embeddings WHERE memory_id = ?';
const COLUMNS =
  'memory_id, embedder_id, state, text_crc, attempts, retry_at, crc, scale, error, vector';
const INSERT = `INSERT INTO embeddings (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPSERT = `${INSERT}
  ON CONFLICT (memory_id) DO UPDATE SET embedder_id = excluded.embedder_id, state = excluded.state, text_crc = excluded.text_crc,
    attempts = excluded.attempts, retry_at = excluded.retry_at, crc = excluded.crc, scale = excluded.scale, error = excluded.error,
    vector = excluded.vector`;
const DELETE = 'DELETE FROM embeddings WHERE memory_id = ?';

export function findEmbedding(statements: StatementCache, id: number): EmbeddingRow | undefined {
  const row = statements.row(SELECT, id);
  if (row === undefined) return undefined;
  return {
    embedderId: row[0] as number,
    state: row[1] as EmbeddingState,
    textCrc: row[2] as number,
  };
}

/** The row of a memory with its bytes: null when there is no vector, or none that matches its checksum. */
export function findVector(
  statements: StatementCache,
  id: number,
): (EmbeddingRow & { readonly bytes: Int8Array | null; readonly scale: number }) | undefined {
  const row = statements.row(SELECT_SOUND, id);
  if (row === undefined) return undefined;
  const [embedderId, state, textCrc, scale, crc, blob] = row as [
    number,
    EmbeddingState,
    number,
    number,
    number,
    Buffer | null,
  ];
  const bytes = blob === null ? null : soundBytes(id, embedderId, scale, blob, crc);
  return { embedderId, state, textCrc, scale, bytes };
}

/** `isNew`: the memory has no row yet, so that a plain insert does, which is cheaper than an upsert. */
export function saveVector(
  statements: StatementCache,
  id: number,
  embedderId: number,
  textCrc: number,
  { bytes, scale }: QuantisedVector,
  isNew: boolean,
): void {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const crc = vectorChecksum(id, embedderId, scale, blob);
  const sql = isNew ? INSERT : UPSERT;
  statements.run(sql, id, embedderId, 'READY', textCrc, 0, 0, crc, scale, null, blob);
}

/** The memory waits for a slow embedder, or has been given up when `state` is FAILED. */
export function saveWaiting(
  statements: StatementCache,
  id: number,
  row: EmbeddingRow & {
    readonly attempts: number;
    /** Unix ms */
    readonly retryAt: number;
    readonly error: string | null;
  },
): void {
  const { embedderId, state, textCrc, attempts, retryAt, error } = row;
  statements.run(
    UPSERT,
    id,
    embedderId,
    state,
    textCrc,
    attempts,
    retryAt,
    null,
    null,
    error,
    null,
  );
}

export function deleteEmbedding(statements: StatementCache, id: number): void {
  statements.run(DELETE, id);
}

/** The kept bytes of a row; null when they do not match their checksum. */
export function soundBytes(
  id: number,
  embedderId: number,
  scale: number,
  blob: Buffer,
  crc: number,
): Int8Array | null {
  if (vectorChecksum(id, embedderId, scale, blob) !== crc) return null;
  return new Int8Array(blob.buffer, blob.byteOffset, blob.byteLength);
}

/** The same for who cannot do without; MemoryDataCorruptionError when they do not match. */
export function verifiedBytes(
  id: number,
  embedderId: number,
  scale: number,
  blob: Buffer,
  crc: number,
): Int8Array {
  const bytes = soundBytes(id, embedderId, scale, blob, crc);
  if (bytes === null) {
    throw new MemoryDataCorruptionError(`the vector of memory ${id} does not match its checksum`, {
      data: { memoryId: id },
      remedy: 'Rebuild the vectors: trinitas reindex --target vectors.',
    });
  }
  return bytes;
}

/** CRC-32 of what the row says: whose vector it is, of which model, its scale and its bytes. */
export function vectorChecksum(
  id: number,
  embedderId: number,
  scale: number,
  blob: Buffer,
): number {
  return crc32(blob, crc32(`${id}\0${embedderId}\0${scale}\0`));
}
