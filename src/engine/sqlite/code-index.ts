import { CodeBlock, IDS_PER_BLOCK } from '../vectors/code-block.ts';
import { codeWords, signCode } from '../vectors/sign-code.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT =
  'SELECT count, codes FROM vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';
const UPSERT = `INSERT INTO vector_codes (embedder_id, namespace, block, changed, count, codes) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (embedder_id, namespace, block)
  DO UPDATE SET changed = excluded.changed, count = excluded.count, codes = excluded.codes`;
const NEWEST_STAMP = 'SELECT COALESCE(max(changed), 0) FROM vector_codes';
const DELETE = 'DELETE FROM vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';

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

  set(embedderId: number, namespace: string, id: number, vector: Float32Array): void {
    const block = this.#open(embedderId, namespace, id, codeWords(vector.length));
    block.codes.set(id % IDS_PER_BLOCK, signCode(vector));
    block.changed = true;
  }

  /** `dimension` is that of the embedder. */
  delete(embedderId: number, namespace: string, id: number, dimension: number): void {
    const block = this.#open(embedderId, namespace, id, codeWords(dimension));
    block.codes.delete(id % IDS_PER_BLOCK);
    block.changed = true;
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
        : CodeBlock.fromBytes(row[1] as Buffer, row[0] as number, words);
    const opened = { embedderId, namespace, block, codes, changed: false };
    this.#blocks.set(key, opened);
    return opened;
  }
}
