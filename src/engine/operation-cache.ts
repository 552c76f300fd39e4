import { LRUCache } from 'lru-cache';
import type { Commit } from './backends/backend.ts';
import type { CacheStatistics } from './figures.ts';
import type { Target } from './model/memory-record.ts';

/** Namespaces whose generation is remembered; beyond, all are forgotten at once, which only costs misses. */
const MAX_TRACKED_NAMESPACES = 10_000;
/** Upper bound of all cached answers together, because one page of large memories may hold 100 MB. */
const MAX_CACHE_BYTES = 67_108_864;

/** What an entry answers: one memory, or a query named by a hash of its whole request. */
export type CacheEntryKey = Target | { readonly query: string };

/** State of a namespace before a read started; proves on `fill` that no write came in between. */
export interface CacheToken {
  readonly namespace: string;
  readonly generation: number;
}

export interface OperationCacheOptions {
  /** Entries; 0 switches the cache off. */
  readonly maxSize: number;
  /** Milliseconds an entry lives even when nothing invalidates it. */
  readonly ttlMs: number;
  /** Milliseconds of a clock that never goes back and is above 0 (`performance.now`). */
  readonly now: () => number;
}

interface CacheEntry<V> {
  readonly value: V;
  /** Query entries are valid only while the namespace is at this generation. */
  readonly generation: number;
  readonly isQuery: boolean;
}

/**
 * Answers of reads kept in process; wrap "nothing found" in an object to keep it as well. A read that starts after an acknowledged write never misses that write, because
 * - every write is told by `invalidate` before it is acknowledged, and moves the generation of its namespace;
 * - `fill` refuses an answer whose token is older than that generation, so a read that raced with a write leaves nothing;
 * - `invalidate` drops the touched memories, and a query entry answers only at the generation it was filled at.
 */
export class OperationCache<V extends object = object> {
  readonly #ttlMs: number;
  readonly #now: () => number;
  #maxSize: number;
  #entries: LRUCache<string, CacheEntry<V>> | null;
  /** Source of all generations: it only grows, so a generation never comes back. */
  #counter = 0;
  /** Generation of every namespace that is not in `#generations`. */
  #floor = 0;
  readonly #generations = new Map<string, number>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #invalidations = 0;

  constructor(options: OperationCacheOptions) {
    this.#ttlMs = options.ttlMs;
    this.#now = options.now;
    this.#maxSize = options.maxSize;
    this.#entries = this.#create(options.maxSize);
  }

  /** Entries; 0 = switched off. */
  get maxSize(): number {
    return this.#maxSize;
  }

  /** Call before the backend read starts; hand the token to `fill` with what it answered. */
  begin(namespace: string): CacheToken {
    return { namespace, generation: this.#generation(namespace) };
  }

  /**
   * Keeps an answer, unless a write in its namespace was told since `begin`; then it returns false.
   * `bytes` is the rough size of the value; one above a quarter of the cache's memory is not kept.
   */
  fill(token: CacheToken, key: CacheEntryKey, value: V, bytes = 0): boolean {
    if (this.#entries === null || token.generation !== this.#generation(token.namespace)) {
      return false;
    }
    const size = Math.max(1, Math.ceil(bytes));
    if (size > MAX_CACHE_BYTES / 4) return false;
    const isQuery = 'query' in key;
    this.#entries.set(
      entryName(token.namespace, key),
      { value, generation: token.generation, isQuery },
      { size },
    );
    return true;
  }

