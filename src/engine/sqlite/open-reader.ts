import { existsSync } from 'node:fs';
import { MemoryConnectionError, ValidationError } from '../errors.ts';
import { type DatabaseOptions, openDatabase, type SqliteDatabase } from './database.ts';
import { schemaVersion } from './file-format.ts';
import { readMeta } from './meta.ts';
import { SCHEMA_VERSION } from './migrations/migrate.ts';
import { ReplicaLock } from './replica-lock.ts';
import { toMemoryError } from './sqlite-errors.ts';

/** A connection for reads, and what has to be given up after it. */
export interface OpenReader {
  readonly database: SqliteDatabase;
  release(): void;
}

/**
 * Beside an owner in the same process, which made the file what it has to be; or on behalf of a replica, which holds the shared lock
 * and serves no other file than the one it was started with. Errors: those of openDatabase; MemoryConnectionError while the file is
 * changed or when another one took its place, ValidationError for a file that no owner of this version has opened.
 */
export function openReader(options: DatabaseOptions): OpenReader {
  const { path, replica } = options;
  if (replica === undefined) return { database: openDatabase(options), release: () => undefined };
  if (!existsSync(path))
    throw new ValidationError(`there is no database ${path}`, {
      remedy: 'Start the owner first (trinitas serve), or correct memory.sqlite_path or --db.',
    });
  const lock = ReplicaLock.share(path);
  try {
    const database = openDatabase(options);
    try {
      refuseUnready(database);
      refuseUnbegun(database, path);
      if (replica.epoch !== null) refuseOther(database, path, replica.epoch);
      return { database, release: () => lock.release() };
    } catch (error) {
      database.close();
      throw toMemoryError(error);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function refuseUnready(database: SqliteDatabase): void {
  const version = schemaVersion(database);
  if (version !== SCHEMA_VERSION)
    throw new ValidationError(
      `the database has schema version ${version}; a replica serves version ${SCHEMA_VERSION}`,
      { remedy: 'Open it once with this version of Trinitas as its owner (trinitas serve).' },
    );
  const mode = String(database.pragma('journal_mode', { simple: true }));
  if (mode !== 'wal')
    throw new ValidationError(
      `the journal mode of the database is ${mode}; a replica needs the write-ahead log`,
      { remedy: 'Open it once with the backend sqlite or hybrid as its owner (trinitas serve).' },
    );
}

function refuseUnbegun(database: SqliteDatabase, path: string): void {
  if (readMeta(database).incarnation > 0) return;
  throw new MemoryConnectionError(`no owner has begun to serve ${path} yet`, {
    remedy: 'Start the owner first (trinitas serve).',
  });
}

function refuseOther(database: SqliteDatabase, path: string, epoch: string): void {
  if (readMeta(database).epoch === epoch) return;
  throw new MemoryConnectionError(`another database took the place of ${path}`, {
    data: { reason: 'replaced' },
    remedy: 'Start the replica anew.',
  });
}
