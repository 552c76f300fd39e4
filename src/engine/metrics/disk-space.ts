import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sizeOf } from '../file-size.ts';

/** Bytes kept free where nobody says how many: never more than this … */
const MOST_KEPT_FREE = 67_108_864;
/** … and on a small file system this share of it. */
const SHARE_KEPT_FREE = 0.05;

export interface DiskSpace {
  /** Bytes that a process without privileges may still use. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The file system that holds `folder`, which must exist. Only statfs: no file is opened. */
export function diskSpace(folder: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** How the disk of a database stands, for its statistics. */
export function diskStatistics(
  database: string,
  minFreeBytes: number | null,
): { readonly freeBytes: number; readonly minFreeBytes: number; readonly ballastBytes: number } {
  const { freeBytes, totalBytes } = diskSpace(dirname(database));
  const ballastBytes = sizeOf(`${database}.ballast`);
  return { freeBytes, minFreeBytes: keptFree(minFreeBytes, totalBytes), ballastBytes };
}

/** Free bytes below which the engine writes nothing; `configured` null = the lesser of 64 MB and 5 % of the file system. */
export function keptFree(configured: number | null, totalBytes: number): number {
  return configured ?? Math.floor(Math.min(MOST_KEPT_FREE, totalBytes * SHARE_KEPT_FREE));
}
