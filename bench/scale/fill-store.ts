import { statSync } from 'node:fs';
import { Workload, type WorkloadItem } from '../workload.ts';
import type { Filled, ScaleTask } from './scale-task.ts';

type Engine = typeof import('../../src/engine/index.ts');

/**
 * Memories of one `storeMany`: one unit, one commit. Measured at 20,000: as fast as 2,000 at a time, a fifth faster than an import, which makes a
 * unit of each memory.
 */
const BATCH = 1_000;
/** One commits, one waits. */
const IN_FLIGHT = 2;
/** Memories that are asked about later, spread evenly. */
const SAMPLE = 500;

/** Stores the memories of the workload in big batches, and closes the store. */
export async function fillStore({ engineUrl, path, memories, seed }: ScaleTask): Promise<Filled> {
  const { MemoryManagerFactory } = (await import(engineUrl)) as Engine;
  const manager = await MemoryManagerFactory.getManager({ memory: { sqlite_path: path } });
  const workload = new Workload(seed);
  const every = Math.max(1, Math.floor(memories / SAMPLE));
  const sample: WorkloadItem[] = [];
  const store = async (count: number): Promise<void> => {
    const items = workload.take(count);
    const { stored } = await manager.storeMany(
      items.map(({ key, value, metadata }) => ({ key, value, metadata })),
    );
    if (stored !== count) throw new Error(`stored ${stored} of ${count}`);
    sample.push(...items.filter((_, index) => index % every === 0));
  };
  const startedAt = performance.now();
  const underWay = new Set<Promise<void>>();
  for (let begun = 0; begun < memories; begun += BATCH) {
    const batch = store(Math.min(BATCH, memories - begun)).finally(() => underWay.delete(batch));
    underWay.add(batch);
    if (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  await manager.namespace('default').indexed();
  const seconds = (performance.now() - startedAt) / 1000;
  await manager.cleanup();
  return { perSecond: memories / seconds, fileBytes: statSync(path).size, sample };
}
