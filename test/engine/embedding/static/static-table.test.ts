import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadStaticTable,
  STATIC_TABLE_CHECKSUM_AT,
  STATIC_TABLE_PREFIX_BYTES,
} from '../../../../src/engine/embedding/static/static-table.ts';
import { MemoryDataCorruptionError } from '../../../../src/engine/errors.ts';

const SHIPPED = new URL('../../../../models/static-minilm-256.bin', import.meta.url);

let directory: string;
let shipped: Buffer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
  shipped = await readFile(SHIPPED);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A copy of the shipped table after `change`; with a checksum that is right again when `sealed`. */
async function changed(
  change: (file: Buffer) => Buffer | undefined,
  sealed = false,
): Promise<string> {
  const copy = Buffer.from(shipped);
  const file = change(copy) ?? copy;
  if (sealed) {
    file.writeUInt32LE(
      crc32(file.subarray(STATIC_TABLE_CHECKSUM_AT + 4)),
      STATIC_TABLE_CHECKSUM_AT,
    );
  }
  const path = join(directory, 'table.bin');
  await writeFile(path, file);
  return path;
}

function withHeader(file: Buffer, edit: (header: string) => string): Buffer {
  const lengthAt = STATIC_TABLE_PREFIX_BYTES - 4;
  const end = STATIC_TABLE_PREFIX_BYTES + file.readUInt32LE(lengthAt);
  const header = Buffer.from(edit(file.toString('utf8', STATIC_TABLE_PREFIX_BYTES, end)));
  const prefix = Buffer.from(file.subarray(0, STATIC_TABLE_PREFIX_BYTES));
  prefix.writeUInt32LE(header.length, lengthAt);
  return Buffer.concat([prefix, header, file.subarray(end)]);
}

describe('loadStaticTable', () => {
  it('reads the shipped table', () => {
    const table = loadStaticTable();
    expect(table.model).toBe('static/minilm-256-v1');
    expect(table.dimension).toBe(256);
    expect(table.pieces.size).toBeGreaterThan(25_000);
    expect(table.scales).toHaveLength(table.pieces.size);
    expect(table.rows).toHaveLength(table.pieces.size * 256);
    expect(table.scales.every((scale) => Number.isFinite(scale) && scale > 0)).toBe(true);
    expect(shipped.length).toBeLessThan(8_000_000);
  });

  it('says in its header where the table comes from', () => {
    const end = STATIC_TABLE_PREFIX_BYTES + shipped.readUInt32LE(STATIC_TABLE_PREFIX_BYTES - 4);
    const header = JSON.parse(shipped.toString('utf8', STATIC_TABLE_PREFIX_BYTES, end));
    expect(header).toMatchObject({
      source: expect.stringContaining('all-MiniLM-L6-v2'),
      licence: expect.stringContaining('Apache-2.0'),
      creation: { script: 'scripts/distill-embedder.ts', seed: expect.any(Number) },
    });
  });

  it('holds its numbers in shared memory', () => {
    const { scales, rows } = loadStaticTable();
    expect(scales.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(rows.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it.each<[string, (file: Buffer) => Buffer | undefined, boolean, RegExp]>([
    ['nothing', () => Buffer.alloc(0), false, /does not begin/],
    ['another file', () => Buffer.from('SQLite format 3\0 and more'), false, /does not begin/],
    ['a cut end', (file) => file.subarray(0, -1), false, /checksum/],
    ['an added end', (file) => Buffer.concat([file, Buffer.of(0)]), false, /checksum/],
    ['one bit of a row', (file) => flip(file, file.length - 1000), false, /checksum/],
    [
      'one bit of the header',
      (file) => flip(file, STATIC_TABLE_PREFIX_BYTES + 5),
      false,
      /checksum/,
    ],
    ['a cut end with a right checksum', (file) => file.subarray(0, -1), true, /size/],
    ['a header that is no JSON', (file) => withHeader(file, (h) => h.slice(1)), true, /header/],
    ['a header that is no object', (file) => withHeader(file, () => 'null'), true, /header/],
    [
      'a negative size',
      (file) => withHeader(file, (h) => h.replace('"tokens":', '"tokens":-')),
      true,
      /header/,
    ],
    [
      'no dimension',
      (file) => withHeader(file, (h) => h.replace('"dimension"', '"d"')),
      true,
      /header/,
    ],
    [
      'a huge dimension',
      (file) => withHeader(file, (h) => h.replace('"dimension":', '"dimension":999')),
      true,
      /header/,
    ],
    [
      'a wrong dimension',
      (file) => withHeader(file, (h) => h.replace('"dimension":256', '"dimension":255')),
      true,
      /size/,
    ],
    ['a header longer than the file', (file) => setHeaderLength(file, 2 ** 31), true, /header/],
    ['another number of pieces', (file) => addPiece(file), true, /vocabulary/],
  ])('refuses %s', async (_, change, sealed, message) => {
    const path = await changed(change, sealed);
    expect(() => loadStaticTable(path)).toThrow(MemoryDataCorruptionError);
    expect(() => loadStaticTable(path)).toThrow(message);
  });

  it('refuses a file that is not there, with the reason and a remedy', () => {
    expect(() => loadStaticTable(join(directory, 'none.bin'))).toThrow(
      expect.objectContaining({
        code: 'DATA_CORRUPTION',
        remedy: expect.stringContaining('Install'),
        cause: expect.objectContaining({ code: 'ENOENT' }),
      }),
    );
  });
});

function flip(file: Buffer, at: number): Buffer {
  file[at] = (file[at] ?? 0) ^ 1;
  return file;
}

function setHeaderLength(file: Buffer, length: number): Buffer {
  file.writeUInt32LE(length, STATIC_TABLE_PREFIX_BYTES - 4);
  return file;
}

/** Turns a byte of the first piece into a line end: one piece more than the header says, in as many bytes. */
function addPiece(file: Buffer): Buffer {
  const vocabularyAt = STATIC_TABLE_PREFIX_BYTES + file.readUInt32LE(STATIC_TABLE_PREFIX_BYTES - 4);
  file[vocabularyAt] = 0x0a;
  return file;
}
