import { join } from 'node:path';
import type { Contender, OpenContender } from './contender.ts';
import { loadInternals } from './engine-internals.ts';
import type { WorkloadItem } from './workload.ts';

type Engine = typeof import('../src/engine/index.ts');
type EngineConfig = NonNullable<Parameters<Engine['MemoryManagerFactory']['getManager']>[0]>;
type MemorySettings = NonNullable<EngineConfig['memory']>;
type RecallMode = 'TEXT' | 'HYBRID';

/** Items of one batch while filling; the largest the API takes. */
const FILL_BATCH = 1_000;
/** Hits of one recall. */
const LIMIT = 10;

/** Our engine as a library user gets it, with the default configuration but for `settings`; it recalls by `mode`. */
export function engineContender(
  name: string,
  settings: MemorySettings,
  mode: RecallMode = 'TEXT',
): Contender {
  return {
    name,
    isBaseline: false,
    async open(directory, engineUrl): Promise<OpenContender> {
      const { MemoryManagerFactory } = (await import(engineUrl)) as Engine;
      const manager = await MemoryManagerFactory.getManager({
        memory: { ...settings, sqlite_path: join(directory, fileNameOf(name)) },
      });
      const memories = manager.namespace('default');
      return {
        store: ({ key, value, metadata }) => manager.store(key, value, metadata),
        async fill(items) {
          for (let start = 0; start < items.length; start += FILL_BATCH) {
            const batch = items.slice(start, start + FILL_BATCH).map(toInput);
            const { stored } = await manager.storeMany(batch);
            if (stored !== batch.length) throw new Error(`stored ${stored} of ${batch.length}`);
          }
          await memories.indexed();
        },
        async recall(query) {
          const { hits, servedMode } = await memories.recall({ query, mode, limit: LIMIT });
          if (servedMode !== mode) throw new Error(`${mode} was served by ${servedMode}: ${query}`);
          return hits.length;
        },
        embedQuery: mode === 'TEXT' ? null : await openQueryEmbedder(engineUrl),
        count: async () => (await manager.getStatus()).totalMemories,
        close: () => manager.cleanup(),
      };
    },
  };
}

/** Contenders of a category may lie side by side in one directory. */
function fileNameOf(name: string): string {
  return `${name.replace(/\W+/g, '-')}.db`;
}

async function openQueryEmbedder(engineUrl: string): Promise<(query: string) => unknown> {
  const { loadStaticTable, StaticEmbedder } = await loadInternals(engineUrl);
  const embedder = new StaticEmbedder(loadStaticTable());
  return (query) => embedder.embedText(query);
}

function toInput({ key, value, metadata }: WorkloadItem) {
  return { key, value, metadata };
}
