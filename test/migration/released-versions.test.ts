import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { copyPathOf } from '../../src/engine/sqlite/migrations/copy-before-migration.ts';
import { SCHEMA_VERSION } from '../../src/engine/sqlite/migrations/migrate.ts';
import { repairFile } from '../../src/engine/sqlite/repair/repair-file.ts';
import { verifyPath } from '../../src/engine/sqlite/verify/verify-path.ts';
import { type BackendKind, makeTestPath } from '../support/open-test-backend.ts';
import { openTestEngine } from '../support/open-test-engine.ts';
import { openWriteSession } from '../support/open-write-session.ts';
import { describeStore } from './describe-store.ts';
import { IDEMPOTENT, NAMESPACES } from './fill-store.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const VERSIONS = readdirSync(FIXTURES).flatMap((name) => {
  const [, version] = /^schema-(\d+)\.db\.gz$/.exec(name) ?? [];
  return version === undefined ? [] : [Number(version)];
});

/** What users could read in the file with the version that wrote it. */
const expectedOf = (version: number): unknown =>
  JSON.parse(readFileSync(`${FIXTURES}schema-${version}.json`, 'utf8'));

/** A file as a released version left it. */
async function unpack(version: number): Promise<string> {
  const path = await makeTestPath();
  writeFileSync(path, gunzipSync(readFileSync(`${FIXTURES}schema-${version}.db.gz`)));
  return path;
}

function withFile<T>(path: string, read: (database: Database.Database) => T): T {
  const database = new Database(path, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

const rowsOf = (path: string, table: string): readonly unknown[] =>
  withFile(path, (database) => database.prepare(`SELECT * FROM ${table}`).all());

const versionOf = (path: string): unknown =>
  withFile(path, (database) => database.pragma('user_version', { simple: true }));

/** Tables, indexes and triggers as the file defines them, in an order of their own. */
const schemaOf = (path: string): readonly unknown[] =>
  withFile(path, (database) =>
    database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all(),
  ).filter((entry) => !String((entry as { name: string }).name).startsWith('sqlite_stat'));

it('every released schema version has a fixture, and no other', () => {
  const released = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
  // The newest one gets its fixture when it is released.
  expect([released, released.slice(0, -1)]).toContainEqual(VERSIONS.toSorted((a, b) => a - b));
});

describe.each(VERSIONS)('a file of schema version %i', (version) => {
  it('is sound as it is, and gets all checksums when it is repaired', async () => {
    const path = await unpack(version);
    expect(verifyPath(path, 'full', () => undefined).findings).toEqual([]);
    const database = new Database(path);
    database.exec('UPDATE memories SET importance = 1 - importance WHERE id = 1');
    database.close();
    const before = rowsOf(path, 'personas');
    repairFile({ path, backup: null, dryRun: false }, () => undefined);
    expect(verifyPath(path, 'full', () => undefined).findings).toEqual([]);
    expect(rowsOf(path, 'personas')).toMatchObject(before);
    for (const table of ['personas', 'memory_links'])
      expect(rowsOf(path, `${table} WHERE crc IS NULL`)).toEqual([]);
  });

  it.each<BackendKind>(['sqlite', 'sqlite_sync'])(
    'opened by %s holds all that it held, and works on',
    async (backend) => {
      const path = await unpack(version);
      const answers = rowsOf(path, 'idempotency');
      const outcomes = rowsOf(path, 'tx_log');
      expect(answers).not.toEqual([]);
      // The stored answers would have expired a day after the fixture was made.
      const raw = new Database(path);
      raw.prepare('UPDATE idempotency SET expires_at = ?').run(Date.now() + 3_600_000);
      raw.close();
      const engine = await openTestEngine({ memory: { sqlite_path: path, backend } });
      expect(await describeStore(engine)).toEqual(expectedOf(version));
      expect(versionOf(path)).toBe(SCHEMA_VERSION);
      expect(rowsOf(path, 'tx_log')).toEqual(outcomes);

      const memories = engine.namespace(NAMESPACES[0]);
      const again = await memories.store(IDEMPOTENT.store, { idempotencyKey: IDEMPOTENT.key });
      expect(again.replayed).toBe(true);
      await memories.store({ key: 'fact_heron', value: 'The heron waits at the weir' });
      for (const mode of ['TEXT', 'SEMANTIC'] as const) {
        const { hits } = await memories.recall({ query: 'heron weir', mode });
        expect(hits[0]?.key).toBe('fact_heron');
      }
      await engine.close();
      expect(
        withFile(path, (database) => [
          database.pragma('integrity_check', { simple: true }),
          database.pragma('foreign_key_check'),
        ]),
      ).toEqual(['ok', []]);
    },
  );

  it('ends with the very tables and indexes of a new file', async () => {
    const path = await unpack(version);
    openWriteSession(path).close();
    const fresh = await makeTestPath();
    openWriteSession(fresh).close();
    expect(schemaOf(path)).toEqual(schemaOf(fresh));
  });

  it('is kept as a copy when it was migrated, and only then', async () => {
    const path = await unpack(version);
    const before = rowsOf(path, 'changes');
    openWriteSession(path).close();
    const copies = readdirSync(path.slice(0, path.lastIndexOf('/'))).filter((name) =>
      name.includes('.backup'),
    );
    if (version === SCHEMA_VERSION) {
      expect(copies).toEqual([]);
      return;
    }
    expect(copies).toHaveLength(1);
    expect(versionOf(copyPathOf(path, version))).toBe(version);
    expect(rowsOf(copyPathOf(path, version), 'changes')).toEqual(before);
  });
});
