import { type EmbedderSetup, instantEmbedder } from '../../embedding/embedder-setup.ts';
import type { EngineTracer } from '../../engine-tracer.ts';
import type { EngineOptions } from '../../options.ts';
import { openChroma } from '../../participants/chroma/open-chroma.ts';
import type { ParticipantTerms } from '../../participants/participant.ts';
import { openRedis } from '../../participants/redis/open-redis.ts';
import type { ParticipantName } from '../../types.ts';
import type { Backend } from '../backend.ts';
import { SqliteBackend } from '../sqlite.ts';
import { CachedMemories } from './cached-memories.ts';
import { CommitProtocol } from './commit-protocol.ts';
import { HybridBackend } from './hybrid-backend.ts';
import { OutboxWorker } from './outbox-worker.ts';
import { NO_TRACE, type ProtocolTrace } from './protocol-step.ts';
import { recoverCache } from './recovery.ts';
import { UnitNames } from './unit-names.ts';
import { VectorStager } from './vector-stager.ts';

/** Where Redis and Chroma are is what makes a store hybrid; without both it is the plain one. */
export async function openHybrid(
  options: EngineOptions,
  embedder: EmbedderSetup | null,
  tracer: EngineTracer | null = null,
  trace: ProtocolTrace = NO_TRACE,
): Promise<Backend> {
  const chroma = chromaTarget(options);
  const { redisUrl } = options;
  const participants: readonly ParticipantName[] = [
    ...(redisUrl === null ? [] : (['redis'] as const)),
    ...(chroma === null ? [] : (['chroma'] as const)),
  ];
  const store = await SqliteBackend.open(options, embedder, tracer, participants);
  const opened: { close(): Promise<void> }[] = [store];
  try {
    const terms: ParticipantTerms = {
      storeId: store.info.storeId,
      retryBackoff: options.retryBackoff,
      retryAttempts: options.retryAttempts,
      healthCheckIntervalMs: options.healthCheckIntervalMs,
      connectTimeoutMs: Math.min(options.connectionTimeoutMs, LONGEST_CONNECT_MS),
    };
    const redis = redisUrl === null ? null : await openRedis(redisUrl, terms);
    if (redis !== null) opened.push(redis.cache);
    const vectors = chroma === null ? null : await openChroma(chroma, terms);
    if (vectors !== null) opened.push(vectors);
    const cache = redis?.cache ?? null;
    cache?.useEpoch(store.info.cacheEpoch);
    const model = embedder?.model ?? null;
    const instant = instantEmbedder(embedder);
    const names = new UnitNames(store);
    const outbox = new OutboxWorker(store, { cache, vectors, model }, trace);
    const protocol = new CommitProtocol({
      store,
      cache,
      vectors,
      stager:
        vectors === null || instant === null ? null : new VectorStager(store, vectors, instant),
      names,
      outbox,
      commitMode: options.commitMode,
      trace,
    });
    const { headSeq } = await store.read('summary', { namespace: '', now: Date.now() });
    const backend = new HybridBackend({
      store,
      cache,
      bus: redis?.bus ?? null,
      vectors,
      model,
      names,
      outbox,
      protocol,
      cachedMemories:
        cache === null ? null : new CachedMemories(store, cache, options.redisSections),
      headSeq,
      operationTimeoutMs: options.operationTimeoutMs,
      trace,
    });
    if (cache !== null) await recoverCache(cache, outbox, trace);
    backend.start();
    return backend;
  } catch (error) {
    await Promise.allSettled(opened.reverse().map((part) => part.close()));
    throw error;
  }
}

/** A server that is away must not hold the start up for longer. */
const LONGEST_CONNECT_MS = 2_000;

function chromaTarget({
  chromaUrl,
  chromaPath,
}: EngineOptions): { readonly url: string } | { readonly path: string } | null {
  if (chromaUrl !== null) return { url: chromaUrl };
  return chromaPath === null ? null : { path: chromaPath };
}
