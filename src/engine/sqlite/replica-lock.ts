import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MemoryConnectionError } from '../errors.ts';
import { toMemoryError } from './sqlite-errors.ts';

/** A reader thread waits that long for a starting owner, or for whoever changes the file; both hold the lock for less, or for much longer. */
const SHARE_PATIENCE_MS = 250;

/**
 * Keeps replicas and whoever would change the file under them apart. Every connection of a replica is opened under the shared lock on
 * `<file>.replicas` and holds it for life; a migration, another embedder, a restore and a repair take it exclusively. So a replica
 * never reads a file that was replaced, or tables of another version. The kernel frees the lock of a process that was killed. A side
 * file, since another handle on the database itself would drop SQLite's own POSIX locks when closed.
 */
export class ReplicaLock {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** For one connection of a replica. MemoryConnectionError while the file is being changed. */
  static share(path: string): ReplicaLock {
    const database = open(path, SHARE_PATIENCE_MS);
    try {
      database.exec('BEGIN');
      // BEGIN alone locks nothing; the first read does.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return new ReplicaLock(database);
    } catch (cause) {
      throw refusal(database, cause, () => ({
        message: `the database ${path} is being migrated, restored or repaired`,
        reason: 'changing',
        remedy: 'Start the replica when that is done.',
      }));
    }
  }

  /** For whoever changes the file; `what` completes "while replicas have it open, the database cannot …". */
  static exclude(path: string, what: string): ReplicaLock {
    const database = open(path, 0);
    try {
      database.pragma('journal_mode = MEMORY');
      database.exec('BEGIN EXCLUSIVE');
      return new ReplicaLock(database);
    } catch (cause) {
      throw refusal(database, cause, () => ({
        message: `while replicas have it open, the database ${path} cannot ${what}`,
        reason: 'replicas',
        remedy: 'Stop the replicas of this database (trinitas serve --replica) first.',
      }));
    }
  }

  release(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}

/** Runs `work` while no replica has the file open and none can open it. */
export function withoutReplicas<T>(path: string, what: string, work: () => T): T {
  // Without a file there is nothing to open, and without a lock nobody has one open that was there.
  if (!existsSync(path) && !existsSync(lockPathOf(path))) return work();
  const lock = ReplicaLock.exclude(path, what);
  try {
    return work();
  } finally {
    lock.release();
  }
}

function lockPathOf(path: string): string {
  return `${path}.replicas`;
}

function open(path: string, timeout: number): Database.Database {
  const lockPath = lockPathOf(path);
  try {
    return new Database(lockPath, { timeout });
  } catch (cause) {
    throw new MemoryConnectionError(`cannot create the lock file ${lockPath}`, {
      cause,
      remedy: 'Check that the folder exists and that this user may write to it.',
    });
  }
}

function refusal(
  database: Database.Database,
  cause: unknown,
  busy: () => { readonly message: string; readonly reason: string; readonly remedy: string },
): Error {
  database.close();
  if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_BUSY'))
    return toMemoryError(cause);
  const { message, reason, remedy } = busy();
  return new MemoryConnectionError(message, { cause, data: { reason }, remedy });
}
