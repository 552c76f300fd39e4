import { readdirSync, readFileSync } from 'node:fs';

/** Between two looks at the process table. */
const LOOK_EVERY_MS = 20;
/** A server ends within 10 ms of SIGTERM and at once by SIGKILL; this is for a crowded machine. */
const MAX_LOOKS = 1_000;

/** Process ids of the Chroma servers that engines run in a directory (Linux). */
export function chromaServersOf(directory: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const words = commandOf(name).split('\0');
      return words.includes(directory) && words.some((word) => /\/run-server\.[jt]s$/.test(word));
    })
    .map(Number);
}

/** Resolves with the process ids as soon as they satisfy the condition; rejects after 20 s. */
export async function untilChromaServers(
  directory: string,
  isWanted: (pids: readonly number[]) => boolean,
): Promise<readonly number[]> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const pids = chromaServersOf(directory);
    if (isWanted(pids)) return pids;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`the servers of ${directory} are ${chromaServersOf(directory)}`);
}

/** Empty for a process that is gone or a zombie. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
