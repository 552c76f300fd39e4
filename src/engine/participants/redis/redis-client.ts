import { Redis } from 'ioredis';
import type { ParticipantTerms } from '../participant.ts';
import type { RedisAddress } from './redis-address.ts';
import { SCRIPTS, type ScriptCommands } from './scripts.ts';

/** Ms that a command may take; a cache that is slower than this is slower than the database. */
const COMMAND_TIMEOUT_MS = 250;
/** Beyond it only the greetings of a new connection may wait, up to the connect timeout. */
const GREETING_FACTOR = 2;
/** Ms before the first reconnect. */
const FIRST_RETRY_MS = 100;
/** Ms that a server may take to end a connection that is given up. */
const DISCONNECT_TIMEOUT_MS = 500;

export interface RedisTerms extends ParticipantTerms {
  /** Ms that one command may take; 250 unless told. */
  readonly commandTimeoutMs?: number | undefined;
}

export type RedisClient = Redis & ScriptCommands;

export function commandTimeoutOf({ commandTimeoutMs = COMMAND_TIMEOUT_MS }: RedisTerms): number {
  return commandTimeoutMs;
}

/**
 * A client that fails fast: no command waits for a connection, none is sent twice. It connects by itself, at once and again for ever,
 * each wait longer up to the health check interval. The caller listens to `error` and bounds its commands by `inTime`.
 */
export function createRedisClient(address: RedisAddress, terms: RedisTerms): RedisClient {
  const client = new Redis({
    host: address.host,
    port: address.port,
    db: address.database,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // What is under way when the connection ends fails at once.
    maxRetriesPerRequest: 0,
    commandTimeout: Math.max(terms.connectTimeoutMs, GREETING_FACTOR * commandTimeoutOf(terms)),
    connectTimeout: terms.connectTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) =>
      Math.min(FIRST_RETRY_MS * terms.retryBackoff ** (attempt - 1), terms.healthCheckIntervalMs),
    // A server that became a replica: its successor is behind the same address.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    scripts: SCRIPTS,
    // Lookups ask for many memories at once. Measured (2 cores, in turns with it): ioredis' auto-pipelining gives a single caller half the
    // rate and 64 callers 0.9 of it; only at 256 it gains.
    enableAutoPipelining: false,
  });
  // The scripts of the options appear as methods, which the type of the client cannot know.
  return client as RedisClient;
}

/** Ends the connection, whatever the server does, and resolves when it has ended: at the latest after the disconnect timeout. */
export async function endClient(client: RedisClient): Promise<void> {
  // Between two attempts there is no connection, and ioredis will not say that it ends.
  const isOver = client.status === 'end' || client.status === 'reconnecting';
  const ended = isOver
    ? Promise.resolve()
    : new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.disconnect();
  await ended;
}
