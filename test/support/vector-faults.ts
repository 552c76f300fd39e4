import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import type { InstantEmbedder } from '../../src/engine/embedding/embedder.ts';
import { embeddableText } from '../../src/engine/search/embeddable-text.ts';
import { verifiedBytes } from '../../src/engine/sqlite/embeddings.ts';
import { IDS_PER_BLOCK, readCodes } from '../../src/engine/vectors/code-block.ts';
import { codeWords } from '../../src/engine/vectors/sign-code.ts';

interface EmbeddedRow {
  readonly id: number;
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
  readonly embedder: number | null;
  readonly state: string | null;
  readonly text_crc: number;
  readonly crc: number;
  readonly scale: number;
  readonly vector: Buffer | null;
}

const ROWS = `SELECT m.id, m.namespace, m.key, m.value, e.embedder_id AS embedder, e.state, e.text_crc, e.crc, e.scale, e.vector
  FROM memories m LEFT JOIN embeddings e ON e.memory_id = m.id`;
const ORPHANS = 'SELECT memory_id FROM embeddings WHERE memory_id NOT IN (SELECT id FROM memories)';
const BLOCKS = `SELECT v.embedder_id AS embedder, v.namespace, v.block, v.count, v.codes, d.dimension
  FROM vector_codes v LEFT JOIN embedders d ON d.id = v.embedder_id`;

/**
 * What is wrong with the vectors of a file: every memory with something to embed has a row for its present text, every vector its
 * checksum and its code, and every code its vector. Empty when all is well. With an instant embedder a text without a known word has
 * nothing to embed.
 */
export function vectorFaults(
  path: string,
  instant: InstantEmbedder | null = null,
): readonly string[] {
  const database = new Database(path, { readonly: true });
  try {
    return faultsOf(database, instant);
  } finally {
    database.close();
  }
}

function faultsOf(database: Database.Database, instant: InstantEmbedder | null): readonly string[] {
  const faults: string[] = [];
  const codes = readAllCodes(database, faults);
  const current = database.prepare('SELECT embedder_id FROM engine_meta').pluck().get();
  for (const id of database.prepare(ORPHANS).pluck().all())
    faults.push(`the vector of ${String(id)} has no memory`);
  for (const row of database.prepare<[], EmbeddedRow>(ROWS).iterate()) {
    const text = embeddableText({ key: row.key, valueText: row.value });
    if (row.state === null) {
      const wanted = text !== '' && (instant === null || instant.embedText(text) !== null);
      if (wanted && current !== null) faults.push(`memory ${row.id} has no row`);
      continue;
    }
    if (row.text_crc !== crc32(text)) faults.push(`the vector of ${row.id} is of another text`);
    const name = `${row.embedder}/${row.namespace}/${row.id}`;
    const code = codes.get(name);
    codes.delete(name);
    if (row.vector === null) {
      if (code !== undefined) faults.push(`${name} is ${row.state} and has a code`);
      continue;
    }
    const bytes = verifiedBytes(row.id, row.embedder ?? 0, row.scale, row.vector, row.crc);
    if (code === undefined) faults.push(`${name} has a vector and no code`);
    else if (!isCodeOf(code, bytes)) faults.push(`the code of ${name} is of another vector`);
  }
  for (const name of codes.keys()) faults.push(`the code of ${name} has no vector`);
  return faults;
}

/** By embedder, namespace and id. */
function readAllCodes(database: Database.Database, faults: string[]): Map<string, Uint32Array> {
  const found = new Map<string, Uint32Array>();
  const rows = database.prepare(BLOCKS).all() as {
    readonly embedder: number;
    readonly namespace: string;
    readonly block: number;
    readonly count: number;
    readonly codes: Buffer;
    readonly dimension: number | null;
  }[];
  for (const { embedder, namespace, block, count, codes: bytes, dimension } of rows) {
    const words = codeWords(dimension ?? 0);
    const size = Math.ceil(count / 4) * 4 + count * words * 4;
    if (dimension === null || bytes.length !== size || count === 0) {
      faults.push(`block ${block} of ${embedder}/${namespace} is not of its size`);
      continue;
    }
    const { slots, codes } = readCodes(bytes, count, words);
    for (const [index, slot] of slots.entries())
      found.set(
        `${embedder}/${namespace}/${block * IDS_PER_BLOCK + slot}`,
        codes.slice(index * words, (index + 1) * words),
      );
  }
  return found;
}

/** A small component may have been rounded to 0, which tells nothing of its sign. */
function isCodeOf(code: Uint32Array, bytes: Int8Array): boolean {
  return bytes.every((byte, index) => {
    const bit = ((code[index >>> 5] ?? 0) >>> (index & 31)) & 1;
    return byte === 0 || bit === (byte > 0 ? 1 : 0);
  });
}
