import type { CacheEntryKey, OperationCache } from './operation-cache.ts';

/** One kept answer: data only, never a Memory, whose parsed value a caller could change for the next one. */
export interface CachedAnswer {
  readonly answer: unknown;
  /** Unix ms from which the answer must not be served, because a memory in it expires; Infinity = never. */
  readonly freshUntil: number;
}

/** How to get an answer that is not kept, and what to know about it. */
export interface Answerable<T> {
  readonly load: () => Promise<T>;
  readonly freshUntil: (answer: T) => number;
  /** Rough size in bytes. */
  readonly bytes: (answer: T) => number;
}

/**
 * Reads through the operation cache. The token is taken before the backend read starts, so an answer that raced with a
 * write is returned to its caller (who started before the write was acknowledged) but not kept.
 */
export class ReadCache {
  readonly #cache: OperationCache<CachedAnswer>;

  constructor(cache: OperationCache<CachedAnswer>) {
    this.#cache = cache;
  }

  /** False while the cache is switched off: a read then needs no name. */
  get keeps(): boolean {
    return this.#cache.maxSize > 0;
  }

  /** `key` must name the kind of answer and everything that it depends on, because it stands for the type of `T`. */
  async read<T>(
    namespace: string,
    key: CacheEntryKey,
    now: number,
    answerable: Answerable<T>,
  ): Promise<{ readonly answer: T; readonly cached: boolean }> {
    const kept = this.peek<T>(namespace, key, now);
    if (kept !== undefined) return { answer: kept.answer, cached: true };
    const token = this.#cache.begin(namespace);
    const answer = await answerable.load();
    const entry = { answer, freshUntil: answerable.freshUntil(answer) };
    this.#cache.fill(token, key, entry, answerable.bytes(answer));
    return { answer, cached: false };
  }

  peek<T>(namespace: string, key: CacheEntryKey, now: number): { readonly answer: T } | undefined {
    const kept = this.#cache.get(namespace, key, now, (entry, at) => at < entry.freshUntil);
    return kept === undefined ? undefined : { answer: kept.answer as T };
  }

  /** For batched reads, which look up several keys before and fill them after one backend call. */
  begin(namespace: string): ReturnType<OperationCache['begin']> {
    return this.#cache.begin(namespace);
  }

  fill(
    token: ReturnType<OperationCache['begin']>,
    key: CacheEntryKey,
    entry: CachedAnswer,
    bytes: number,
  ): void {
    this.#cache.fill(token, key, entry, bytes);
  }
}
