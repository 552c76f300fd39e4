import type { Backend } from '../../src/engine/backends/backend.ts';
import { composeHybrid } from '../../src/engine/backends/hybrid/compose-hybrid.ts';
import type { ProtocolTrace } from '../../src/engine/backends/hybrid/protocol-step.ts';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import { openChroma } from '../../src/engine/participants/chroma/open-chroma.ts';
import type { MemoryCache } from '../../src/engine/participants/memory-cache.ts';
import type { ParticipantTerms } from '../../src/engine/participants/participant.ts';
import { openRedis } from '../../src/engine/participants/redis/open-redis.ts';
import type { VectorStore } from '../../src/engine/participants/vector-store.ts';

/**
 * Mistakes that the protocol must not make, each a change of one part: fences of dead transactions stay, records of dead transactions
 * stay, a vector is overwritten in place before the decision.
 */
export const MUTANTS = {
  NO_ORPHAN_ABORT: {
    cache: (cache) => withCalls(cache, { staged: async () => [] }),
    vectors: same,
  },
  NO_SWEEP: {
    cache: same,
    vectors: (vectors) => withCalls(vectors, { collections: async () => [] }),
  },
  IN_PLACE: { cache: same, vectors: inPlace },
} as const satisfies Record<string, Mutation>;
export type MutantName = keyof typeof MUTANTS;

interface Mutation {
  readonly cache: (cache: MemoryCache) => MemoryCache;
  readonly vectors: (vectors: VectorStore) => VectorStore;
}

/** The hybrid backend as it ships, on the servers named by the options, with at most one mistake in it. */
export async function openMatrixBackend(
  options: EngineOptions,
  embedder: EmbedderSetup | null,
  mutant: MutantName | null,
  trace: ProtocolTrace,
): Promise<Backend> {
  if (options.redisUrl === null || options.chromaUrl === null)
    throw new Error('the matrix needs both participants');
  const store = await openSqlite(options, embedder, null, ['redis', 'chroma']);
  const terms: ParticipantTerms = {
    storeId: store.info.storeId,
    retryBackoff: options.retryBackoff,
    retryAttempts: options.retryAttempts,
    healthCheckIntervalMs: options.healthCheckIntervalMs,
    connectTimeoutMs: 2_000,
  };
  const { cache, bus } = await openRedis(options.redisUrl, terms);
  const vectors = await openChroma({ url: options.chromaUrl }, terms);
  const mutation: Mutation | null = mutant === null ? null : MUTANTS[mutant];
  return await composeHybrid(
    options,
    {
      store,
      cache: mutation === null ? cache : mutation.cache(cache),
      bus,
      vectors: mutation === null ? vectors : mutation.vectors(vectors),
    },
    embedder,
    trace,
  );
}

function same<T>(part: T): T {
  return part;
}

/** Whoever keeps one record for each memory has nothing to go back to. */
function inPlace(vectors: VectorStore): VectorStore {
  return withCalls(vectors, {
    put: async (collection, records, deadline) => {
      const owners = new Set(records.map(({ id }) => memoryOf(id)));
      for await (const page of vectors.ids(collection)) {
        const old = page.filter((id) => owners.has(memoryOf(id)));
        if (old.length > 0) await vectors.remove(collection, old, deadline);
      }
      await vectors.put(collection, records, deadline);
    },
  });
}

function memoryOf(record: string): string {
  return record.slice(0, record.indexOf(':'));
}

/** The same part with some calls replaced; private members need their own `this`. */
function withCalls<T extends object>(part: T, calls: Partial<T>): T {
  return new Proxy(part, {
    get: (target, name) => {
      const replaced = Reflect.get(calls, name) as unknown;
      if (replaced !== undefined) return replaced;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
