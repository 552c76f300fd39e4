import { LRUCache } from 'lru-cache';
import type { StoredBlock } from '../vectors/nearest-codes.ts';
import type { StatementCache } from './statement-cache.ts';

/** Bytes of blocks kept for one connection: all codes of two million memories at 256 dimensions. */
const MAX_BYTES = 67_108_864;

const STAMPS =
  'SELECT block, changed FROM main.vector_codes WHERE embedder_id = ? AND namespace = ?';
const BLOCK =
  'SELECT count, codes FROM main.vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';

const EMPTY = Buffer.alloc(0);

interface KeptBlock extends StoredBlock {
  readonly changed: number;
}

/**
 * Blocks of sign codes as one connection has read them: each later read takes only those that were written since, told by their
 * stamp. For a connection whose snapshots only move forward. 100,000 codes: 0.2 ms instead of 6 ms and 3 MB of garbage.
 */
export class CodeCache {
  readonly #kept = new LRUCache<string, readonly KeptBlock[]>({
    maxSize: MAX_BYTES,
    sizeCalculation: (blocks) => blocks.reduce((sum, { bytes }) => sum + bytes.length, 1),
  });

  /** All blocks of a namespace for one model, inside the snapshot of the read. */
  read(statements: StatementCache, embedderId: number, namespace: string): readonly StoredBlock[] {
    const key = `${embedderId}\0${namespace}`;
    const before = this.#kept.get(key) ?? [];
    const known = new Map(before.map((kept) => [kept.block, kept]));
    let same = true;
    const blocks = statements
      .rows(STAMPS, embedderId, namespace)
      .map(([number, stamp]): KeptBlock => {
        const [block, changed] = [number as number, stamp as number];
        const kept = known.get(block);
        if (kept?.changed === changed) return kept;
        same = false;
        const [count, codes] = statements.row(BLOCK, embedderId, namespace, block) ?? [0, EMPTY];
        return { block, changed, count: count as number, bytes: Uint8Array.from(codes as Buffer) };
      });
    if (!same || blocks.length !== before.length) this.#kept.set(key, blocks);
    return blocks;
  }
}
