import { MemoryConnectionError, type MemorySystemError, StorageFullError } from '../../errors.ts';
import { toMemoryError } from '../sqlite-errors.ts';

/** Errors of the file system in our own words, all others as everywhere. */
export function toFileError(error: unknown): MemorySystemError {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error))
    return toMemoryError(error);
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return new StorageFullError('the disk is full; nothing was kept of the work', {
      cause: error,
      remedy: 'Free space on the disk of the backup or of the database to be made.',
    });
  return new MemoryConnectionError(`a file cannot be used: ${error.message}`, {
    cause: error,
    remedy: 'Check that the folder exists and that this user may write to it.',
  });
}
