import { MemoryDataCorruptionError, type MemorySystemError } from '../errors.ts';

/** Why a file is in quarantine that ends before its high-water mark. */
export function lostCommits(csn: number, mark: number): string {
  return `the database ends at commit ${csn}, but ${mark} was acknowledged: commits ${csn + 1} to ${mark} are lost`;
}

/** What writes meet there. */
export function quarantined(reason: string): MemorySystemError {
  return new MemoryDataCorruptionError(`the database is in quarantine: ${reason}`, {
    remedy:
      'Restore a backup; or, to accept the loss, stop the server and delete the file ending in .hwm beside the database.',
  });
}
