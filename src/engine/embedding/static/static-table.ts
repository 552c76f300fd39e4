import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { MemoryDataCorruptionError } from '../../errors.ts';
import { buildPieceIndex, type PieceIndex } from './piece-index.ts';

/** The table that ships with the package; the path is the same seen from `src/` and from `dist/`. */
const DEFAULT_TABLE = fileURLToPath(
  new URL('../../../../models/static-minilm-256.bin', import.meta.url),
);

/** First bytes of a table file. */
export const STATIC_TABLE_MAGIC = 'TRISTAT1';
/** Magic, CRC-32 of all that follows it (u32), length of the JSON header in bytes (u32); little endian throughout. */
export const STATIC_TABLE_PREFIX_BYTES = 16;
/** Where the checksum stands; it covers every byte after itself. */
export const STATIC_TABLE_CHECKSUM_AT = 8;
/** More than any vector index of this program takes; a bound for what a header may claim. */
const MAX_DIMENSION = 4096;

/**
 * A vector for each word piece: row `t` is `scales[t] * rows[t * dimension + d]`. Plain data over shared memory: a message to
 * another thread copies none of the numbers.
 */
export interface StaticTable {
  /** Name and version of the table, as `static/minilm-256-v1`. */
  readonly model: string;
  readonly dimension: number;
  readonly pieces: PieceIndex;
  readonly scales: Float32Array<SharedArrayBuffer>;
  readonly rows: Int8Array<SharedArrayBuffer>;
}

interface Header {
  readonly model: string;
  readonly dimension: number;
  readonly tokens: number;
  readonly vocabularyBytes: number;
}

/**
 * Reads and verifies a table file (layout: models/README.md).
 * Errors: MemoryDataCorruptionError when the file is missing, damaged, or no table.
 */
export function loadStaticTable(path: string = DEFAULT_TABLE): StaticTable {
  const file = readTable(path);
  const refuse = (what: string): never => {
    throw damaged(path, what);
  };
  if (
    file.length < STATIC_TABLE_PREFIX_BYTES ||
    file.toString('latin1', 0, STATIC_TABLE_MAGIC.length) !== STATIC_TABLE_MAGIC
  ) {
    refuse('it does not begin as one');
  }
  const covered = file.subarray(STATIC_TABLE_CHECKSUM_AT + 4);
  if (crc32(covered) !== file.readUInt32LE(STATIC_TABLE_CHECKSUM_AT)) {
    refuse('its checksum does not match');
  }
  const headerEnd = STATIC_TABLE_PREFIX_BYTES + file.readUInt32LE(STATIC_TABLE_CHECKSUM_AT + 4);
  const header =
    readHeader(file.toString('utf8', STATIC_TABLE_PREFIX_BYTES, headerEnd)) ??
    refuse('its header is not understood');

  const { dimension, tokens, vocabularyBytes } = header;
  const scalesAt = headerEnd + vocabularyBytes;
  const rowsAt = scalesAt + tokens * Float32Array.BYTES_PER_ELEMENT;
  if (file.length !== rowsAt + tokens * dimension) refuse('its size does not match its header');
  const vocabulary = file.toString('utf8', headerEnd, scalesAt).split('\n');
  if (vocabulary.length !== tokens) refuse('its vocabulary does not match its header');

  const scales = new Float32Array(new SharedArrayBuffer(tokens * Float32Array.BYTES_PER_ELEMENT));
  for (let token = 0; token < tokens; token += 1) {
    scales[token] = file.readFloatLE(scalesAt + token * Float32Array.BYTES_PER_ELEMENT);
  }
  const rows = new Int8Array(new SharedArrayBuffer(tokens * dimension));
  rows.set(new Int8Array(file.buffer, file.byteOffset + rowsAt, tokens * dimension));
  return { model: header.model, dimension, pieces: buildPieceIndex(vocabulary), scales, rows };
}

function readTable(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw damaged(path, 'it cannot be read', cause);
  }
}

function readHeader(text: string): Header | null {
  let header: Partial<Record<keyof Header, unknown>> | null;
  try {
    header = JSON.parse(text);
  } catch {
    return null;
  }
  const { model, dimension, tokens, vocabularyBytes } = header ?? {};
  return typeof model === 'string' &&
    isCount(dimension) &&
    dimension <= MAX_DIMENSION &&
    isCount(tokens) &&
    isCount(vocabularyBytes)
    ? { model, dimension, tokens, vocabularyBytes }
    : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function damaged(path: string, what: string, cause?: unknown): MemoryDataCorruptionError {
  return new MemoryDataCorruptionError(`${path} is no usable embedding table: ${what}`, {
    cause,
    data: { path },
    remedy: 'Install the package again, or build the table with scripts/distill-embedder.ts.',
  });
}
