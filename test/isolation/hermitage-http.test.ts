import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type MemoryManager, MemoryManagerFactory } from '../../src/engine/index.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';
import { describeHistories } from './describe-histories.ts';
import { GraphqlDriver } from './graphql-driver.ts';

let folder: string;
let manager: MemoryManager;
let server: RunningServer;
let driver: GraphqlDriver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
  manager = await MemoryManagerFactory.getManager({
    memory: { sqlite_path: join(folder, 'test.db') },
  });
  driver = new GraphqlDriver(manager);
  const config = loadConfig({ environment: {}, directory: folder }).server;
  server = await startServer({ ...config, port: 0, logLevel: 'silent' }, driver);
  driver.connect(server.url);
});
afterAll(async () => {
  await server.close();
  await manager.cleanup();
  await rm(folder, { recursive: true, force: true });
});

describeHistories(() => driver);
