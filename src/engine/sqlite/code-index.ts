import { CodeBlock, IDS_PER_BLOCK } from '../vectors/code-block.ts';
import { toVector } from '../vectors/quantised-vector.ts';
import { codeWords, signCode } from '../vectors/sign-code.ts';
import { soundBytes } from './embeddings.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT =
  'SELECT count, codes FROM vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';
const UPSERT = `INSERT INTO vector_codes (embedder_id, namespace, block, changed, count, codes) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (embedder_id, namespace, block)
  DO UPDATE SET changed = excluded.changed, count = excluded.count, codes = excluded.codes`;
const NEWEST_STAMP = 'SELECT COALESCE(max(changed), 0) FROM vector_codes';
const DELETE = 'DELETE FROM vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';

const DELETE_ALL = 'DELETE FROM vector_codes WHERE block = ?';
const VECTORS = `SELECT m.namespace, m.id, e.embedder_id, e.scale, e.crc, e.vector FROM memories m CROSS JOIN embeddings e ON e.memory_id = m.id
  WHERE m.id >= ? AND m.id < ? AND e.state = 'READY'`;

/** Blocks kept between commits: stores go to the newest ids, so the newest block of each namespace is used again. */
const KEPT_BLOCKS = 64;

interface OpenBlock {
  readonly embedderId: number;
  readonly namespace: string;
  readonly block: number;
  readonly codes: CodeBlock;
  changed: boolean;
}

/** The index of sign codes as the writer changes it: codes are collected in blocks, and each block is written once for a commit. */
export class CodeIndex {
  readonly #statements: StatementCache;
  readonly #blocks = new Map<string, OpenBlock>();
  /** Never goes back, so that no two contents of a block share a stamp. */
  #stamp: number;

  constructor(statements: StatementCache) {
    this.#statements = statements;
    this.#stamp = statements.row(NEWEST_STAMP)?.[0] as number;
  }

  set(embedderId: number, namespace: string, id: number, code: Uint32Array): void {
    const block = this.#open(embedderId, namespace, id, code.length);
    block.codes.set(id % IDS_PER_BLOCK, code);
    block.changed = true;
  }

  /** `dimension` is that of the embedder. */
  delete(embedderId: number, namespace: string, id: number, dimension: number): void {
    const block = this.#open(embedderId, namespace, id, codeWords(dimension));
    block.codes.delete(id % IDS_PER_BLOCK);
    block.changed = true;
  }

  /** Makes the codes of a block of ids anew from their sound vectors, in all namespaces and of all models. */
  rebuild(block: number): void {
    for (const [key, open] of this.#blocks) if (open.block === block) this.#blocks.delete(key);
    this.#statements.run(DELETE_ALL, block);
    for (const { embedderId, namespace, id, vector } of this.#soundVectors(block))
      this.set(embedderId, namespace, id, signCode(vector));
  }

  /** Writes what has changed; inside the transaction of the commit. */
  flush(): void {
    this.#stamp += 1;
    for (const block of this.#blocks.values()) {
      if (!block.changed) continue;
      this.#write(block);
      block.changed = false;
    }
    for (const key of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT_BLOCKS) break;
      this.#blocks.delete(key);
    }
  }

  /** After a rollback: what is kept here may never have been written. */
  forget(): void {
    this.#blocks.clear();
  }

  #write({ embedderId, namespace, block, codes }: OpenBlock): void {
    if (codes.count === 0) this.#statements.run(DELETE, embedderId, namespace, block);
    else {
      const bytes = codes.toBytes();
      this.#statements.run(UPSERT, embedderId, namespace, block, this.#stamp, codes.count, bytes);
    }
  }

  #open(embedderId: number, namespace: string, id: number, words: number): OpenBlock {
    const block = Math.floor(id / IDS_PER_BLOCK);
    const key = `${embedderId}\0${namespace}\0${block}`;
    const known = this.#blocks.get(key);
    if (known !== undefined) {
      // The most recently used one stands last.
      this.#blocks.delete(key);
      this.#blocks.set(key, known);
      return known;
    }
    const row = this.#statements.row(SELECT, embedderId, namespace, block);
    const codes =
      row === undefined
        ? CodeBlock.empty(words)
        : (CodeBlock.read(row[1] as Buffer, row[0] as number, words) ??
          this.#fromVectors(embedderId, namespace, block, words));
    const opened = { embedderId, namespace, block, codes, changed: false };
    this.#blocks.set(key, opened);
    return opened;
  }

  /** A damaged block, from the truth behind it. */
  #fromVectors(embedderId: number, namespace: string, block: number, words: number): CodeBlock {
    const codes = CodeBlock.empty(words);
    for (const found of this.#soundVectors(block)) {
      if (found.embedderId === embedderId && found.namespace === namespace)
        codes.set(found.id % IDS_PER_BLOCK, signCode(found.vector));
    }
    return codes;
  }

  #soundVectors(block: number): readonly FoundVector[] {
    const first = block * IDS_PER_BLOCK;
    return this.#statements.rows(VECTORS, first, first + IDS_PER_BLOCK).flatMap((row) => {
      const [namespace, id, embedderId, scale, crc, blob] = row as [
        string,
        number,
        number,
        number,
        number,
        Buffer,
      ];
      const bytes = soundBytes(id, embedderId, scale, blob, crc);
      return bytes === null ? [] : [{ embedderId, namespace, id, vector: toVector(bytes, scale) }];
    });
  }
}

interface FoundVector {
  readonly embedderId: number;
  readonly namespace: string;
  readonly id: number;
  readonly vector: Float32Array;
}
