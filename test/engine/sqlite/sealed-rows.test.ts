import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { LINK_KINDS } from '../../../src/engine/model/link.ts';
import { repairFile } from '../../../src/engine/sqlite/repair/repair-file.ts';
import { verifyPath } from '../../../src/engine/sqlite/verify/verify-path.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../../support/open-test-backend.ts';

const nobody = (): void => undefined;
const NOW = 1_000_000;

async function makeDamaged(damage: string): Promise<string> {
  const path = await makeTestPath();
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'main');
  await space.write(
    [
      storing('a', 1, { persona: 'Ada' }),
      storing('b', 2),
      storing('c', 3),
      { kind: 'link', from: { key: 'a' }, to: { key: 'b' }, link: 'relates' },
      { kind: 'link', from: { key: 'a' }, to: { key: 'c' }, link: 'supersedes' },
    ],
    { now: NOW },
  );
  await space.backend.close();
  const database = new Database(path);
  expect(database.prepare(damage).run().changes).toBe(1);
  database.close();
  return path;
}

const read = {
  links: { target: { key: 'a' }, kinds: LINK_KINDS, direction: null, limit: 10, now: NOW },
  personas: { names: null },
} as const;

it.each([
  ['personas', 'UPDATE personas SET created_at = created_at + 1'],
  ['links', "UPDATE memory_links SET created_at = created_at + 1 WHERE kind = 'relates'"],
] as const)('a time that changed by itself is told, and mended: %s', async (kind, damage) => {
  const path = await makeDamaged(damage);
  const [finding] = verifyPath(path, 'full', nobody).findings;
  expect(finding?.problem).toContain('does not match its checksum');

  const damaged = await openTestBackend('sqlite', path);
  const refused = damaged.read(kind, { namespace: 'main', ...read[kind] } as never);
  await expect(refused).rejects.toMatchObject({ code: 'DATA_CORRUPTION' });
  await damaged.close();

  const report = repairFile({ path, backup: null, dryRun: false }, nobody);
  expect(report.links).toEqual({
    ...{ filled: 0, saved: kind === 'links' ? 1 : 2 },
    dropped: kind === 'links' ? 1 : 0,
  });
  expect(verifyPath(path, 'full', nobody).ok).toBe(true);
  const mended = await openTestBackend('sqlite', path);
  const personas = await mended.read('personas', { namespace: 'main', names: null });
  expect(personas).toMatchObject([{ name: 'Ada', createdAt: NOW }]);
});

it('a damaged link is filled from the backup', async () => {
  const path = await makeDamaged("UPDATE memory_links SET csn = 1 WHERE kind = 'relates'");
  const backup = `${path}.backup`;
  const database = new Database(path);
  database.exec(`VACUUM INTO '${backup}'`);
  database.exec("UPDATE memory_links SET created_at = 7 WHERE kind = 'relates'");
  database.close();
  const report = repairFile({ path, backup, dryRun: false }, nobody);
  expect(report.links).toEqual({ saved: 1, filled: 1, dropped: 0 });
});

it.each(['personas', 'links'] as const)(
  'a text that one bit made a blob is told, and mended: %s',
  async (kind) => {
    const path = await makeDamaged("UPDATE memory_links SET csn = csn WHERE kind = 'relates'");
    const [table, column] = kind === 'links' ? ['memory_links', 'kind'] : ['personas', 'name'];
    const database = new Database(path);
    // The tables take no blobs.
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    const declared = `UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = '${table}'`;
    database.prepare(declared).run(`${column} TEXT`, `${column} BLOB`);
    database.pragma('writable_schema = RESET');
    database.pragma('ignore_check_constraints = ON');
    database.exec(`UPDATE ${table} SET ${column} = CAST(${column} AS BLOB)`);
    database.pragma('writable_schema = ON');
    database.prepare(declared).run(`${column} BLOB`, `${column} TEXT`);
    database.pragma('writable_schema = RESET');
    database.close();
    const told = verifyPath(path, 'full', nobody).findings.map(({ problem }) => problem);
    expect(told).toContainEqual(
      expect.stringMatching(/^the (link|persona) .* does not match its checksum$/),
    );

    repairFile({ path, backup: null, dryRun: false }, nobody);
    expect(verifyPath(path, 'full', nobody).findings).toEqual([]);
  },
);
