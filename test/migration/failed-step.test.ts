import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyPathOf } from '../../src/engine/sqlite/migrations/copy-before-migration.ts';
import { MIGRATIONS, migrate, SCHEMA_VERSION } from '../../src/engine/sqlite/migrations/migrate.ts';
import { built } from '../support/built.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { storing } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { commit, openWriteSession } from '../support/open-write-session.ts';

/** A step that works, and one that does much before it breaks. */
const GOOD_STEP =
  'CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT; INSERT INTO extra VALUES (1);';
const BROKEN_STEP = `
  ALTER TABLE memories ADD COLUMN colour TEXT;
  UPDATE memories SET colour = 'red';
  DROP TABLE memory_access;
  INSERT INTO changes (seq) VALUES (1);
`;

/** A file of the current version with a few memories, closed. */
async function makeFile(): Promise<string> {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  for (let index = 0; index < 20; index += 1) commit(session, storing(`k${index}`, { index }));
  session.close();
  return path;
}

function open(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => void database.close());
  return database;
}

describe('a migration', () => {
  it('that fails in the middle of a step leaves the file as it was, beside a copy', async () => {
    const path = await makeFile();
    const before = dumpTables(path);
    expect(() => migrate(open(path), 1, [...MIGRATIONS, BROKEN_STEP])).toThrow(
      expect.objectContaining({ code: 'SQLITE_CONSTRAINT_NOTNULL' }),
    );
    expect(dumpTables(path)).toEqual(before);
    expect(dumpTables(copyPathOf(path, SCHEMA_VERSION))).toMatchObject({
      version: SCHEMA_VERSION,
    });
    const session = openWriteSession(path);
    commit(session, storing('after', 1));
  });

  it('keeps the steps before the one that fails, and goes on from there', async () => {
    const path = await makeFile();
    const database = open(path);
    expect(() => migrate(database, 1, [...MIGRATIONS, GOOD_STEP, BROKEN_STEP])).toThrow();
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1);
    migrate(database, 1, [...MIGRATIONS, GOOD_STEP, GOOD_STEP.replaceAll('extra', 'more')]);
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 2);
    expect(database.prepare('SELECT count(*) FROM memories').pluck().get()).toBe(20);
    // One copy for each version that was left behind.
    expect(existsSync(copyPathOf(path, SCHEMA_VERSION))).toBe(true);
    expect(existsSync(copyPathOf(path, SCHEMA_VERSION + 1))).toBe(true);
  });

  it('copies the whole file first, what is only in the write-ahead log included', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    commit(session, storing('in the log', 'unfolded'));
    const before = dumpTables(path) as { rows: unknown };
    migrate(session.database, 1, [...MIGRATIONS, GOOD_STEP]);
    const copy = dumpTables(copyPathOf(path, SCHEMA_VERSION)) as { rows: unknown };
    expect(copy.rows).toEqual(before.rows);
    const raw = open(copyPathOf(path, SCHEMA_VERSION));
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(raw.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('changes nothing when the copy cannot be made', async () => {
    const path = await makeFile();
    const before = dumpTables(path);
    const database = open(path);
    // What an interrupted copy left is replaced; a folder in its place cannot be.
    mkdirSync(copyPathOf(path, SCHEMA_VERSION));
    expect(() => migrate(database, 1, [...MIGRATIONS, GOOD_STEP])).toThrow(
      expect.objectContaining({ code: 'EISDIR' }),
    );
    expect(dumpTables(path)).toEqual(before);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('that is killed in the middle of a step leaves a file that opens and migrates again', async () => {
    const path = await makeFile();
    const before = dumpTables(path);
    const script = built('test/migration/die-in-migration.ts');
    const child = spawn(process.execPath, [script, path], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const database = open(path);
    expect(dumpTables(path)).toEqual(before);
    migrate(database, 1, [...MIGRATIONS, GOOD_STEP]);
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1);
  });
});
