import type { MemoryCache } from '../../participants/memory-cache.ts';
import type { OutboxWorker } from './outbox-worker.ts';
import type { ProtocolTrace } from './protocol-step.ts';

/**
 * Before anything is served: what the last process left half done with the cache is brought to its end. Open promotions are done,
 * fences that are left then belong to transactions that were never committed, or whose promotion was done: they go. May be run any
 * number of times. Without Redis it does nothing: whatever is committed until it returns moves the cache epoch on, and the outbox
 * keeps what is open.
 */
export async function recoverCache(
  cache: MemoryCache,
  outbox: OutboxWorker,
  trace: ProtocolTrace,
): Promise<void> {
  trace.reached('RECOVERY_BEGUN');
  if (!cache.available) return;
  try {
    await outbox.promoteAll();
    trace.reached('RECOVERY_PROMOTED');
    for (const { txid, names } of await cache.staged()) await cache.abort(txid, names);
    trace.reached('RECOVERY_FENCES_GONE');
  } catch {
    // Redis went away meanwhile, which its state shows. Fences end by themselves, promotions stay in the outbox.
  }
}
