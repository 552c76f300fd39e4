import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupDatabase, listBackups, restoreDatabase } from '../../../src/engine/index.ts';
import { makeChain, useBackupPlace } from '../../support/backup-chain.ts';
import { backUp, restoreTo } from '../../support/backup-in-thread.ts';
import { dumpDatabase } from '../../support/dump-database.ts';
import { storing } from '../../support/memory-space.ts';
import { commit, openWriteSession, readsOf } from '../../support/open-write-session.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';

const place = useBackupPlace();
const { at } = place;

describe('a backup', () => {
  it('keeps accesses that were counted since the base', async () => {
    const session = openWriteSession(place.path);
    const { outcomes } = commit(session, storing('k', 0));
    const full = await backUp(place, 'full');
    const memoryId = outcomes[0]?.record?.id ?? 0;
    session.touch('main', [{ memoryId, count: 7, at: Date.now() }]);
    await backUp(place, 'one', full);
    await restoreTo(at('new.db'), place.directory);
    expect(dumpDatabase(at('new.db'))['access']).toEqual(dumpDatabase(place.path)['access']);
    expect(dumpDatabase(at('new.db'))['access']).toHaveLength(1);
  });

  it('cannot be incremental after the log lost entries, or after a restore', async () => {
    const session = await makeChain(place);
    const { backups } = await listBackups(place.directory);
    const two = backups.at(-1) ?? null;
    commit(session, storing('k3', 3));
    const now = Date.now();
    session.prune({ changesBefore: now + 1, keepChanges: 0, now });
    await expect(backUp(place, 'three', two)).rejects.toMatchObject({
      code: 'VALIDATION',
      data: { reason: 'needs_full_backup' },
      message: expect.stringContaining('no longer holds all'),
      remedy: 'Take a full backup.',
    });
    session.close();
    await restoreTo(place.path, place.directory, {}, true);
    await expect(backUp(place, 'three', two)).rejects.toThrow('is of another history');
    expect(readdirSync(place.directory).filter((name) => name.startsWith('three'))).toEqual([]);
  });

  it('of a damaged database is refused, and nothing of it is kept', async () => {
    const session = openWriteSession(place.path);
    commit(session, storing('k0', 'x'.repeat(300)), storing('k1', 1));
    session.database.pragma('ignore_check_constraints = ON');
    session.database.exec(
      `UPDATE memories SET value = '"changed behind our back"' WHERE key = 'k0'`,
    );
    await expect(backUp(place, 'full')).rejects.toMatchObject({
      code: 'DATA_CORRUPTION',
      message: expect.stringContaining('"k0"'),
    });
    session.database.exec(
      "DELETE FROM memories_text WHERE rowid = 1; UPDATE memories SET value = 'null' WHERE id = 9",
    );
    session.database.exec(
      `UPDATE memories SET value = '${JSON.stringify('x'.repeat(300))}' WHERE key = 'k0'`,
    );
    await expect(backUp(place, 'full')).rejects.toThrow('full-text index differs from 1 memories');
    expect(readdirSync(place.directory)).toEqual([]);
  });

  it('on a full disk is refused, nothing of it is kept, and the database goes on', async () => {
    const disk = mountSmallDisk(1);
    if ('reason' in disk) {
      console.info(`no small disk here (${disk.reason})`);
      return;
    }
    const session = openWriteSession(place.path);
    for (let index = 0; index < 100; index += 1)
      commit(session, storing(`k${index}`, 'x'.repeat(20_000)));
    const small = { path: place.path, directory: join(disk.folder, 'backups') };
    await expect(backupDatabase({ ...small, kind: 'full', name: 'full' })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(readdirSync(small.directory)).toEqual([]);
    commit(session, storing('after', 1));
    expect((await backUp(place, 'full')).memories).toBe(101);
    await expect(
      restoreDatabase({ directory: place.directory, path: join(disk.folder, 'new.db') }),
    ).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(readdirSync(disk.folder).sort()).toEqual(['backups', 'new.db.owner']);
  });

  it('clears away what killed processes left, and lists what they never finished', async () => {
    const session = openWriteSession(place.path);
    commit(session, storing('k', 0));
    await backUp(place, 'first');
    const left = (name: string) => join(place.directory, name);
    for (const name of ['old.full.db.partial', 'new.full.db.partial', 'lone.full.db'])
      writeFileSync(left(name), 'x');
    utimesSync(left('old.full.db.partial'), 0, 0);
    await backUp(place, 'second');
    expect(readdirSync(place.directory).filter((name) => !/^(first|second)/.test(name))).toEqual([
      'lone.full.db',
      'new.full.db.partial',
    ]);
    expect((await listBackups(place.directory)).damaged).toEqual([
      'lone.full.db has no manifest: it was never finished and can be removed',
    ]);
    writeFileSync(at('new.db.restoring'), 'x');
    writeFileSync(at('new.db.restoring-wal'), 'x');
    await restoreTo(at('new.db'), place.directory);
    expect(readdirSync(place.folder).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  it('never takes the name of another one', async () => {
    (await makeChain(place)).close();
    await expect(backUp(place, 'one')).rejects.toThrow('name: one is the name of another backup');
  });

  it('of a file with a rollback journal needs it without an owner', async () => {
    const session = openWriteSession(place.path, 'sync');
    commit(session, storing('k0', 0));
    await expect(backUp(place, 'full')).rejects.toMatchObject({
      code: 'CONNECTION',
      message: expect.stringContaining('rollback journal'),
    });
    session.close();
    await backUp(place, 'full');
    await restoreTo(at('new.db'), place.directory);
    const restored = openWriteSession(at('new.db'));
    expect(
      readsOf(restored, at('new.db')).read(
        'summary',
        { namespace: 'main', now: Date.now() },
        Date.now() + 60_000,
      ),
    ).toMatchObject({ total: 1 });
  });
});
