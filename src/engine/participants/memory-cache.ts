import type { Participant } from './participant.ts';

/** One memory by its name. */
export interface MemoryName {
  readonly namespace: string;
  /** NFC, validated: no NUL. */
  readonly key: string;
}

/** `BUSY`: a write of this memory is under way or somebody else fills it: read the database and keep nothing. */
export type CacheLookup =
  | { readonly kind: 'HIT'; readonly csn: number; readonly text: string }
  | { readonly kind: 'MISS'; readonly lease: string }
  | { readonly kind: 'BUSY' };

/** A staged transaction that an earlier process left behind. */
export interface StagedFence {
  readonly txid: string;
  readonly names: readonly MemoryName[];
}

/**
 * The fenced, leased, invalidate-only cache of engine.md section 3. Values enter only by `fill`, under a lease that any `prepare`
 * of the same memory takes away; so whoever reads after an acknowledged write never gets an older value.
 */
export interface MemoryCache extends Participant {
  readonly name: 'redis';
  /** Ms that a fence stands; a commit must land within half of it. */
  readonly fenceMs: number;
  /**
   * Prefix of all keys from now on: what was kept under another one is out of reach for ever. Nothing is kept before the first call;
   * a number that is not above the last one changes nothing. After a commit whose `prepare` was rejected this is called before the
   * commit is acknowledged.
   */
  useEpoch(cacheEpoch: number): void;

  /**
   * Drops the memories from the cache and fences them. Rejects when it did not surely happen; a write that goes on nevertheless must
   * move the cache epoch in its commit. From the call on, rejected or not, this process looks none of the memories up, until
   * `promote` or `abort` is called: one of them must follow every call.
   */
  prepare(txid: string, names: readonly MemoryName[]): Promise<void>;
  /**
   * After the commit: drops the values once more and takes the fence away. Idempotent, in any order. Rejects when that did not surely
   * happen; nobody reads an old value then either, it only costs misses until it is called again or the fence ends.
   */
  promote(txid: string, names: readonly MemoryName[]): Promise<void>;
  /** The write did not happen: takes the fence away. Idempotent. */
  abort(txid: string, names: readonly MemoryName[]): Promise<void>;
  /** Fences of transactions that were prepared by processes before this one, all epochs of this store. */
  staged(): Promise<readonly StagedFence[]>;

  /** In the order of the keys. Never rejects: what cannot be asked is BUSY. */
  lookUp(namespace: string, keys: readonly string[]): Promise<readonly CacheLookup[]>;
  /** Keeps what the database said, if the lease still holds. Never rejects; false = not kept. */
  fill(
    name: MemoryName,
    lease: string,
    value: { readonly csn: number; readonly text: string; readonly ttlMs: number },
  ): Promise<boolean>;

  /** An answer under a name that says everything it depends on, a generation included. Never rejects; null = not kept. */
  getAnswer(name: string): Promise<string | null>;
  putAnswer(name: string, text: string, ttlMs: number): Promise<void>;

  /** Deletes everything of this store in steps; returns how many keys. Calls `onProgress` with the number so far. */
  clear(signal: AbortSignal, onProgress: (deleted: number) => void): Promise<number>;
  /** Version of the server, for doctor. */
  version(): Promise<string>;
  /** Keys of this store now, counted in steps; for doctor. */
  countKeys(): Promise<number>;
  cacheStatistics(): {
    readonly hits: number;
    readonly misses: number;
    /** Lookups that met a fence, a lease or a server that is away. */
    readonly bypassed: number;
    readonly fills: number;
  };
}

/** Tells other processes that something was committed; a wake-up, never the data itself. */
export interface CommitBus {
  /** Never rejects; a message may be lost while the server is away. */
  publish(message: { readonly csn: number; readonly headSeq: number }): void;
  /** Also called with the newest known position after a reconnect, since messages may have been lost. */
  subscribe(
    listener: (message: { readonly csn: number; readonly headSeq: number } | null) => void,
  ): () => void;
}
