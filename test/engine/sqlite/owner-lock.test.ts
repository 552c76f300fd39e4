import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, unlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OwnerLock } from '../../../src/engine/sqlite/owner-lock.ts';
import { built } from '../../support/built.ts';
import { MemorySpace } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
} from '../../support/open-test-backend.ts';

const SCRIPT = built('test/support/hold-store.ts');
const KINDS: readonly BackendKind[] = ['sqlite', 'sqlite_sync'];

describe('pitfall 2: one owner', () => {
  it('a second process on the same file is refused, and kill -9 of the owner frees it', async () => {
    const path = await makeTestPath();
    const owner = spawn(process.execPath, [SCRIPT, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    await once(owner.stdout, 'data');
    for (const kind of KINDS) {
      await expect(openTestBackend(kind, path)).rejects.toMatchObject({
        code: 'CONNECTION',
        data: { reason: 'owned' },
      });
    }
    const exit = once(owner, 'exit');
    owner.kill('SIGKILL');
    await exit;
    const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    expect(await space.valueText('held')).toBe('1');
  });

  it('what holds the lock is released once and can be taken again', async () => {
    const path = await makeTestPath();
    const first = new OwnerLock(path);
    expect(() => new OwnerLock(path)).toThrow('in use');
    first.release();
    new OwnerLock(path).release();
  });
});

describe.each(KINDS)('section 1: the file behind an open %s store', (kind) => {
  const moved = { code: 'CONNECTION', data: { reason: 'moved' } };

  it('renamed: writes are refused until it is back in its place', async () => {
    const path = await makeTestPath();
    const space = new MemorySpace(await openTestBackend(kind, path), 'main');
    await space.store('before', 1);
    renameSync(path, `${path}.away`);
    await expect(space.store('away', 1)).rejects.toMatchObject(moved);
    const [check] = await space.backend.probe();
    expect(check).toMatchObject({ state: 'DEGRADED', message: expect.stringContaining('moved') });
    renameSync(`${path}.away`, path);
    expect((await space.store('after', 1)).version).toBe(1);
    expect((await space.backend.probe())[0]).toMatchObject({ state: 'OK', message: null });
    expect(await space.get('away')).toBeNull();
  });

  it('deleted: nothing more is acknowledged', async () => {
    const path = await makeTestPath();
    const space = new MemorySpace(await openTestBackend(kind, path), 'main');
    await space.store('before', 1);
    unlinkSync(path);
    await expect(space.store('lost', 1)).rejects.toMatchObject(moved);
  });
});
