import { resolve } from 'node:path';
import type { EmbedderSetup } from '../../embedding/embedder-setup.ts';
import type { EngineTracer } from '../../engine-tracer.ts';
import { MemoryConnectionError, ValidationError } from '../../errors.ts';
import type { EngineOptions } from '../../options.ts';
import type { Participant } from '../../participants/participant.ts';
import type { OpenedRedis } from '../../participants/redis/open-redis.ts';
import type { ThreadOptions } from '../../pool/protocol.ts';
import { ReaderPool } from '../../pool/reader-pool.ts';
import type { Backend, BackendInfo } from '../backend.ts';
import type { StoreIdentity } from '../follow-reads.ts';
import { SlowLog } from '../slow-log.ts';
import { initialReaders } from '../thread-figures.ts';
import { Follower } from './follower.ts';
import { ReplicaBackend } from './replica-backend.ts';

/*
 * A look costs about 0.1 ms of a reader. Without a bus it is what wakes the streams: 50 ms is below what people notice, at 0.2 %
 * of a core. With the bus it only makes up for lost messages.
 */
const LOOK_EVERY_MS = 50;
const LOOK_EVERY_WITH_BUS_MS = 250;
/** A server that is away must not hold the start up for longer. */
const LONGEST_CONNECT_MS = 2_000;

export interface ReplicaPace {
  readonly aloneMs: number;
  readonly withBusMs: number;
}

const PACE: ReplicaPace = { aloneMs: LOOK_EVERY_MS, withBusMs: LOOK_EVERY_WITH_BUS_MS };

/**
 * Opens the file that another process owns, or owned, for reading only. With `hybrid` and Redis it listens to the bus; it reads neither
 * the cache there, whose fences guard the owner's reads, nor Chroma. Errors: ValidationError for a missing file, another schema
 * version or another embedder than the owner's, MemoryConnectionError while the file is being changed.
 */
export async function openReplica(
  options: EngineOptions,
  embedder: EmbedderSetup | null,
  tracer: EngineTracer | null = null,
  pace: ReplicaPace = PACE,
): Promise<Backend> {
  if (options.backend === 'sqlite_sync')
    throw new ValidationError(
      [{ path: ['memory', 'replica'], message: 'the backend sqlite_sync has no replicas' }],
      { remedy: 'Set memory.backend to sqlite or hybrid, as its owner does.' },
    );
  const slow = new SlowLog();
  const path = resolve(options.path);
  let epoch: string | null = null;
  const readers = new ReaderPool(initialReaders(options.maxConnections), {
    /** A reader that starts later, for one that died or to grow the pool, serves the same file or none. */
    get thread(): ThreadOptions {
      return {
        path,
        role: 'reader',
        synchronous: options.synchronous,
        mmapSize: options.mmapSize,
        slowQueryMs: options.slowQueryMs,
        embedder,
        replica: { epoch },
      };
    },
    retryBackoff: options.retryBackoff,
    retryAttempts: options.retryAttempts,
    connectionTimeoutMs: options.connectionTimeoutMs,
    events: { onSlow: (statement) => slow.add(statement) },
    tracer,
  });
  const opened: { close(): Promise<void> }[] = [readers];
  const deadline = (): number => Date.now() + options.operationTimeoutMs;
  try {
    await readers.ready();
    const identity = await readers.read('storeIdentity', null, deadline());
    epoch = identity.epoch;
    refuseOtherEmbedder(identity, embedder);
    const redis = await openBus(options, identity.storeId);
    if (redis !== null) opened.push(redis.cache);
    const bus: Participant | null = redis?.cache ?? null;
    const follower = new Follower(
      {
        touchedSince: (args) => readers.read('touchedSince', args, deadline()),
        bus: redis?.bus ?? null,
        intervalMs: () => (bus?.available === true ? pace.withBusMs : pace.aloneMs),
      },
      { seq: identity.headSeq, file: identity.file },
    );
    const backend = new ReplicaBackend(toInfo(identity, path, options), options, {
      ...{ readers, slow, follower, bus },
      moved: () => (follower.moved ? fileGone(path) : null),
      isOwned: () => readers.read('isOwned', null, deadline()),
    });
    await backend.lookForOwner();
    return backend;
  } catch (error) {
    await Promise.allSettled(opened.reverse().map((part) => part.close()));
    throw error;
  }
}

function toInfo(
  identity: StoreIdentity,
  path: string,
  { synchronous }: EngineOptions,
): BackendInfo {
  const { csn: _csn, headSeq: _headSeq, file: _file, ...info } = identity;
  return { ...info, backend: 'sqlite', role: 'REPLICA', path, synchronous };
}

/** Queries have to become vectors of the model that the memories have theirs of. */
function refuseOtherEmbedder(
  { embedders, embedderId }: StoreIdentity,
  embedder: EmbedderSetup | null,
): void {
  const ofFile = embedders.find(({ id }) => id === embedderId)?.model ?? null;
  const own = embedder?.model ?? null;
  if (ofFile === own) return;
  throw new ValidationError(
    [
      {
        path: ['memory', 'embedder'],
        message: `the owner makes vectors with ${ofFile ?? 'no embedder'}, this replica is configured with ${own ?? 'none'}`,
      },
    ],
    { remedy: 'Give the replica the embedder of the owner.' },
  );
}

async function openBus(options: EngineOptions, storeId: string): Promise<OpenedRedis | null> {
  const { backend, redisUrl, retryBackoff, retryAttempts, healthCheckIntervalMs } = options;
  if (backend !== 'hybrid' || redisUrl === null) return null;
  // Brings the client of Redis, which nobody else needs.
  const { openRedis } = await import('../../participants/redis/open-redis.ts');
  const connectTimeoutMs = Math.min(options.connectionTimeoutMs, LONGEST_CONNECT_MS);
  const terms = { storeId, retryBackoff, retryAttempts, healthCheckIntervalMs, connectTimeoutMs };
  return await openRedis(redisUrl, terms);
}

function fileGone(path: string): MemoryConnectionError {
  return new MemoryConnectionError(
    `the database ${path} was moved, deleted or replaced while this replica had it open`,
    {
      data: { reason: 'moved' },
      remedy: 'Put the file back in its place, or start the replica anew.',
    },
  );
}
