import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import {
  type Engine,
  type EngineConfigInput,
  type MemoryOperations,
  openEngine,
  parseEngineConfig,
} from '../../src/engine/index.ts';
import { PATIENT_MEMORY } from './patient-memory.ts';

/** A new folder that goes when the test is over. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An engine on a file of its own, closed when the test is over. */
export async function openTestEngine(config: EngineConfigInput = {}): Promise<Engine> {
  const path = config.memory?.sqlite_path ?? join(await makeTestFolder(), 'test.db');
  const engine = await openEngine(
    parseEngineConfig({
      ...config,
      memory: { ...PATIENT_MEMORY, ...config.memory, sqlite_path: path },
    }),
  );
  onTestFinished(() => engine.close());
  return engine;
}

/**
 * One engine for all tests of a file or `describe`, since opening one starts threads; each test takes a namespace of
 * its own. Returns how to get at it from inside of a test.
 */
export function shareTestEngine(config: EngineConfigInput = {}): {
  readonly engine: () => Engine;
  /** A namespace that no other test uses. */
  readonly memories: () => MemoryOperations;
} {
  let shared: { readonly engine: Engine; readonly folder: string } | null = null;
  let namespaces = 0;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
    const memory = { ...PATIENT_MEMORY, ...config.memory, sqlite_path: join(folder, 'test.db') };
    shared = { engine: await openEngine(parseEngineConfig({ ...config, memory })), folder };
  });
  afterAll(async () => {
    await shared?.engine.close();
    if (shared !== null) await rm(shared.folder, { recursive: true, force: true });
  });
  const engine = (): Engine => {
    if (shared === null) throw new Error('the shared engine is open only inside of tests');
    return shared.engine;
  };
  return {
    engine,
    memories: () => {
      namespaces += 1;
      return engine().namespace(`test-${namespaces}`);
    },
  };
}
