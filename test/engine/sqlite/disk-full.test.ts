import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StorageFullError } from '../../../src/engine/errors.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
} from '../../support/open-test-backend.ts';
import { commit, openWriteSession, readsOf } from '../../support/open-write-session.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';

const VALUE = 'x'.repeat(20_000);

/** Stores until the disk is full; answers with the keys that were acknowledged. */
async function fill(space: MemorySpace): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    try {
      await space.store(`k${keys.length}`, VALUE);
      keys.push(`k${keys.length}`);
    } catch (error) {
      expect(error).toBeInstanceOf(StorageFullError);
      return keys;
    }
  }
}

describe('pitfall 6: disk full', () => {
  it.each<BackendKind>(['sqlite', 'sqlite_sync'])(
    '%s on a small disk loses nothing acknowledged, reads on and heals',
    async (kind) => {
      const disk = mountSmallDisk(8);
      if ('reason' in disk) {
        console.info(`no small disk here (${disk.reason}); the page limit below stands in for it`);
        return;
      }
      const path = join(disk.folder, 'test.db');
      const ballast = join(disk.folder, 'ballast');
      const space = new MemorySpace(await openTestBackend(kind, path), 'main');
      await space.store('first', 1);
      writeFileSync(ballast, Buffer.alloc(4_000_000));
      const keys = await fill(space);
      expect(keys.length).toBeGreaterThan(3);
      await expect(space.store('more', VALUE)).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        retryable: true,
      });
      const found = await space.getMany(keys.map((key) => ({ key })));
      expect(found.filter((record) => record?.valueText !== JSON.stringify(VALUE))).toEqual([]);
      expect(await space.get('more')).toBeNull();
      expect(space.backend.health()[0]).toMatchObject({
        state: 'READ_ONLY',
        message: expect.stringContaining('full'),
      });
      unlinkSync(ballast);
      expect((await space.store('after', VALUE)).version).toBe(1);
      await space.backend.probe();
      expect((await space.backend.probe())[0]?.state).toBe('OK');
      await space.backend.close();
      const again = new MemorySpace(await openTestBackend(kind, path), 'main');
      expect((await again.list({ limit: 1, withTotal: true })).total).toBe(keys.length + 2);
      await again.backend.close();
    },
  );

  it('a page limit refuses the whole group and keeps what was committed before', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path, 'sync');
    const reads = readsOf(session, path);
    commit(session, storing('first', 1));
    const pages = Number(session.database.pragma('page_count', { simple: true }));
    session.database.pragma(`max_page_count = ${pages + 60}`);
    let stored = 0;
    const fillUp = (): void => {
      for (;;) {
        commit(session, storing(`k${stored}`, VALUE));
        stored += 1;
      }
    };
    expect(fillUp).toThrow(StorageFullError);
    expect(stored).toBeGreaterThan(0);
    const count = () => reads.read('summary', { namespace: 'main', now: 0 }, undefined);
    expect(count()).toMatchObject({ total: stored + 1, headSeq: stored + 1, csn: stored + 1 });
    session.database.pragma('max_page_count = 1000000');
    const { csn, outcomes } = commit(session, storing('after', VALUE));
    expect({ csn, seq: outcomes[0]?.seq }).toEqual({ csn: stored + 2, seq: stored + 2 });
    expect(session.database.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
