import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import { type EngineConfigInput, parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace } from './memory-space.ts';
import { makeTestFolder } from './open-test-engine.ts';
import { PATIENT_MEMORY } from './patient-memory.ts';

export type BackendKind = 'sqlite' | 'sqlite_sync';

/** A path in a new folder that goes when the test is over. */
export async function makeTestPath(): Promise<string> {
  return join(await makeTestFolder(), 'test.db');
}

/** The caller closes it; when the test is over it is closed anyway. */
export async function openTestBackend(
  kind: BackendKind,
  path: string,
  memory: EngineConfigInput['memory'] = {},
  embedder: EmbedderSetup | null = null,
): Promise<Backend> {
  const options = parseEngineConfig({
    memory: { ...PATIENT_MEMORY, ...memory, backend: kind, sqlite_path: path },
  });
  const backend = await openBackend(options, embedder);
  onTestFinished(() => backend.close());
  return backend;
}

/** A backend on a file of its own, and a namespace on it. */
export async function openTestSpace(
  kind: BackendKind,
  memory: EngineConfigInput['memory'] = {},
  embedder: EmbedderSetup | null = null,
): Promise<MemorySpace> {
  return new MemorySpace(
    await openTestBackend(kind, await makeTestPath(), memory, embedder),
    'main',
  );
}

/** One backend for all tests of a `describe`; each call gives a namespace that nobody else uses. */
export function shareTestBackend(
  kind: BackendKind,
  embedder: EmbedderSetup | null = null,
): () => MemorySpace {
  let shared: { readonly backend: Backend; readonly folder: string } | null = null;
  let namespaces = 0;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
    const memory = { ...PATIENT_MEMORY, backend: kind, sqlite_path: join(folder, 'test.db') };
    shared = { backend: await openBackend(parseEngineConfig({ memory }), embedder), folder };
  });
  afterAll(async () => {
    await shared?.backend.close();
    if (shared !== null) await rm(shared.folder, { recursive: true, force: true });
  });
  return () => {
    if (shared === null) throw new Error('the shared backend is open only inside of tests');
    namespaces += 1;
    return new MemorySpace(shared.backend, `space-${namespaces}`);
  };
}
