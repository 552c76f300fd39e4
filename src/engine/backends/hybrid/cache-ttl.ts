import type { MemoryRecord } from '../../model/memory-record.ts';
import type { Section } from '../../model/section.ts';

const MS = 1_000;
/** How long a memory stays in the cache (product.md section 4); a write takes it out at once, whatever is left of that. */
const TTL_MS: Readonly<Record<Section, number>> = {
  working_memory: 3_600 * MS,
  cache: 1_800 * MS,
  performance_metrics: 7_200 * MS,
  episodic_memory: 86_400 * MS,
  semantic_memory: 604_800 * MS,
  procedural_memory: 86_400 * MS,
  learning_data: 86_400 * MS,
  pattern_storage: 86_400 * MS,
};
/** The latest result of a persona, as `storeResult` keeps it. */
const LATEST_RESULT_TTL_MS = 86_400 * MS;
const LATEST_RESULT_KEY = /^working_.+_latest$/;

/** Milliseconds, never beyond the memory's own expiry. */
export function cacheTtlMs({ section, key, expiresAt }: MemoryRecord, now: number): number {
  const ttl =
    section === 'working_memory' && LATEST_RESULT_KEY.test(key)
      ? LATEST_RESULT_TTL_MS
      : TTL_MS[section];
  return expiresAt === null ? ttl : Math.min(ttl, expiresAt - now);
}
