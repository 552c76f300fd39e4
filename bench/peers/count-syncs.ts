import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const CALLS = 'fsync,fdatasync,msync,sync_file_range';

/** How often a process forces data to the disk while `work` runs, as strace counts it; null where there is no strace. */
export async function countSyncs(pid: number, work: () => Promise<void>): Promise<number | null> {
  if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status !== 0) return null;
  const tracer = spawn('strace', ['-f', '-e', `trace=${CALLS}`, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(tracer, 'exit');
  let count = 0;
  const attached = new Promise<void>((resolve, reject) => {
    createInterface({ input: tracer.stderr }).on('line', (line) => {
      if (line.includes(' attached')) resolve();
      // A call that another thread interrupts is printed in two parts.
      else if (/(sync|sync_file_range)\(/.test(line)) count += 1;
    });
    tracer.once('exit', (code) => reject(new Error(`strace ended: ${code}`)));
  });
  await attached;
  await work();
  tracer.kill('SIGINT');
  await exited;
  return count;
}
