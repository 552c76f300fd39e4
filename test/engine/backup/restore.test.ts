import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { listBackups } from '../../../src/engine/index.ts';
import { readMeta } from '../../../src/engine/sqlite/meta.ts';
import { verifyPath } from '../../../src/engine/sqlite/verify/verify-path.ts';
import { makeChain, useBackupPlace } from '../../support/backup-chain.ts';
import { backUp, restoreTo } from '../../support/backup-in-thread.ts';
import { dumpDatabase } from '../../support/dump-database.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';
import { commit, commitUnit, openWriteSession } from '../../support/open-write-session.ts';

const place = useBackupPlace();
const { at } = place;

function keysIn(path: string): unknown[] {
  return (dumpDatabase(path)['memories'] ?? []).map((row) => (row as unknown[])[2]);
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

describe('a restore', () => {
  it('leads to the newest backup, a named one, a commit or a time', async () => {
    const session = await makeChain(place);
    const { backups, damaged } = await listBackups(place.directory);
    expect(damaged).toEqual([]);
    expect(backups.map(({ name, kind, csn, memories }) => [name, kind, csn, memories])).toEqual([
      ['full', 'full', 1, 1],
      ['one', 'incremental', 2, 2],
      ['two', 'incremental', 3, 3],
    ]);
    expect(await restoreTo(at('newest.db'), place.directory)).toMatchObject({
      backups: ['full', 'one', 'two'],
      csn: 3,
      memories: 3,
    });
    expect(keysIn(at('newest.db'))).toEqual(['k0', 'k1', 'k2']);
    await restoreTo(at('one.db'), place.directory, { backup: 'one' });
    expect(keysIn(at('one.db'))).toEqual(['k0', 'k1']);
    await restoreTo(at('commit.db'), place.directory, { csn: 1 });
    expect(keysIn(at('commit.db'))).toEqual(['k0']);
    await restoreTo(at('time.db'), place.directory, { at: Date.parse(backups[1]?.takenAt ?? '') });
    expect(keysIn(at('time.db'))).toEqual(['k0', 'k1']);
    session.close();
  });

  it('to a time takes the commits up to it and none after', async () => {
    const session = openWriteSession(place.path);
    commit(session, storing('k0', 0));
    const full = await backUp(place, 'full');
    const taken = Date.parse(full.takenAt);
    commitUnit(session, unitOf('main', [storing('k1', 1)], { now: taken + 1 }));
    commitUnit(session, unitOf('main', [storing('k2', 2)], { now: taken + 2 }));
    while (Date.now() < taken + 3) await new Promise((resolve) => setImmediate(resolve));
    await backUp(place, 'one', full);
    for (const after of [0, 1, 2]) {
      const target = at(`after-${after}.db`);
      const { csn } = await restoreTo(target, place.directory, { at: taken + after });
      expect(csn).toBe(after + 1);
      expect(keysIn(target)).toEqual(['k0', 'k1', 'k2'].slice(0, after + 1));
    }
  });

  it('refuses points that no backup reaches, and names the nearest', async () => {
    const session = openWriteSession(place.path);
    commit(session, storing('k0', 0));
    await backUp(place, 'first');
    commit(session, storing('k1', 1));
    commit(session, storing('k2', 2));
    await backUp(place, 'second');
    for (const csn of [0, 2, 9])
      await expect(restoreTo(at('new.db'), place.directory, { csn })).rejects.toMatchObject({
        code: 'VALIDATION',
        message: expect.stringContaining(`no backup reaches commit ${csn}`),
        remedy: expect.stringContaining(csn === 9 ? '--backup second' : '--backup first'),
      });
    const later = restoreTo(at('new.db'), place.directory, { at: Date.now() + 1_000_000 });
    await expect(later).rejects.toThrow('no backup reaches 2');
    const unknown = restoreTo(at('new.db'), place.directory, { backup: 'third' });
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(restoreTo(at('new.db'), at('nowhere'))).rejects.toThrow('there are no backups');
    expect(existsSync(at('new.db'))).toBe(false);
  });

  it('refuses damaged backups, wrong checksums and gaps, and leaves nothing behind', async () => {
    (await makeChain(place)).close();
    const files = readdirSync(place.directory);
    const failsWith = async (message: string): Promise<void> => {
      await expect(restoreTo(at('new.db'), place.directory)).rejects.toMatchObject({
        code: 'DATA_CORRUPTION',
        message: expect.stringContaining(message),
      });
      expect(readdirSync(place.folder).filter((name) => name.startsWith('new.db'))).toEqual([
        ...(existsSync(at('new.db.owner')) ? ['new.db.owner'] : []),
      ]);
    };
    for (const file of ['full.full.db', 'one.incremental.db', 'two.incremental.db']) {
      const path = join(place.directory, file);
      flipByte(path, 5_000);
      await failsWith(`${file} does not match its checksum`);
      flipByte(path, 5_000);
    }
    const { length } = readFileSync(join(place.directory, 'one.incremental.db'));
    truncateSync(join(place.directory, 'one.incremental.db'), length - 4_096);
    expect((await listBackups(place.directory)).damaged).toEqual([
      `one.incremental.db has ${length - 4_096} bytes instead of ${length}`,
    ]);
    await failsWith('two continues one, which is not there');
    rmSync(join(place.directory, 'one.backup.json'));
    await failsWith('two continues one, which is not there');
    writeFileSync(join(place.directory, 'one.backup.json'), '{}');
    expect((await listBackups(place.directory)).damaged).toEqual([
      'one.backup.json is no manifest that this version can read',
    ]);
    expect(readdirSync(place.directory)).toEqual(files);
    expect((await restoreTo(at('new.db'), place.directory, { backup: 'full' })).csn).toBe(1);
  });

  it('refuses an increment whose content does not continue its base, whatever its checksums say', async () => {
    (await makeChain(place)).close();
    const manifest = join(place.directory, 'two.backup.json');
    const { backups } = await listBackups(place.directory);
    const [full] = backups;
    const two = JSON.parse(readFileSync(manifest, 'utf8'));
    writeFileSync(
      manifest,
      JSON.stringify({ ...two, base: { ...two.base, name: 'full', sha256: full?.sha256 } }),
    );
    await expect(restoreTo(at('new.db'), place.directory)).rejects.toMatchObject({
      code: 'DATA_CORRUPTION',
      message: 'the backup two does not continue the one before it',
    });
  });

  it('refuses a database that exists, unless told to keep it aside, and always one that is in use', async () => {
    const session = await makeChain(place);
    commit(session, storing('lost', 3));
    await expect(restoreTo(place.path, place.directory, {}, true)).rejects.toMatchObject({
      code: 'CONNECTION',
      data: { reason: 'owned' },
    });
    session.close();
    await expect(restoreTo(place.path, place.directory)).rejects.toMatchObject({
      code: 'VALIDATION',
      message: `${place.path} exists`,
      remedy: expect.stringContaining('--force'),
    });
    const before = dumpDatabase(place.path);
    const { movedAside } = await restoreTo(place.path, place.directory, {}, true);
    expect(basename(movedAside ?? '')).toMatch(/^live\.db\.replaced-\d{8}T\d{9}Z$/);
    expect(dumpDatabase(movedAside ?? '')).toEqual(before);
    expect(keysIn(place.path)).toEqual(['k0', 'k1', 'k2']);
    await expect(restoreTo(at('no/folder/x.db'), place.directory)).rejects.toThrow(
      'does not exist',
    );
  });

  it('begins a new history: old cursors are refused, the mark of lost commits counts no more', async () => {
    const config = { memory: { sqlite_path: place.path, embedder: { provider: 'none' as const } } };
    const engine = await openTestEngine(config);
    const old = engine.namespace('main');
    await old.store({ key: 'a', value: 1 }, { idempotencyKey: 'once' });
    await old.store({ key: 'a', value: 2 });
    await backUp(place, 'full');
    const after = (await old.status()).headCursor;
    await old.store({ key: 'a', value: 3 }, { idempotencyKey: 'late' });
    await engine.close();
    await restoreTo(place.path, place.directory, {}, true);

    const restored = await openTestEngine(config);
    const memories = restored.namespace('main');
    expect(restored.health().state).toBe('OK');
    expect((await memories.get({ key: 'a' }))?.version).toBe(2);
    expect(await memories.changes({ after })).toMatchObject({ expired: true });
    const { versions } = await memories.history({ by: { key: 'a' } });
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    // An answer that the backup holds is given again; what it does not hold is done again.
    const again = await memories.store({ key: 'a', value: 1 }, { idempotencyKey: 'once' });
    expect(again).toMatchObject({ replayed: true });
    const late = await memories.store({ key: 'a', value: 3 }, { idempotencyKey: 'late' });
    expect(late).toMatchObject({ replayed: false });
    expect((await memories.get({ key: 'a' }))?.version).toBe(3);
    const { headCursor } = await memories.status();
    expect(await memories.changes({ after: headCursor })).toMatchObject({ changes: [] });
  });

  it('has the vectors of what the increments changed made anew by the engine', async () => {
    const config = { memory: { sqlite_path: place.path } };
    const engine = await openTestEngine(config);
    const memories = engine.namespace('main');
    await memories.store({ key: 'bird', value: 'an owl hunts at night' });
    await memories.store({ key: 'tool', value: 'a hammer drives nails' });
    const full = await backUp(place, 'full');
    await memories.update({ by: { key: 'tool' }, value: 'a feline sleeps on the sofa' });
    await memories.store({ key: 'car', value: 'the engine of an automobile' });
    await backUp(place, 'one', full);
    await restoreTo(at('new.db'), place.directory);

    const restored = (await openTestEngine({ memory: { sqlite_path: at('new.db') } })).namespace(
      'main',
    );
    await restored.indexed();
    expect((await restored.status()).embedding).toMatchObject({
      memories: 3,
      ready: 3,
      pending: 0,
    });
    const { hits } = await restored.recall({ query: 'cat', mode: 'SEMANTIC', limit: 1 });
    expect(hits.map(({ memory }) => memory.key)).toEqual(['tool']);
  });
});

it('a restored database shares nothing with caches and vector stores of the lost future', async () => {
  const session = openWriteSession(place.path);
  commit(session, storing('k', 0));
  session.database.exec(
    `INSERT INTO published_vectors VALUES (1, 'r', 'main', 'semantic_memory', 1, 1);
     INSERT INTO outbox (target, op, csn, namespace, memory_id) VALUES ('chroma', 'put', 1, 'main', 1)`,
  );
  const before = readMeta(session.database);
  await backUp(place, 'full');
  session.close();
  await restoreTo(at('new.db'), place.directory);
  const restored = openWriteSession(at('new.db'));
  const after = readMeta(restored.database);
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.storeId).toBe(before.storeId);
  expect(after.cacheEpoch).toBeGreaterThan(1_700_000_000_000);
  expect(restored.statements.rows('SELECT * FROM outbox')).toEqual([]);
  expect(restored.statements.rows('SELECT * FROM published_vectors')).toEqual([]);
});

it('links from an increment of schema version 4 get their checksums', async () => {
  const session = await makeChain(place);
  commit(session, { kind: 'link', from: { key: 'k0' }, to: { key: 'k1' }, link: 'relates' });
  const { backups } = await listBackups(place.directory);
  await backUp(place, 'linked', backups.at(-1) ?? null);
  session.close();
  const file = join(place.directory, 'linked.incremental.db');
  const increment = new Database(file);
  for (const table of ['memory_links', 'personas'])
    increment.exec(`ALTER TABLE ${table} DROP COLUMN crc`);
  increment.close();
  const described = join(place.directory, 'linked.backup.json');
  const manifest = JSON.parse(readFileSync(described, 'utf8'));
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(described, JSON.stringify({ ...manifest, sha256, bytes: bytes.length }));
  await restoreTo(at('new.db'), place.directory);
  const restored = openWriteSession(at('new.db'));
  const links = 'SELECT count(*), count(crc) FROM memory_links';
  expect(restored.statements.row(links)).toEqual([1, 1]);
  expect(verifyPath(at('new.db'), 'full', () => undefined).findings).toEqual([]);
});
