import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { EmbedderSetup } from '../embedding/embedder-setup.ts';
import { MemoryConnectionError, MemorySystemError, ValidationError } from '../errors.ts';
import { MIN_SQLITE_VERSION } from '../limits.ts';
import type { ParticipantName } from '../model/participation.ts';
import type { DiskLimits } from './disk-guard.ts';
import { refuseForeignFile } from './file-format.ts';
import { SCHEMA_VERSION } from './migrations/migrate.ts';
import { toMemoryError } from './sqlite-errors.ts';

export type SqliteDatabase = Database.Database;

export interface DatabaseOptions {
  readonly path: string;
  /** `writer` and `sync` may create the file; `reader` never writes. */
  readonly role: 'writer' | 'reader' | 'sync';
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Bytes; 0 turns I/O errors into error codes instead of SIGBUS. */
  readonly mmapSize: number;
  /** What the writer keeps free on the disk; absent = it fills the disk. */
  readonly disk?: DiskLimits | undefined;
  /** null = memories get no vectors. */
  readonly embedder: EmbedderSetup | null;
  /** Servers beside the database that follow its commits; absent = none does. */
  readonly participants?: readonly ParticipantName[] | undefined;
  /** For readers of a process that is not the owner; `epoch` is that of the file it serves, null before it is known. */
  readonly replica?: { readonly epoch: string | null } | undefined;
}

/** Only a foreign process can hold the write lock; waiting longer blocks the whole thread. */
export const WRITER_BUSY_TIMEOUT_MS = 250;
/** Another process opens, recovers or closes the file for a moment; within the owner's process nobody is ever in a reader's way. */
const REPLICA_BUSY_TIMEOUT_MS = 250;
/** Pages of cache per connection, negative = KiB. */
const WRITER_CACHE = -32_000;
const READER_CACHE = -16_000;
/** Level numbers SQLite answers for `PRAGMA synchronous`. */
const SYNCHRONOUS_LEVEL = { NORMAL: 1, FULL: 2 } as const;

/** File systems without the shared memory and locks that WAL needs, by statfs type (linux/magic.h). */
const REFUSED_FILE_SYSTEMS = new Map([
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
]);

/**
 * Opens one connection with every setting stated and asserted: `synchronous` silently falls to NORMAL after the
 * first write of a WAL database unless it is set on the connection (measured, engine.md section 0).
 * Errors: MemoryConnectionError when it cannot be opened, ValidationError for an unsupported place or library or a file
 * of another program or of a newer version, MemoryDataCorruptionError for one that is no database.
 */
export function openDatabase(options: DatabaseOptions): SqliteDatabase {
  refuseNetworkFileSystem(options.path);
  const readonly = options.role === 'reader';
  let database: SqliteDatabase;
  try {
    database = new Database(options.path, {
      readonly,
      fileMustExist: readonly,
      timeout: busyTimeoutOf(options),
    });
  } catch (cause) {
    throw new MemoryConnectionError(
      `cannot open the database ${options.path}: ${messageOf(cause)}`,
      {
        cause,
        remedy: 'Check that the folder exists and that this user may read and write it.',
      },
    );
  }
  try {
    assertSqliteVersion(database);
    refuseForeignFile(database, SCHEMA_VERSION);
    configure(database, options);
    return database;
  } catch (error) {
    database.close();
    throw toMemoryError(error);
  }
}

function busyTimeoutOf({ role, replica }: DatabaseOptions): number {
  if (role !== 'reader') return WRITER_BUSY_TIMEOUT_MS;
  return replica === undefined ? 0 : REPLICA_BUSY_TIMEOUT_MS;
}

function configure(database: SqliteDatabase, options: DatabaseOptions): void {
  const sync = options.role === 'sync';
  if (options.role !== 'reader') {
    const wanted = sync ? 'delete' : 'wal';
    const mode = database.pragma(`journal_mode = ${wanted}`, { simple: true });
    if (mode !== wanted) {
      throw new MemoryConnectionError(`journal mode is ${String(mode)}, ${wanted} was asked for`, {
        remedy:
          'Close every other program that has the file open; WAL also needs a local file system.',
      });
    }
    // The schedule of checkpoints is the writer's: PASSIVE between groups, never inside somebody's commit.
    if (!sync) database.pragma('wal_autocheckpoint = 0');
  }
  database.pragma(`synchronous = ${options.synchronous}`);
  database.pragma(`cache_size = ${options.role === 'reader' ? READER_CACHE : WRITER_CACHE}`);
  database.pragma(`mmap_size = ${options.mmapSize}`);
  database.pragma('foreign_keys = ON');
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('temp_store = MEMORY');
  database.pragma('analysis_limit = 400');
  assertSynchronous(database, options.synchronous);
}

/** Throws unless the connection still flushes as configured; called after opening and after the first write. */
export function assertSynchronous(database: SqliteDatabase, expected: 'FULL' | 'NORMAL'): void {
  const level = database.pragma('synchronous', { simple: true });
  if (level !== SYNCHRONOUS_LEVEL[expected]) {
    throw new MemorySystemError(
      `synchronous is ${String(level)} on this connection, ${expected} was asked for`,
    );
  }
}

function assertSqliteVersion(database: SqliteDatabase): void {
  const version = sqliteVersion(database);
  if (compareVersions(version, MIN_SQLITE_VERSION) < 0) {
    throw new ValidationError(
      `SQLite ${version} can corrupt a WAL database; at least ${MIN_SQLITE_VERSION} is needed`,
      { remedy: 'Reinstall the package better-sqlite3 in the version of package-lock.json.' },
    );
  }
}

export function sqliteVersion(database: SqliteDatabase): string {
  return String(database.prepare('SELECT sqlite_version()').pluck().get());
}

function compareVersions(left: string, right: string): number {
  const rightParts = right.split('.').map(Number);
  for (const [index, part] of left.split('.').map(Number).entries()) {
    const difference = part - (rightParts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function refuseNetworkFileSystem(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new MemoryConnectionError(`the folder ${folder} does not exist`, {
      remedy: 'Create it, or choose another sqlite_path.',
    });
  }
  const name = REFUSED_FILE_SYSTEMS.get(statfsSync(folder).type);
  if (name !== undefined) {
    throw new ValidationError(
      `${folder} is on ${name}, where SQLite's write-ahead log is not safe`,
      {
        remedy: 'Put the database on a local disk.',
      },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
