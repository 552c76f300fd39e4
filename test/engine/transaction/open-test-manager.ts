import { type EngineConfigInput, MemoryManager } from '../../../src/engine/index.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

/** A manager on a file of its own, closed when the test is over. */
export async function openTestManager(config: EngineConfigInput = {}): Promise<MemoryManager> {
  return new MemoryManager(await openTestEngine(config));
}
