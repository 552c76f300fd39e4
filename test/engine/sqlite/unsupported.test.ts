import { expect, it, vi } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import { openDatabase } from '../../../src/engine/sqlite/database.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';

const pretended = vi.hoisted(() => ({ fileSystem: 0, floor: '3.51.3' }));
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  statfsSync: () => ({ type: pretended.fileSystem }),
}));
vi.mock('../../../src/engine/limits.ts', async (original) => {
  const limits = await original<typeof import('../../../src/engine/limits.ts')>();
  return {
    ...limits,
    get MIN_SQLITE_VERSION() {
      return pretended.floor;
    },
  };
});

function open(path: string): void {
  openDatabase({ path, role: 'writer', synchronous: 'FULL', mmapSize: 0, embedder: null }).close();
}

it.each([
  ['nfs', 0x6969],
  ['cifs', 0xff534d42],
  ['smb2', 0xfe534d42],
  ['fuse', 0x65735546],
  ['9p', 0x01021997],
])('pitfall 3: a folder on %s is refused', async (name, type) => {
  pretended.fileSystem = type;
  const path = await makeTestPath();
  expect(() => open(path)).toThrow(ValidationError);
  expect(() => open(path)).toThrow(`is on ${name}`);
  pretended.fileSystem = 0xef53;
  open(path);
});

it('section 0: a library below the floor is refused, naming both versions', async () => {
  const path = await makeTestPath();
  pretended.fileSystem = 0xef53;
  pretended.floor = '3.999.0';
  expect(() => open(path)).toThrow(/SQLite 3\.\d+\.\d+ .* at least 3\.999\.0/);
  pretended.floor = '3.51.3';
  open(path);
});
