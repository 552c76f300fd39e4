import { LRUCache } from 'lru-cache';
import { IDS_PER_BLOCK, isBlock } from '../vectors/code-block.ts';
import type { StoredBlock } from '../vectors/nearest-codes.ts';
import type { StatementCache } from './statement-cache.ts';

/** Bytes of blocks kept for one connection: all codes of two million memories at 256 dimensions. */
const MAX_BYTES = 67_108_864;

/** The newest stamp and the number of blocks tell two states of one incarnation apart: what is written gets a new stamp, what is deleted leaves. */
const STATE =
  'SELECT max(changed), count(*) FROM main.vector_codes WHERE embedder_id = ? AND namespace = ?';
const STAMPS =
  'SELECT block, changed FROM main.vector_codes WHERE embedder_id = ? AND namespace = ?';
const BLOCK =
  'SELECT count, codes FROM main.vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';

const INCARNATION = 'SELECT incarnation FROM main.engine_meta WHERE id = 1';

const VECTORS_OF_BLOCK = `SELECT memory_id FROM main.embeddings
  WHERE memory_id >= ? AND memory_id < ? AND embedder_id = ? AND state = 'READY'`;

const EMPTY = new Uint8Array(0);

interface KeptBlock extends StoredBlock {
  readonly changed: number;
}

interface KeptBlocks {
  /** Their newest stamp. */
  readonly newest: number;
  readonly blocks: readonly KeptBlock[];
}

/**
 * Blocks of sign codes as one connection has read them: each later read takes only those that were written since, told by their
 * stamp. A writer that starts goes on from the newest stamp in the file, which may have been deleted with its block: so stamps tell
 * blocks of one incarnation apart, and with the next one all are read anew. For a connection whose snapshots only move forward.
 * 100,000 codes: 0.03 ms when nothing was written since, 0.4 ms when something was, 6 ms and 3 MB of garbage without.
 */
export class CodeCache {
  #incarnation = -1;
  readonly #kept = new LRUCache<string, KeptBlocks>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ blocks }) => blocks.reduce((sum, { bytes }) => sum + bytes.length, 1),
  });

  /**
   * All blocks of a namespace for one model, inside the snapshot of the read, of codes of so many words. A damaged block is left out; the
   * memories that are not found by meaning for it are told when it is first read.
   */
  read(
    statements: StatementCache,
    embedderId: number,
    namespace: string,
    words: number,
  ): { readonly blocks: readonly StoredBlock[]; readonly damaged: readonly number[] } {
    const incarnation = statements.row(INCARNATION)?.[0] as number;
    if (incarnation !== this.#incarnation) this.#kept.clear();
    this.#incarnation = incarnation;
    const key = `${embedderId}\0${namespace}`;
    const before = this.#kept.get(key);
    const [newest, count] = statements.row(STATE, embedderId, namespace) as [number, number];
    if (newest === before?.newest && count === before.blocks.length)
      return { blocks: before.blocks, damaged: [] };
    const known = new Map(before?.blocks.map((kept) => [kept.block, kept]));
    const damaged: number[] = [];
    const blocks = statements
      .rows(STAMPS, embedderId, namespace)
      .map(([number, stamp]): KeptBlock => {
        const [block, changed] = [number as number, stamp as number];
        const kept = known.get(block);
        if (kept?.changed === changed) return kept;
        const [count, codes] = statements.row(BLOCK, embedderId, namespace, block) ?? [0, EMPTY];
        const bytes = Uint8Array.from(codes as Buffer);
        if (isBlock(bytes, count as number, words))
          return { block, changed, count: count as number, bytes };
        const first = block * IDS_PER_BLOCK;
        const ids = statements.rows(VECTORS_OF_BLOCK, first, first + IDS_PER_BLOCK, embedderId);
        for (const [id] of ids) damaged.push(id as number);
        return { block, changed, count: 0, bytes: EMPTY };
      });
    this.#kept.set(key, { newest, blocks });
    return { blocks, damaged };
  }
}
