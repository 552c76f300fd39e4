import type { Config } from '../../config.ts';
import { diskRoom } from '../../engine/index.ts';
import { type Check, finding, fine } from './check.ts';

/** As package.json says. */
const LEAST_NODE = [20, 19] as const;
const MB = 1_048_576;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return isEnough
    ? fine('node', version)
    : finding('node', `${version} is too old`, `Install Node ${LEAST_NODE.join('.')} or newer.`);
}

/** Whether the disk of the database leaves room for writes. */
export function checkDisk({ memory }: Config): Check {
  try {
    const room = diskRoom(memory.sqlite_path, memory.min_free_bytes ?? null);
    const free = `${Math.floor(room.freeBytes / MB)} MB free`;
    return room.freeBytes > room.minFreeBytes
      ? fine('disk', free)
      : finding(
          'disk',
          `${free}, below ${Math.floor(room.minFreeBytes / MB)} MB writes are refused`,
          'Make room on the disk of the database, or lower memory.min_free_bytes.',
        );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return finding('disk', reason, 'Create the folder of memory.sqlite_path.');
  }
}
