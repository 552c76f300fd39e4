import { crc32 } from 'node:zlib';
import { embeddableText } from '../../search/embeddable-text.ts';
import { CodeBlock, IDS_PER_BLOCK } from '../../vectors/code-block.ts';
import { codeWords, isCodeOf } from '../../vectors/sign-code.ts';
import { readEmbedders } from '../embedders.ts';
import { vectorChecksum } from '../embeddings.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, readRow } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

/** Rows read in one statement; a block of codes is as long. */
const PAGE = IDS_PER_BLOCK;

const VECTORS = `SELECT ${RECORD_COLUMNS}, e.embedder_id, e.state, e.text_crc, e.crc, e.scale, e.vector
  FROM ${RECORD_SOURCE} CROSS JOIN main.embeddings e ON e.memory_id = m.id WHERE m.id >= ? AND m.id < ? ORDER BY m.id`;
const BLOCKS = `SELECT DISTINCT memory_id / ${PAGE} FROM main.embeddings`;
const CODES =
  'SELECT count, codes FROM main.vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';
const ALL_BLOCKS = 'SELECT embedder_id, namespace, block FROM main.vector_codes ORDER BY block';

/**
 * Vectors against their checksums and texts, and the sign codes against the vectors: a vector without its code is not found by
 * meaning, a code without a vector only costs time. All of it can be made anew while everything is served. Returns how many vectors.
 */
export function checkVectors(
  statements: StatementCache,
  findings: Findings,
  onRows: (count: number) => void,
): number {
  const checker = new VectorChecker(statements, findings);
  const blocks = new Set(statements.rows(ALL_BLOCKS).map(([, , block]) => block as number));
  for (const [block] of statements.rows(BLOCKS)) blocks.add(block as number);
  for (const block of blocks) onRows(checker.checkBlock(block));
  return checker.vectors;
}

class VectorChecker {
  readonly #statements: StatementCache;
  readonly #findings: Findings;
  readonly #words: ReadonlyMap<number, number>;
  readonly #names: readonly (readonly [number, string, number])[];
  vectors = 0;

  constructor(statements: StatementCache, findings: Findings) {
    this.#statements = statements;
    this.#findings = findings;
    this.#words = new Map(
      readEmbedders(statements).flatMap(({ id, dimension }) =>
        dimension === null ? [] : [[id, codeWords(dimension)]],
      ),
    );
    this.#names = statements.rows(ALL_BLOCKS) as [number, string, number][];
  }

  /** The memories of one block of ids, and all codes of it. Returns how many memories have a row. */
  checkBlock(block: number): number {
    const codes = this.#readCodes(block);
    const rows = this.#statements.rows(VECTORS, block * PAGE, (block + 1) * PAGE);
    for (const row of rows) this.#checkRow(row, codes);
    for (const { id, namespace } of codes.values())
      this.#derived(id, namespace, null, `the sign code of ${id} has no vector`);
    return rows.length;
  }

  #checkRow(row: readonly unknown[], codes: Map<string, FoundCode>): void {
    const { record, sound } = readRow(row);
    const { id, namespace, key } = record;
    const [embedderId, state, textCrc] = row.slice(17) as [number, string, number];
    const name = nameOf(embedderId, namespace, id);
    const found = codes.get(name);
    codes.delete(name);
    const wrong = (problem: string): void => this.#derived(id, namespace, key, problem);
    // A damaged memory is told by the check of the rows, and its text may be none.
    if (!sound) return;
    if (crc32(embeddableText(record)) !== textCrc)
      wrong(`the vector of memory ${id} is of another text`);
    if (state !== 'READY') {
      if (found !== undefined) wrong(`memory ${id} waits for its vector, but has a sign code`);
      return;
    }
    this.vectors += 1;
    const [crc, scale, vector] = row.slice(20) as [number, number, Buffer];
    if (vectorChecksum(id, embedderId, scale, vector) !== crc)
      wrong(`the vector of memory ${id} does not match its checksum`);
    else if (found === undefined)
      wrong(`the vector of memory ${id} has no sign code, so that it is not found by meaning`);
    else if (!isCodeOf(found.code, new Int8Array(vector.buffer, vector.byteOffset, vector.length)))
      wrong(`the sign code of memory ${id} is of another vector`);
  }

  #readCodes(block: number): Map<string, FoundCode> {
    const codes = new Map<string, FoundCode>();
    for (const [embedderId, namespace, number] of this.#names) {
      if (number !== block) continue;
      const [count, bytes] = this.#statements.row(CODES, embedderId, namespace, block) ?? [0, null];
      const words = this.#words.get(embedderId);
      const read =
        words === undefined ? null : CodeBlock.read(bytes as Buffer, count as number, words);
      if (read === null) {
        this.#derived(block * PAGE, namespace, null, `block ${block} of the sign codes is damaged`);
        continue;
      }
      for (const [slot, code] of read.entries()) {
        const id = block * PAGE + slot;
        codes.set(nameOf(embedderId, namespace, id), { id, namespace, code });
      }
    }
    return codes;
  }

  #derived(id: number, namespace: string, key: string | null, problem: string): void {
    this.#findings.derived({ area: 'vectors', table: 'embeddings', id, namespace, key, problem });
  }
}

interface FoundCode {
  readonly id: number;
  readonly namespace: string;
  readonly code: Uint32Array;
}

function nameOf(embedderId: number, namespace: string, id: number): string {
  return `${embedderId}\0${namespace}\0${id}`;
}
