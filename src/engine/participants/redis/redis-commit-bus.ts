import { z } from 'zod';
import type { CommitBus } from '../memory-cache.ts';
import { inTime } from './in-time.ts';
import type { RedisAddress } from './redis-address.ts';
import {
  commandTimeoutOf,
  createRedisClient,
  endClient,
  type RedisClient,
  type RedisTerms,
} from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';

const CommitSchema = z.object({ csn: z.number(), headSeq: z.number() });
type Commit = z.infer<typeof CommitSchema>;
type Listener = Parameters<CommitBus['subscribe']>[0];

/**
 * Commits over a channel of Redis. Publishes on the cache's connection; listens on one of its own, which begins with the first
 * listener. Whenever the subscription stands anew, listeners get null: what was said meanwhile is lost.
 */
export class RedisCommitBus implements CommitBus {
  readonly #connection: RedisConnection;
  readonly #address: RedisAddress;
  readonly #terms: RedisTerms;
  readonly #channel: string;
  readonly #listeners = new Set<Listener>();
  #client: RedisClient | null = null;
  #closed = false;

  constructor(
    connection: RedisConnection,
    address: RedisAddress,
    terms: RedisTerms,
    channel: string,
  ) {
    this.#connection = connection;
    this.#address = address;
    this.#terms = terms;
    this.#channel = channel;
  }

  publish(message: Commit): void {
    const text = JSON.stringify(message);
    void this.#connection.tryCall((client) => client.publish(this.#channel, text));
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#client === null && !this.#closed) this.#client = this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Finds out that the server hangs: the subscription itself would wait for ever. Never rejects. */
  async probe(): Promise<void> {
    const client = this.#client;
    if (client?.status !== 'ready') return;
    await inTime(client.ping(), commandTimeoutOf(this.#terms)).catch(() => client.stream.destroy());
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#client !== null) await endClient(this.#client);
  }

  #listen(): RedisClient {
    const client = createRedisClient(this.#address, this.#terms);
    // The cache's connection to the same server tells what is wrong.
    client.on('error', () => {});
    client.on('ready', () => {
      client
        .subscribe(this.#channel)
        .then(() => this.#tell(null))
        .catch(() => client.disconnect(true));
    });
    client.on('message', (_channel: string, text: string) => this.#tell(readCommit(text)));
    return client;
  }

  #tell(message: Commit | null): void {
    if (this.#closed) return;
    for (const listener of [...this.#listeners]) listener(message);
  }
}

/** Null for what is not of our making: something happened, and the listener looks what. */
function readCommit(text: string): Commit | null {
  try {
    return CommitSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
