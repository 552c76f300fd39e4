import { closeSync, copyFileSync, existsSync, openSync, truncateSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MemoryConnectionError, MemoryDataCorruptionError } from '../../../src/engine/errors.ts';
import { repairFile } from '../../../src/engine/sqlite/repair/repair-file.ts';
import { verifyPath } from '../../../src/engine/sqlite/verify/verify-path.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../../support/open-test-backend.ts';
import { openWriteSession } from '../../support/open-write-session.ts';

const COUNT = 400;
const nobody = (): void => undefined;

/** A closed file of COUNT memories with values that fill pages, and the pages of a table or index. */
async function makeFile(): Promise<string> {
  const path = await makeTestPath();
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  for (let from = 0; from < COUNT; from += 100) {
    await space.write(
      Array.from({ length: 100 }, (_, index) =>
        storing(`key_${from + index}`, `value number ${from + index} about owls`.repeat(10), {
          tags: ['bird'],
          persona: index % 2 === 0 ? 'kim' : null,
        }),
      ),
    );
  }
  await space.write([
    { kind: 'link', from: { key: 'key_1' }, to: { key: 'key_2' }, link: 'relates' },
  ]);
  await space.backend.close();
  return path;
}

function pagesOf(path: string, name: string): readonly number[] {
  const database = new Database(path, { readonly: true });
  try {
    return database
      .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path")
      .pluck()
      .all(name) as number[];
  } finally {
    database.close();
  }
}

function zeroPage(path: string, page: number | undefined): void {
  if (page === undefined) throw new Error('there is no such page');
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(4_096), 0, 4_096, (page - 1) * 4_096);
  closeSync(descriptor);
}

function change(path: string, sql: string): number {
  const database = new Database(path);
  try {
    return database.prepare(sql).run().changes;
  } finally {
    database.close();
  }
}

function repair(path: string, backup: string | null = null, dryRun = false) {
  return repairFile({ path, backup, dryRun }, nobody);
}

async function openRepaired(path: string): Promise<MemorySpace> {
  expect(verifyPath(path, 'full', nobody).findings).toEqual([]);
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  expect(space.backend.health()).toMatchObject([{ state: 'OK', message: null }]);
  return space;
}

it('a sound file is left alone', async () => {
  const path = await makeFile();
  expect(verifyPath(path, 'full', nobody)).toMatchObject({ ok: true, memories: COUNT });
  expect(repair(path)).toMatchObject({ findings: [], damagedFile: null });
});

it('a zeroed page of memories: quarantine serves the rest; the change log gives all of them back', async () => {
  const path = await makeFile();
  zeroPage(path, pagesOf(path, 'memories')[5]);
  const damaged = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  expect(damaged.backend.health().map(({ state }) => state)).toContain('QUARANTINE');
  expect(await damaged.valueText('key_1')).toContain('value number 1 ');
  await expect(damaged.list()).rejects.toBeInstanceOf(MemoryDataCorruptionError);
  await expect(damaged.get('no such key')).rejects.toBeInstanceOf(MemoryDataCorruptionError);
  await expect(damaged.store('new')).rejects.toBeInstanceOf(MemoryDataCorruptionError);
  await damaged.backend.close();

  const plan = repair(path, null, true);
  expect(plan).toMatchObject({ dryRun: true, damagedFile: null });
  expect(plan.memories.restored.length).toBeGreaterThan(0);
  const report = repair(path);
  expect(report.memories).toEqual(plan.memories);
  expect(report.memories.lost).toEqual([]);
  expect(report.memories.saved + report.memories.restored.length).toBe(COUNT);
  expect(report.memories.restored[0]).toMatchObject({ from: 'change log', mayBeOlder: false });
  expect(existsSync(report.damagedFile ?? '')).toBe(true);
  const space = await openRepaired(path);
  expect((await space.list({ withTotal: true })).total).toBe(COUNT);
  for (const { key } of report.memories.restored)
    expect(await space.valueText(key)).toContain(`value number ${key.slice(4)} `);
  expect(await space.recall('owls', { limit: 500 })).toHaveLength(COUNT);
});

