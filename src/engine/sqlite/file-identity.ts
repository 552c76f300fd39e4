import { statSync } from 'node:fs';
import { MemoryConnectionError } from '../errors.ts';

/** Which file a path leads to (device and inode), null when to none. SQLite itself keeps writing to a file that was renamed or deleted. */
export function fileIdentity(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}

/** Refuses a write that would end in a file nobody finds again. */
export function fileMoved(path: string): MemoryConnectionError {
  return new MemoryConnectionError(
    `the database ${path} was moved, deleted or replaced while it was open; nothing was stored`,
    {
      data: { reason: 'moved' },
      remedy: 'Put the file back in its place, or restart to use the file that is there now.',
    },
  );
}
