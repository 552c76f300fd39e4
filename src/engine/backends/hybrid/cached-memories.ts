import { LRUCache } from 'lru-cache';
import type { MemoryRecord, Target } from '../../model/memory-record.ts';
import type { Section } from '../../model/section.ts';
import type { CacheLookup, MemoryCache } from '../../participants/memory-cache.ts';
import { sectionOfKey } from '../../section-of-key.ts';
import type { Backend, ReadOptions } from '../backend.ts';
import type { ReadMap } from '../read-map.ts';
import { cacheTtlMs } from './cache-ttl.ts';

/** Memories whose section is remembered, so that the cache is not asked in vain; a few dozen bytes each. */
const MAX_REMEMBERED = 50_000;

type Args = ReadMap['getMany']['args'];
type Result = ReadMap['getMany']['result'];

/** Point reads by key: the cache for the sections that it keeps, the database for everything else. */
export class CachedMemories {
  readonly #store: Backend;
  readonly #cache: MemoryCache;
  readonly #sections: ReadonlySet<Section>;
  readonly #kept = new LRUCache<string, boolean>({ max: MAX_REMEMBERED });

  constructor(store: Backend, cache: MemoryCache, sections: readonly Section[]) {
    this.#store = store;
    this.#cache = cache;
    this.#sections = new Set(sections);
  }

  /** A write told the section of a memory. */
  learn({ namespace, key, section }: Pick<MemoryRecord, 'namespace' | 'key' | 'section'>): void {
    this.#kept.set(`${namespace}\0${key}`, this.#sections.has(section));
  }

  async getMany(args: Args, options?: ReadOptions): Promise<Result> {
    const { namespace, targets, now } = args;
    const places = targets.flatMap((target, index) =>
      this.#mayBeKept(namespace, target) ? [{ index, key: target.key }] : [],
    );
    if (places.length === 0 || !this.#cache.available)
      return this.#store.read('getMany', args, options);
    const keys = places.map(({ key }) => key);
    const lookups = new Map<number, CacheLookup>();
    for (const [place, lookup] of (await this.#cache.lookUp(namespace, keys)).entries()) {
      const index = places[place]?.index;
      if (index !== undefined) lookups.set(index, lookup);
    }
    const records = targets.map((_, index) => recordOf(lookups.get(index), now));
    const missing = records.flatMap((record, index) => (record === undefined ? [index] : []));
    if (missing.length > 0) {
      const wanted = missing.map((index) => targets[index] as Target);
      const found = await this.#store.read('getMany', { ...args, targets: wanted }, options);
      for (const [place, index] of missing.entries()) {
        const record = found[place] ?? null;
        records[index] = record;
        this.#keep(record, lookups.get(index), now);
      }
    }
    return records.map((record) => record ?? null);
  }

  #mayBeKept(namespace: string, target: Target): target is { readonly key: string } {
    if (!('key' in target)) return false;
    const known = this.#kept.get(`${namespace}\0${target.key}`);
    // Metadata may say otherwise; then the first read tells.
    return known ?? this.#sections.has(sectionOfKey(target.key) ?? 'working_memory');
  }

  /** Not waited for: whoever reads has the answer already. */
  #keep(record: MemoryRecord | null, lookup: CacheLookup | undefined, now: number): void {
    if (record === null) return;
    this.learn(record);
    if (lookup?.kind !== 'MISS' || !this.#sections.has(record.section)) return;
    const ttlMs = cacheTtlMs(record, now);
    if (ttlMs <= 0) return;
    const { namespace, key, csn } = record;
    const value = { csn, text: JSON.stringify(record), ttlMs };
    void this.#cache.fill({ namespace, key }, lookup.lease, value);
  }
}

/** Undefined: ask the database. */
function recordOf(lookup: CacheLookup | undefined, now: number): MemoryRecord | null | undefined {
  if (lookup?.kind !== 'HIT') return undefined;
  const record = JSON.parse(lookup.text) as MemoryRecord;
  return record.expiresAt !== null && record.expiresAt <= now ? null : record;
}