it('without a change log the backup fills what is lost, and what it lacks is named', async () => {
  const path = await makeFile();
  const trimmed = 'UPDATE engine_meta SET trimmed_at = 1';
  change(path, 'DELETE FROM changes');
  change(path, trimmed);
  const backup = `${path}.backup`;
  copyFileSync(path, backup);
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  await space.store('after the backup', 'new');
  await space.backend.close();
  change(path, 'DELETE FROM changes');
  const pages = pagesOf(path, 'memories');
  zeroPage(path, pages[3]);
  zeroPage(path, pages.at(-1));
  const report = repair(path, backup);
  expect(report.memories.restored.length).toBeGreaterThan(0);
  expect(report.memories.restored.every(({ from }) => from === 'backup')).toBe(true);
  expect(report.memories.lost).toEqual([
    { namespace: 'main', key: 'after the backup', id: COUNT + 1 },
  ]);
  expect(report.newEpoch).toBe(true);
  const repaired = await openRepaired(path);
  expect((await repaired.list({ withTotal: true })).total).toBe(COUNT);
  expect(await repaired.get('after the backup')).toBeNull();
});

it('everything derived is made anew: indexes, full text, tags', async () => {
  const path = await makeFile();
  zeroPage(path, pagesOf(path, 'memories_created')[0]);
  change(path, 'DELETE FROM memory_tags WHERE memory_id = 7');
  change(path, 'DELETE FROM memories_text WHERE rowid = 9');
  const { findings } = verifyPath(path, 'full', nobody);
  expect(new Set(findings.map(({ area }) => area))).toEqual(new Set(['indexes', 'tags', 'text']));
  expect(findings.find(({ area }) => area === 'text')).toMatchObject({ id: 9, key: 'key_8' });
  const report = repair(path);
  expect(report).toMatchObject({
    memories: { saved: COUNT, restored: [], lost: [] },
    links: { saved: 1, dropped: 0 },
    newEpoch: false,
  });
  const space = await openRepaired(path);
  expect(await space.recall('owls', { limit: 500 })).toHaveLength(COUNT);
  const filter = { tags: 'any', values: ['bird'] } as const;
  expect((await space.list({ filter, withTotal: true })).total).toBe(COUNT);
});

it('one damaged row fails what needs it and nothing else', async () => {
  const path = await makeFile();
  change(path, `UPDATE memories SET value = '"forged"' WHERE key = 'key_3'`);
  const backend = await openTestBackend('sqlite', path);
  const space = new MemorySpace(backend, 'main');
  expect(backend.health().at(-1)).toMatchObject({ name: 'integrity', state: 'DEGRADED' });
  expect(await space.valueText('key_4')).toContain('value number 4 ');
  expect(await space.get('nothing')).toBeNull();
  for (const read of [() => space.get('key_3'), () => space.list(), () => space.recall('owls')])
    await expect(read()).rejects.toMatchObject({ data: { key: 'key_3', memoryId: 4 } });
  expect((await space.store('new', 1)).version).toBe(1);
  const other = new MemorySpace(backend, 'other');
  await other.store('theirs', 'about owls');
  expect(await other.recall('owls')).toEqual(['theirs']);
  await backend.close();
  expect(repair(path).memories).toMatchObject({ lost: [], restored: [{ key: 'key_3' }] });
  expect(await (await openRepaired(path)).valueText('key_3')).toContain('value number 3 ');
});

it('a change of no known kind is refused, found and mended', async () => {
  const path = await makeFile();
  const database = new Database(path);
  database.pragma('ignore_check_constraints = ON');
  database.prepare("UPDATE changes SET kind = 'creafed' WHERE key = 'key_7'").run();
  database.close();
  const damaged = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  const changes = { namespace: 'main', afterSeq: 0, limit: COUNT, filter: null };
  await expect(damaged.backend.read('changes', changes)).rejects.toBeInstanceOf(
    MemoryDataCorruptionError,
  );
  await damaged.backend.close();
  expect(verifyPath(path, 'full', nobody).findings).toMatchObject([
    { area: 'log', problem: expect.stringContaining('is of no known kind') },
  ]);
  repair(path);
  const repaired = await openRepaired(path);
  expect(await repaired.valueText('key_7')).toContain('value number 7');
});

it('refuses what is in use, and says that a cut file needs a backup', async () => {
  const path = await makeFile();
  const session = openWriteSession(path);
  expect(() => repair(path)).toThrow(MemoryConnectionError);
  session.close();
  truncateSync(path, 3 * 4_096);
  const failed = (): unknown => repair(path);
  expect(failed).toThrow(MemoryDataCorruptionError);
  expect(failed).toThrow(expect.objectContaining({ remedy: expect.stringContaining('restore') }));
});
