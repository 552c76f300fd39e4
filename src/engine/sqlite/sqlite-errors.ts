import Database from 'better-sqlite3';
import {
  MemoryConnectionError,
  MemoryDataCorruptionError,
  MemorySystemError,
  MemoryTimeoutError,
  ReadOnlyError,
  StorageFullError,
} from '../errors.ts';

/** Raised by the clock function inside heavy scans (deadline-clock.ts). */
export const DEADLINE_MESSAGE = 'trinitas: deadline passed';

const FULL_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const FREE_SPACE = {
  remedy: 'Free space on the disk of the database; writes then go on by themselves.',
};

/** Turns whatever SQLite threw into our own error tree; our own errors pass unchanged. */
export function toMemoryError(error: unknown): MemorySystemError {
  if (error instanceof MemorySystemError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes(DEADLINE_MESSAGE)) {
    return new MemoryTimeoutError('the query was stopped at its deadline', {
      cause: error,
      remedy: 'Narrow the filter or allow more time.',
    });
  }
  if (error instanceof Error && 'code' in error && FULL_DISK.has(String(error.code))) {
    return new StorageFullError(`the disk is full: ${message}`, { cause: error, ...FREE_SPACE });
  }
  if (!(error instanceof Database.SqliteError))
    return new MemorySystemError(message, { cause: error });
  const options = { cause: error, data: { sqliteCode: error.code } };
  if (error.code.startsWith('SQLITE_FULL')) {
    return new StorageFullError('the disk is full; nothing was stored', {
      ...options,
      ...FREE_SPACE,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) {
    return new MemoryDataCorruptionError(`SQLite reports a damaged file: ${message}`, {
      ...options,
      remedy: error.code.startsWith('SQLITE_NOTADB')
        ? 'Restore a backup.'
        : 'Stop the server and run `trinitas repair`, with --backup to fill what is lost.',
    });
  }
  if (error.code.startsWith('SQLITE_READONLY')) {
    return new ReadOnlyError(`the database cannot be written: ${message}`, {
      ...options,
      remedy: 'Check the permissions of the file and its folder.',
    });
  }
  if (/^SQLITE_(BUSY|IOERR|CANTOPEN|PROTOCOL)/.test(error.code)) {
    return new MemoryConnectionError(`the database cannot be used: ${message}`, {
      ...options,
      remedy: 'Check the disk and that no other program writes to the file.',
    });
  }
  return new MemorySystemError(message, options);
}
