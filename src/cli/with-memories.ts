import type { Config } from '../config.ts';
import { type MemoryOperations, openEngine, toEngineOptions } from '../engine/index.ts';

/** Opens the engine, runs `use` on one namespace and closes the engine whatever happens. */
export async function withMemories<T>(
  { memory, history, performance }: Config,
  namespace: string,
  use: (memories: MemoryOperations) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(toEngineOptions({ memory, history, performance }));
  try {
    return await use(engine.namespace(namespace));
  } finally {
    await engine.close();
  }
}
