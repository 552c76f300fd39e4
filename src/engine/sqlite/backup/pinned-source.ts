import { MemoryConnectionError, ValidationError } from '../../errors.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { schemaVersion } from '../file-format.ts';
import { type EngineMeta, readMeta } from '../meta.ts';
import { SCHEMA_VERSION } from '../migrations/migrate.ts';
import { OwnerLock } from '../owner-lock.ts';
import { StatementCache } from '../statement-cache.ts';

/** A database seen at one commit, for as long as it is open. */
export interface PinnedSource {
  readonly database: SqliteDatabase;
  readonly statements: StatementCache;
  readonly meta: EngineMeta;
  /** Unix ms; every commit that is seen was begun before. */
  readonly takenAt: number;
  close(): void;
}

/**
 * Opens a database for reading and pins its newest commit, beside an owner who goes on writing: without the pin each of
 * its commits would make a backup begin anew (engine.md pitfall 11). With a rollback journal the pin would hold every
 * commit up instead, so such a file must have no owner.
 */
export function openPinnedSource(path: string): PinnedSource {
  const database = openDatabase({
    path,
    role: 'reader',
    synchronous: 'FULL',
    mmapSize: 0,
    embedder: null,
  });
  let lock: OwnerLock | null = null;
  try {
    refuseOtherVersion(database);
    lock = database.pragma('journal_mode', { simple: true }) === 'wal' ? null : lockUnowned(path);
    // BEGIN alone pins nothing; the first read does.
    database.exec('BEGIN');
    const meta = readMeta(database);
    return {
      database,
      statements: new StatementCache(database),
      meta,
      takenAt: Date.now(),
      close: () => {
        database.close();
        lock?.release();
      },
    };
  } catch (error) {
    database.close();
    lock?.release();
    throw error;
  }
}

function lockUnowned(path: string): OwnerLock {
  try {
    return new OwnerLock(path);
  } catch (cause) {
    throw new MemoryConnectionError(
      `the database ${path} is open with a rollback journal, where a backup would hold its writes up`,
      { cause, remedy: 'Stop its owner first, or let it use the backend sqlite.' },
    );
  }
}

function refuseOtherVersion(database: SqliteDatabase): void {
  const version = schemaVersion(database);
  if (version === SCHEMA_VERSION) return;
  throw new ValidationError(
    `the database has schema version ${version}; backups are made of version ${SCHEMA_VERSION}`,
    { remedy: 'Open it once with this version of Trinitas, which brings it up to date.' },
  );
}
