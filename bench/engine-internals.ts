import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Parts of the engine that its door does not show, of the same compilation as the engine that is measured: TypeScript run in place
 * would be measured with the helpers of its loader.
 */
export async function loadInternals(engineUrl: string) {
  const extension = extname(fileURLToPath(engineUrl));
  const load = <T>(path: string): Promise<T> =>
    import(new URL(`${path}${extension}`, engineUrl).href);
  const [table, embedder, quantised, codes, hamming, block, sessions, reads, files, statements] =
    await Promise.all([
      load<typeof import('../src/engine/embedding/static/static-table.ts')>(
        './embedding/static/static-table',
      ),
      load<typeof import('../src/engine/embedding/static/static-embedder.ts')>(
        './embedding/static/static-embedder',
      ),
      load<typeof import('../src/engine/vectors/quantised-vector.ts')>(
        './vectors/quantised-vector',
      ),
      load<typeof import('../src/engine/vectors/sign-code.ts')>('./vectors/sign-code'),
      load<typeof import('../src/engine/vectors/hamming-distances.ts')>(
        './vectors/hamming-distances',
      ),
      load<typeof import('../src/engine/vectors/code-block.ts')>('./vectors/code-block'),
      load<typeof import('../src/engine/sqlite/write-session.ts')>('./sqlite/write-session'),
      load<typeof import('../src/engine/sqlite/read-session.ts')>('./sqlite/read-session'),
      load<typeof import('../src/engine/sqlite/database.ts')>('./sqlite/database'),
      load<typeof import('../src/engine/sqlite/statement-cache.ts')>('./sqlite/statement-cache'),
    ]);
  const [embedders, embeddings, index, metrics] = await Promise.all([
    load<typeof import('../src/engine/sqlite/embedders.ts')>('./sqlite/embedders'),
    load<typeof import('../src/engine/sqlite/embeddings.ts')>('./sqlite/embeddings'),
    load<typeof import('../src/engine/sqlite/code-index.ts')>('./sqlite/code-index'),
    load<typeof import('../src/engine/metrics/statement-metrics.ts')>(
      './metrics/statement-metrics',
    ),
  ]);
  return {
    ...table,
    ...embedder,
    ...quantised,
    ...codes,
    ...hamming,
    ...block,
    ...sessions,
    ...reads,
    ...files,
    ...statements,
    ...embedders,
    ...embeddings,
    ...index,
    ...metrics,
  };
}

export type Internals = Awaited<ReturnType<typeof loadInternals>>;
