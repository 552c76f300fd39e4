import { type EngineCompanions, openEngine } from './engine.ts';
import { MemoryManager } from './memory-manager.ts';
import { type EngineConfigInput, parseEngineConfig } from './options.ts';

/** v4's way to a manager. */
export const MemoryManagerFactory = Object.freeze({
  /**
   * Opens the store of a v4 configuration (`{ memory: { backend, sqlite_path, … } }`). Each call opens an engine of its
   * own; a file has one owner, so a second manager on an open file is refused until the first one is cleaned up.
   * ValidationError names every bad key. A companion is a tracer of your own.
   */
  async getManager(
    config: EngineConfigInput = {},
    companions: EngineCompanions = {},
  ): Promise<MemoryManager> {
    return new MemoryManager(await openEngine(parseEngineConfig(config), companions));
  },
});
