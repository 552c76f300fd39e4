import Database from 'better-sqlite3';
import { MemoryConnectionError } from '../errors.ts';
import { toMemoryError } from './sqlite-errors.ts';

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
      this.#database = new Database(ownerPath, { timeout: 0 });
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
