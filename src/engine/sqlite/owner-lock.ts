import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MemoryConnectionError } from '../errors.ts';
import { toMemoryError } from './sqlite-errors.ts';

/** A look of a replica (`isOwned`) is in the way for microseconds; whoever owns the file is in the way for good. */
const PATIENCE_MS = 100;

/**
 * One process owns a database file: two writers would break commit numbers, caches and cursors. The lock is an
 * exclusive transaction on a side file, held for life, because the kernel frees it at once when the owner is killed.
 * A side file, since any other handle on the database itself would drop SQLite's own POSIX locks when closed.
 */
export class OwnerLock {
  readonly #database: Database.Database;

  constructor(path: string) {
    const ownerPath = `${path}.owner`;
    try {
      this.#database = new Database(ownerPath, { timeout: PATIENCE_MS });
    } catch (cause) {
      throw new MemoryConnectionError(`cannot create the lock file ${ownerPath}`, {
        cause,
        remedy: 'Check that the folder exists and that this user may write to it.',
      });
    }
    try {
      this.#database.pragma('journal_mode = MEMORY');
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#database.close();
      if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_BUSY'))
        throw toMemoryError(cause);
      throw new MemoryConnectionError(
        `the database ${path} is in use by another process or engine`,
        {
          cause,
          data: { reason: 'owned' },
          remedy: 'Stop the other Trinitas (or use its GraphQL API) before opening the file here.',
        },
      );
    }
  }

  release(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}

/** Whether some process owns the file now; for replicas, which tell it in their health. */
export function isOwned(path: string): boolean {
  const ownerPath = `${path}.owner`;
  if (!existsSync(ownerPath)) return false;
  const database = new Database(ownerPath, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw toMemoryError(error);
  } finally {
    database.close();
  }
}