  /**
   * The kept answer, or undefined. `now` is Unix ms; `isFresh` says whether the value may still be served then:
   * a memory past its `expiresAt` must not be.
   */
  get(
    namespace: string,
    key: CacheEntryKey,
    now: number,
    isFresh: (value: V, now: number) => boolean,
  ): V | undefined {
    if (this.#entries === null) return undefined;
    const name = entryName(namespace, key);
    const entry = this.#entries.get(name);
    if (entry !== undefined) {
      const current = !entry.isQuery || entry.generation === this.#generation(namespace);
      if (current && isFresh(entry.value, now)) {
        this.#hits += 1;
        return entry.value;
      }
      this.#entries.delete(name);
      this.#invalidations += 1;
    }
    this.#misses += 1;
    return undefined;
  }

  /** Must run for every commit before any of its writes is acknowledged. */
  invalidate(commit: Omit<Commit, 'cacheEpoch'>): void {
    if (commit.incomplete === true) this.clear();
    let moved: string | undefined;
    for (const { namespace, memoryId, key } of commit.touched) {
      if (namespace !== moved) {
        this.#move(namespace);
        moved = namespace;
      }
      this.#drop(entryName(namespace, { key }));
      this.#drop(entryName(namespace, { id: memoryId }));
    }
  }

  /** Forgets everything and refuses every read under way: for a store that was replaced, such as by a restore. */
  clear(): void {
    this.#invalidations += this.#entries?.size ?? 0;
    this.#entries?.clear();
    this.#forgetGenerations();
  }

  /** Changes the number of entries; the most recently used ones stay. 0 switches the cache off. */
  resize(maxSize: number): void {
    const kept = this.#entries;
    this.#maxSize = maxSize;
    this.#entries = this.#create(maxSize);
    if (kept === null || this.#entries === null) return;
    for (const name of kept.rkeys()) {
      const { value, size = 1, ttl = 0 } = kept.info(name) ?? {};
      // A TTL of 0 would mean "for ever" to the package.
      if (value !== undefined && ttl > 0) this.#entries.set(name, value, { size, ttl });
    }
  }

  /** Drops entries older than the TTL and query entries that no read can use any more; returns how many. */
  purgeStale(): number {
    if (this.#entries === null) return 0;
    const before = this.#entries.size;
    this.#entries.purgeStale();
    for (const [name, entry] of this.#entries.entries()) {
      const namespace = name.slice(0, name.indexOf('\0'));
      if (entry.isQuery && entry.generation !== this.#generation(namespace)) this.#drop(name);
    }
    return before - this.#entries.size;
  }

  /** Hits and misses count lookups while the cache is on; evictions are drops for room or age. */
  statistics(): CacheStatistics {
    const lookups = this.#hits + this.#misses;
    return {
      name: 'operations',
      size: this.#entries?.size ?? 0,
      maxSize: this.#maxSize,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      invalidations: this.#invalidations,
      hitRate: lookups === 0 ? 0 : (this.#hits / lookups) * 100,
    };
  }

  #generation(namespace: string): number {
    return this.#generations.get(namespace) ?? this.#floor;
  }

  #move(namespace: string): void {
    if (this.#generations.size >= MAX_TRACKED_NAMESPACES) this.#forgetGenerations();
    this.#counter += 1;
    this.#generations.set(namespace, this.#counter);
  }

  /** The new floor is above every generation given out, so all tokens and query entries become void. */
  #forgetGenerations(): void {
    this.#counter += 1;
    this.#floor = this.#counter;
    this.#generations.clear();
  }

  #drop(name: string): void {
    if (this.#entries?.delete(name) === true) this.#invalidations += 1;
  }

  #create(maxSize: number): LRUCache<string, CacheEntry<V>> | null {
    if (maxSize === 0) return null;
    return new LRUCache<string, CacheEntry<V>>({
      max: maxSize,
      maxSize: MAX_CACHE_BYTES,
      ttl: this.#ttlMs,
      // Without a timer of its own the clock is read on every lookup and tests can move it.
      ttlResolution: 0,
      perf: { now: this.#now },
      dispose: (_entry, _name, reason) => {
        if (reason === 'evict' || reason === 'expire') this.#evictions += 1;
      },
    });
  }
}

/** Names hold no NUL (validated), so the parts cannot run into each other. */
function entryName(namespace: string, key: CacheEntryKey): string {
  if ('query' in key) return `${namespace}\0q${key.query}`;
  return 'key' in key ? `${namespace}\0k${key.key}` : `${namespace}\0i${key.id}`;
}
