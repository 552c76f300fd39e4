import type { CommitBus, MemoryCache } from '../memory-cache.ts';
import { inTime } from './in-time.ts';
import { KeySpace } from './key-space.ts';
import { parseRedisAddress } from './redis-address.ts';
import type { RedisTerms } from './redis-client.ts';
import { RedisCommitBus } from './redis-commit-bus.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisMemoryCache } from './redis-memory-cache.ts';

export interface OpenedRedis {
  /** Keeps and finds nothing before `useEpoch`. Closing it closes the bus too. */
  readonly cache: MemoryCache & {
    /** Memories that are read from the database because a write of theirs is under way. */
    readonly guarded: number;
  };
  readonly bus: CommitBus;
}

/**
 * Opens the cache and the bus of one store. Waits for the outcome of the first attempt to connect, at most the connect timeout; a server that is away is no error. Errors: ValidationError for an address that is none.
 */
export async function openRedis(url: string, terms: RedisTerms): Promise<OpenedRedis> {
  const address = parseRedisAddress(url);
  const keys = new KeySpace(terms.storeId);
  const connection = new RedisConnection(address, terms, keys.probe);
  const bus = new RedisCommitBus(connection, address, terms, keys.commits);
  // One that is not there in time may come later.
  await inTime(connection.settled, terms.connectTimeoutMs).catch(() => {});
  return { cache: new RedisMemoryCache(connection, bus, keys), bus };
}
