import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { MemoryManagerFactory } from '../../src/engine/index.ts';
import { startServer } from '../../src/server/start-server.ts';
import { usesFastLane } from './lane.ts';
import { PATIENT_MEMORY } from './patient-memory.ts';

export interface ListeningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server for all tests of one file, with the defaults of the configuration; the file stops it in afterAll. */
export async function listen(): Promise<ListeningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
  const config = loadConfig({ environment: {}, directory: folder }).server;
  const manager = await MemoryManagerFactory.getManager({
    memory: { ...PATIENT_MEMORY, sqlite_path: join(folder, 'test.db') },
  });
  const server = await startServer({ ...config, port: 0, logLevel: 'silent' }, manager, undefined, {
    fastLane: usesFastLane(),
  });
  return {
    url: server.url,
    stop: async () => {
      await server.close();
      await manager.cleanup();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
