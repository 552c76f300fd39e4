import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROBE = fileURLToPath(new URL('./memory-probe.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What one process is to do. */
export interface MemoryTask {
  readonly contender: string;
  readonly engineUrl: string;
  readonly directory: string;
  readonly stores: number;
  readonly seed: number;
}

/** Of a process, after its garbage was collected. */
export interface MemorySample {
  readonly residentBytes: number;
  /** JavaScript heap and the buffers that belong to it, of the main thread. */
  readonly heapBytes: number;
}

export interface MemoryProfile {
  /** Before the stores, after a warm-up. */
  readonly before: MemorySample;
  /** At equal distances while the memories are stored. */
  readonly growing: readonly MemorySample[];
  /** After rounds of work that changes and searches what is there, without adding anything. */
  readonly steady: readonly MemorySample[];
}

const run = promisify(execFile);

/** In a process of its own, so that nothing else is in its memory. */
export async function profileMemory(task: MemoryTask): Promise<MemoryProfile> {
  const { stdout } = await run(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', PROBE, JSON.stringify(task)],
    { cwd: ROOT, maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout) as MemoryProfile;
}
