import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MIN_SQLITE_VERSION } from '../../../src/engine/limits.ts';
import {
  assertSynchronous,
  type DatabaseOptions,
  openDatabase,
  type SqliteDatabase,
  sqliteVersion,
} from '../../../src/engine/sqlite/database.ts';
import { storing } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { commit, openWriteSession } from '../../support/open-write-session.ts';

function open(path: string, options: Partial<DatabaseOptions>): SqliteDatabase {
  const database = openDatabase({
    path,
    role: 'writer',
    synchronous: 'FULL',
    mmapSize: 0,
    embedder: null,
    ...options,
  });
  onTestFinished(() => void database.close());
  return database;
}

const setting = (database: SqliteDatabase, name: string): unknown =>
  database.pragma(name, { simple: true });

describe('section 0: synchronous', () => {
  it.each(['writer', 'sync'] as const)('%s: stays FULL after the first write', async (role) => {
    const database = open(await makeTestPath(), { role });
    expect(setting(database, 'synchronous')).toBe(2);
    database.exec('CREATE TABLE t (a INTEGER) STRICT');
    database.exec('INSERT INTO t VALUES (1)');
    expect(setting(database, 'synchronous')).toBe(2);
    assertSynchronous(database, 'FULL');
    expect(() => assertSynchronous(database, 'NORMAL')).toThrow('synchronous is 2');
  });

  it('without being set it would fall: the reason for setting it', async () => {
    const plain = new Database(await makeTestPath());
    onTestFinished(() => void plain.close());
    plain.pragma('journal_mode = WAL');
    plain.exec('CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1)');
    expect(() => assertSynchronous(plain, 'FULL')).toThrow('FULL was asked for');
  });

  it('reader and NORMAL writer have what they were asked for', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    commit(session, storing('k'));
    expect(setting(session.database, 'synchronous')).toBe(2);
    expect(setting(open(path, { role: 'reader' }), 'synchronous')).toBe(2);
    expect(setting(open(await makeTestPath(), { synchronous: 'NORMAL' }), 'synchronous')).toBe(1);
  });
});

describe('settings of every connection', () => {
  it.each([
    ['writer', 250, 'wal', -32_000, 0],
    ['sync', 250, 'delete', -32_000, 1_000],
    ['reader', 0, 'wal', -16_000, 1_000],
  ] as const)('%s', async (role, busy, journal, cache, autocheckpoint) => {
    const path = await makeTestPath();
    if (role === 'reader') openWriteSession(path);
    const database = open(path, { role });
    expect({
      busy: setting(database, 'busy_timeout'),
      journal: setting(database, 'journal_mode'),
      cache: setting(database, 'cache_size'),
      autocheckpoint: setting(database, 'wal_autocheckpoint'),
    }).toEqual({ busy, journal, cache, autocheckpoint });
    expect({
      foreignKeys: setting(database, 'foreign_keys'),
      trustedSchema: setting(database, 'trusted_schema'),
      cellSizeCheck: setting(database, 'cell_size_check'),
      tempStore: setting(database, 'temp_store'),
      analysisLimit: setting(database, 'analysis_limit'),
    }).toEqual({
      foreignKeys: 1,
      trustedSchema: 0,
      cellSizeCheck: 1,
      tempStore: 2,
      analysisLimit: 400,
    });
  });

  it('pitfall 16: nothing is memory-mapped unless asked for', async () => {
    expect(setting(open(await makeTestPath(), {}), 'mmap_size')).toBe(0);
    const mapped = open(await makeTestPath(), { mmapSize: 1_048_576 });
    expect(setting(mapped, 'mmap_size')).toBe(1_048_576);
  });

  it('pitfall 5: a reader cannot write and a writer takes the lock before it reads', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    commit(session, storing('k'));
    const reader = open(path, { role: 'reader' });
    expect(() => reader.exec('DELETE FROM memories')).toThrow(
      expect.objectContaining({ code: 'SQLITE_READONLY' }),
    );
    // A foreign commit between the reads and the writes of a group would end it with SQLITE_BUSY_SNAPSHOT.
    const foreign = new Database(path, { timeout: 0 });
    onTestFinished(() => void foreign.close());
    let refused: unknown;
    session.database.function('during_commit', () => {
      try {
        foreign.exec('BEGIN IMMEDIATE; COMMIT');
      } catch (error) {
        refused = error;
      }
      return 1;
    });
    session.database.exec(
      'CREATE TEMP TRIGGER probe BEFORE INSERT ON main.memories BEGIN SELECT during_commit(); END',
    );
    commit(session, storing('k2'));
    expect(refused).toMatchObject({ code: 'SQLITE_BUSY' });
  });

  it('section 0: the library is not older than the floor', async () => {
    const database = open(await makeTestPath(), {});
    const [actual, least] = [sqliteVersion(database), MIN_SQLITE_VERSION].map((version) =>
      version.split('.').reduce((number, part) => number * 1_000 + Number(part), 0),
    );
    expect(actual).toBeGreaterThanOrEqual(least ?? Number.POSITIVE_INFINITY);
  });
});
