import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryDataCorruptionError, ValidationError } from '../../../src/engine/errors.ts';
import { APPLICATION_ID } from '../../../src/engine/own-file.ts';
import { migrate, SCHEMA_VERSION } from '../../../src/engine/sqlite/migrations/migrate.ts';
import { storing } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
} from '../../support/open-test-backend.ts';
import { commit, openWriteSession } from '../../support/open-write-session.ts';

const KINDS: readonly BackendKind[] = ['sqlite', 'sqlite_sync'];

describe('pitfall 18: what may be opened', () => {
  it.each(KINDS)(
    '%s: the database of another program is refused and not changed by a byte',
    async (kind) => {
      const path = await makeTestPath();
      const foreign = new Database(path);
      foreign.exec("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('theirs')");
      foreign.close();
      const before = await readFile(path);
      await expect(openTestBackend(kind, path)).rejects.toMatchObject({
        code: 'VALIDATION',
        message: expect.stringContaining('another program'),
        remedy: expect.stringContaining('trinitas-v4'),
      });
      expect(await readFile(path)).toEqual(before);
    },
  );

  it.each(KINDS)(
    '%s: a database of another application id is refused, even when it is empty',
    async (kind) => {
      const path = await makeTestPath();
      const foreign = new Database(path);
      foreign.pragma('application_id = 42');
      foreign.close();
      const before = await readFile(path);
      await expect(openTestBackend(kind, path)).rejects.toBeInstanceOf(ValidationError);
      expect(await readFile(path)).toEqual(before);
    },
  );

  it.each(KINDS)('%s: a newer schema is refused and not changed by a byte', async (kind) => {
    const path = await makeTestPath();
    openWriteSession(path, 'sync').close();
    const raw = new Database(path);
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    const before = await readFile(path);
    await expect(openTestBackend(kind, path)).rejects.toMatchObject({
      code: 'VALIDATION',
      message: `the database has schema version ${SCHEMA_VERSION + 1}, this program knows ${SCHEMA_VERSION}`,
    });
    expect(await readFile(path)).toEqual(before);
  });

  it.each(KINDS)('%s: a file that is no database is refused and not changed', async (kind) => {
    const path = await makeTestPath();
    const text = 'This is a letter and no database. '.repeat(100);
    await writeFile(path, text);
    await expect(openTestBackend(kind, path)).rejects.toBeInstanceOf(MemoryDataCorruptionError);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('an empty file becomes ours', async () => {
    const path = await makeTestPath();
    await writeFile(path, '');
    const { database } = openWriteSession(path);
    expect(database.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
  });
});

describe('pitfall 18: migrations', () => {
  it('a migration that fails leaves the file as it was', async () => {
    const database = new Database(await makeTestPath());
    onTestFinished(() => void database.close());
    database.pragma('max_page_count = 8');
    expect(() => migrate(database, 1)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
    expect(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0);
    expect(database.pragma('user_version', { simple: true })).toBe(0);
    expect(database.pragma('application_id', { simple: true })).toBe(0);
    database.pragma('max_page_count = 100000');
    migrate(database, 1);
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
  });

  it('a second run changes nothing', async () => {
    const { database } = openWriteSession(await makeTestPath());
    const before = database.prepare('SELECT epoch, created_at FROM engine_meta').get();
    migrate(database, 99);
    expect(database.prepare('SELECT epoch, created_at FROM engine_meta').get()).toEqual(before);
  });
});

describe('schema', () => {
  it('every table is STRICT', async () => {
    const { database } = openWriteSession(await makeTestPath());
    const tables = database.pragma('table_list') as {
      name: string;
      type: string;
      strict: number;
    }[];
    const own = tables.filter(({ name, type }) => type === 'table' && !name.startsWith('sqlite_'));
    expect(own.length).toBeGreaterThanOrEqual(8);
    expect(own.filter(({ strict }) => strict !== 1)).toEqual([]);
  });

  it('foreign keys are immediate and enforced', async () => {
    const { database } = openWriteSession(await makeTestPath());
    expect(() => database.exec("INSERT INTO memory_tags VALUES (99, 'orphan')")).toThrow(
      expect.objectContaining({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }),
    );
    const sql = database.prepare('SELECT group_concat(sql) FROM sqlite_schema').pluck().get();
    expect(String(sql).toUpperCase()).not.toContain('DEFERRABLE');
    expect(String(sql).toUpperCase()).not.toMatch(/ON CONFLICT (ROLLBACK|FAIL|ABORT)/);
  });

  it('pitfall 13: numbers keep their storage class', async () => {
    const session = openWriteSession(await makeTestPath());
    commit(session, storing('k', 1, { importance: 1, expiresAt: 4_102_444_800_000, tags: ['t'] }));
    const types = session.database
      .prepare(
        `SELECT typeof(id) || typeof(version) || typeof(csn) || typeof(created_at) || typeof(expires_at) || typeof(crc),
           typeof(importance) FROM memories`,
      )
      .raw()
      .get();
    expect(types).toEqual(['integer'.repeat(6), 'real']);
  });

  it('text that is not JSON never reaches a value', async () => {
    const session = openWriteSession(await makeTestPath());
    expect(() => commit(session, storing('k', 1, { valueText: '{broken' }))).toThrow('CHECK');
    expect(session.database.prepare('SELECT count(*) FROM memories').pluck().get()).toBe(0);
  });
});
