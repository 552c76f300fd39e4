import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type MemoryManager, MemoryManagerFactory } from '../../src/engine/index.ts';
import { describeHistories } from './describe-histories.ts';
import { LibraryDriver } from './library-driver.ts';

let folder: string;
let manager: MemoryManager;
let driver: LibraryDriver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
  manager = await MemoryManagerFactory.getManager({
    memory: { sqlite_path: join(folder, 'test.db') },
  });
  driver = new LibraryDriver(manager);
});
afterAll(async () => {
  await manager.cleanup();
  await rm(folder, { recursive: true, force: true });
});

describeHistories(() => driver);
