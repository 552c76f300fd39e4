import { dirname, resolve } from 'node:path';
import { type DiskSpace, diskSpace, keptFree } from './metrics/disk-space.ts';

export interface DiskRoom extends DiskSpace {
  /** Free bytes below which writes are refused. */
  readonly minFreeBytes: number;
}

/**
 * The disk that holds, or is to hold, a database. Needs no open engine. `configured` null = the lesser of 64 MB and 5 % of the disk.
 * Throws the error of the system when the folder does not exist.
 */
export function diskRoom(database: string, configured: number | null): DiskRoom {
  const space = diskSpace(dirname(resolve(database)));
  return { ...space, minFreeBytes: keptFree(configured, space.totalBytes) };
}
