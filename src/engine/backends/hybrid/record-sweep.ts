import type { VectorStore } from '../../participants/vector-store.ts';
import { uuidV7Time } from '../../uuid-v7.ts';
import type { Backend } from '../backend.ts';
import type { ProtocolTrace } from './protocol-step.ts';

/** For one page of records. */
const REMOVE_MS = 15_000;

/**
 * Removes records that nothing refers to and that were made before this process began: what it makes itself may be on its way into a
 * commit. Runs in the background, page by page; such records are invisible meanwhile. Returns how many it removed.
 */
export async function sweepRecords(
  store: Backend,
  vectors: VectorStore,
  openedAt: number,
  signal: AbortSignal,
  trace: ProtocolTrace,
): Promise<number> {
  let removed = 0;
  for (const collection of await vectors.collections()) {
    for await (const page of vectors.ids(collection)) {
      if (signal.aborted) return removed;
      const old = page.filter((record) => madeAt(record) < openedAt);
      if (old.length === 0) continue;
      const live = new Set(await store.read('liveRecords', { records: old }));
      const dead = old.filter((record) => !live.has(record));
      if (dead.length === 0) continue;
      await vectors.remove(collection, dead, Date.now() + REMOVE_MS);
      removed += dead.length;
    }
  }
  trace.reached('RECOVERY_SWEPT');
  return removed;
}

/** Unix ms; -Infinity for a record whose id is none of ours. */
function madeAt(record: string): number {
  return uuidV7Time(record.slice(record.indexOf(':') + 1)) ?? Number.NEGATIVE_INFINITY;
}
