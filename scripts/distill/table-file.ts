import { crc32 } from 'node:zlib';
import {
  STATIC_TABLE_CHECKSUM_AT,
  STATIC_TABLE_MAGIC,
  STATIC_TABLE_PREFIX_BYTES,
} from '../../src/engine/embedding/static/static-table.ts';
import { type Matrix, row } from './matrix.ts';

/** Largest number of an int8 row: symmetric about 0. */
const MAX_INT8 = 127;

/** The bytes of a table file (models/README.md); the header gets the sizes besides what is given. */
export function encodeTable(
  header: Readonly<Record<string, unknown>> & { readonly model: string },
  pieces: readonly string[],
  table: Matrix,
): Buffer {
  const vocabulary = Buffer.from(pieces.join('\n'));
  const head = Buffer.from(
    JSON.stringify({
      ...header,
      dimension: table.columns,
      tokens: pieces.length,
      vocabularyBytes: vocabulary.length,
    }),
  );
  const scales = Buffer.alloc(pieces.length * Float32Array.BYTES_PER_ELEMENT);
  const rows = new Int8Array(pieces.length * table.columns);
  for (let token = 0; token < pieces.length; token += 1) {
    const vector = row(table, token);
    const scale = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / MAX_INT8;
    scales.writeFloatLE(scale, token * Float32Array.BYTES_PER_ELEMENT);
    if (scale === 0) continue;
    for (const [at, value] of vector.entries()) {
      rows[token * table.columns + at] = Math.round(value / scale);
    }
  }
  const prefix = Buffer.alloc(STATIC_TABLE_PREFIX_BYTES);
  prefix.write(STATIC_TABLE_MAGIC, 'latin1');
  prefix.writeUInt32LE(head.length, STATIC_TABLE_CHECKSUM_AT + 4);
  const file = Buffer.concat([prefix, head, vocabulary, scales, Buffer.from(rows.buffer)]);
  file.writeUInt32LE(crc32(file.subarray(STATIC_TABLE_CHECKSUM_AT + 4)), STATIC_TABLE_CHECKSUM_AT);
  return file;
}
