import { type EmbedderSetup, instantEmbedder } from '../../embedding/embedder-setup.ts';
import type { EngineOptions } from '../../options.ts';
import type { CommitBus, MemoryCache } from '../../participants/memory-cache.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import type { Backend } from '../backend.ts';
import type { SqliteBackend } from '../sqlite.ts';
import { CachedMemories } from './cached-memories.ts';
import { CommitProtocol } from './commit-protocol.ts';
import { HybridBackend } from './hybrid-backend.ts';
import { OutboxWorker } from './outbox-worker.ts';
import type { ProtocolTrace } from './protocol-step.ts';
import { recoverCache } from './recovery.ts';
import { UnitNames } from './unit-names.ts';
import { VectorStager } from './vector-stager.ts';

/** What a hybrid store is made of, opened already; it closes them. */
export interface OpenedParts {
  readonly store: SqliteBackend;
  readonly cache: MemoryCache | null;
  readonly bus: CommitBus | null;
  readonly vectors: VectorStore | null;
}

/** Puts the parts together, brings what the last process left half done to its end, and begins the work beside. */
export async function composeHybrid(
  { redisSections, commitMode, prepareTimeoutMs, operationTimeoutMs }: EngineOptions,
  parts: OpenedParts,
  embedder: EmbedderSetup | null,
  trace: ProtocolTrace,
): Promise<Backend> {
  const { store, cache, vectors } = parts;
  cache?.useEpoch(store.info.cacheEpoch);
  const model = embedder?.model ?? null;
  const { embedders, embedderId } = store.info;
  const dimension = embedders.find(({ id }) => id === embedderId)?.dimension ?? null;
  // Unknown until the first vector; then whoever brings one tells it.
  if (vectors !== null && model !== null && dimension !== null) vectors.useModel(model, dimension);
  const instant = instantEmbedder(embedder);
  const stager =
    vectors === null || instant === null ? null : new VectorStager(store, vectors, instant);
  const names = new UnitNames(store);
  const outbox = new OutboxWorker(store, { cache, vectors, model }, trace);
  const { headSeq } = await store.read('summary', { namespace: '', now: Date.now() });
  const backend = new HybridBackend({
    ...parts,
    model,
    names,
    outbox,
    protocol: new CommitProtocol({
      store,
      cache,
      vectors,
      stager,
      names,
      outbox,
      commitMode,
      prepareTimeoutMs,
      trace,
    }),
    cachedMemories: cache === null ? null : new CachedMemories(store, cache, redisSections),
    headSeq,
    operationTimeoutMs,
    trace,
  });
  if (cache !== null) await recoverCache(cache, outbox, trace);
  backend.start(dimension !== null);
  return backend;
}
