import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';

/** Of a memory in the files of all contenders together, their logs included. */
const DISK_BYTES = 8_000;
/** Of a memory in the process: the copy that v4 keeps, the items of the workload, page caches. */
const RESIDENT_BYTES = 3_000;

/** Fit on every machine that runs a benchmark at all. */
const SMALL = 100_000;

/** The sizes that disk and memory allow here; says which are left out. */
export function fittingSizes(
  sizes: readonly number[],
  directory: string,
  progress: (message: string) => void,
  measureRoom: (directory: string) => Room = roomOf,
): readonly number[] {
  return sizes.filter((size) => {
    if (size <= SMALL) return true;
    const { disk, memory } = measureRoom(directory);
    const fits = size * DISK_BYTES < disk && size * RESIDENT_BYTES < memory;
    if (!fits) progress(`${size.toLocaleString('en-US')} memories do not fit on this machine`);
    return fits;
  });
}

/** Free bytes. */
export interface Room {
  readonly disk: number;
  readonly memory: number;
}

function roomOf(directory: string): Room {
  const { bavail, bsize } = statfsSync(directory);
  return { disk: bavail * bsize, memory: freemem() };
}
