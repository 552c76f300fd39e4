import type { EmbedderSetup } from '../../embedding/embedder-setup.ts';
import type { EngineTracer } from '../../engine-tracer.ts';
import type { ParticipantName } from '../../model/participation.ts';
import type { EngineOptions } from '../../options.ts';
import { openChroma } from '../../participants/chroma/open-chroma.ts';
import type { ParticipantTerms } from '../../participants/participant.ts';
import { openRedis } from '../../participants/redis/open-redis.ts';
import type { Backend } from '../backend.ts';
import { openSqlite } from '../open-sqlite.ts';
import { composeHybrid } from './compose-hybrid.ts';
import { NO_TRACE, type ProtocolTrace } from './protocol-step.ts';

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
  const store = await openSqlite(options, embedder, tracer, participants);
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
    return await composeHybrid(
      options,
      { store, cache: redis?.cache ?? null, bus: redis?.bus ?? null, vectors },
      embedder,
      trace,
    );
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
