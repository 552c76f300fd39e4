import { join } from 'node:path';
import type { Contender, OpenContender } from './contender.ts';
import type { WorkloadItem } from './workload.ts';

type Engine = typeof import('../src/engine/index.ts');
type EngineConfig = NonNullable<Parameters<Engine['MemoryManagerFactory']['getManager']>[0]>;
type MemorySettings = NonNullable<EngineConfig['memory']>;

/** Items of one batch while filling; the largest the API takes. */
const FILL_BATCH = 1_000;

/** Our engine as a library user gets it, with the default configuration but for `settings`. */
export function engineContender(name: string, settings: MemorySettings): Contender {
  return {
    name,
    isBaseline: false,
    async open(directory, engineUrl): Promise<OpenContender> {
      const { MemoryManagerFactory } = (await import(engineUrl)) as Engine;
      const manager = await MemoryManagerFactory.getManager({
        memory: { ...settings, sqlite_path: join(directory, 'engine.db') },
      });
      return {
        store: ({ key, value, metadata }) => manager.store(key, value, metadata),
        async fill(items) {
          for (let start = 0; start < items.length; start += FILL_BATCH) {
            const batch = items.slice(start, start + FILL_BATCH).map(toInput);
            const { stored } = await manager.storeMany(batch);
            if (stored !== batch.length) throw new Error(`stored ${stored} of ${batch.length}`);
          }
        },
        recall: async (query) =>
          (await manager.recall(query, { semantic: false, limit: 10 })).length,
        close: () => manager.cleanup(),
      };
    },
  };
}

function toInput({ key, value, metadata }: WorkloadItem) {
  return { key, value, metadata };
}
