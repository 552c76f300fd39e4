import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ParticipantUnavailableError } from '../../errors.ts';
import type { MemoryName, StagedFence } from '../memory-cache.ts';
import { inParts } from './in-parts.ts';
import type { KeySpace } from './key-space.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';
import { readStagedRecords, writeStagedRecord } from './staged-records.ts';

/** Engine.md section 3. */
export const FENCE_MS = 30_000;
/** Transactions whose fences are known; of one beyond, a fence stays until its time is up. */
const MAX_PLACES = 100_000;

/** Where the fences of a transaction lie. */
interface FencePlace {
  readonly prefix: string;
  readonly recordKey: string;
}

/** Sets fences in Redis and takes them away, also those of earlier processes. Calls reject unless it surely happened. */
export class RedisFences {
  readonly #connection: RedisConnection;
  readonly #keys: KeySpace;
  /** Tells the staged records of this process from those of others. */
  readonly #processId = randomUUID();
  /** Of fences not yet surely taken away. A fence ends by itself, and so does what is known of it. */
  readonly #places = new LRUCache<string, FencePlace>({ max: MAX_PLACES, ttl: FENCE_MS });

  constructor(connection: RedisConnection, keys: KeySpace) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** `prefix`: see KeySpace; null = there is none now. */
  async set(prefix: string | null, txid: string, names: readonly MemoryName[]): Promise<void> {
    if (prefix === null) throw this.#noPrefix();
    const recordKey = this.#keys.staged(this.#processId, txid);
    this.#places.set(txid, { prefix, recordKey });
    const record = writeStagedRecord(prefix, names);
    await this.#run(names, (client, part, index) => {
      const keys = [recordKey, ...this.#keys.triples(prefix, part)];
      const staged = index === 0 ? record : '';
      return client.trinitasPrepare(keys.length, ...keys, txid, FENCE_MS, staged);
    });
  }

  /** Takes them away where they were set; under `prefix` when that is not known. */
  async takeAway(
    script: 'trinitasPromote' | 'trinitasAbort',
    prefix: string | null,
    txid: string,
    names: readonly MemoryName[],
  ): Promise<void> {
    if (names.length === 0) return;
    const place = this.#places.get(txid) ?? {
      prefix,
      recordKey: this.#keys.staged(this.#processId, txid),
    };
    const where = place.prefix;
    if (where === null) throw this.#noPrefix();
    await this.#run(names, (client, part) => {
      const keys = [place.recordKey, ...this.#keys.triples(where, part)];
      return client[script](keys.length, ...keys, txid);
    });
    this.#places.delete(txid);
  }

  /** Transactions that earlier processes prepared, under whatever prefix. */
  async staged(): Promise<readonly StagedFence[]> {
    const records = await readStagedRecords(this.#connection, this.#keys, this.#processId);
    for (const { txid, prefix, recordKey } of records)
      this.#places.set(txid, { prefix, recordKey });
    return records.map(({ txid, names }) => ({ txid, names }));
  }

  async #run(
    names: readonly MemoryName[],
    run: (client: RedisClient, part: readonly MemoryName[], index: number) => Promise<1>,
  ): Promise<void> {
    await inParts(names, (part, index) =>
      this.#connection.call((client) => run(client, part, index)),
    );
  }

  #noPrefix(): ParticipantUnavailableError {
    const { available } = this.#connection;
    return this.#connection.unavailable(available ? 'no cache epoch was set yet' : undefined);
  }
}
