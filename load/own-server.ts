import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onInterrupt } from '../bench/on-interrupt.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GREETING = 'Trinitas listens on ';

/** Where a load runs: the endpoint of GraphQL. */
export interface Target {
  readonly url: string;
}

/**
 * Runs `use` against the compiled server on a free port and an empty database, in a process of its own that is ended afterwards.
 * The database lies in `parent`, which should be on a disk.
 */
export async function withOwnServer<T>(
  parent: string,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  const directory = await mkdtemp(join(parent, 'load-'));
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    cwd: directory,
    env: {
      ...process.env,
      TRINITAS_MEMORY__SQLITE_PATH: join(directory, 'load.db'),
      TRINITAS_SERVER__PORT: '0',
      TRINITAS_SERVER__LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const settle = onInterrupt(end);
  try {
    return await use({ url: await address(child) });
  } finally {
    settle();
    await end();
  }
}

async function address({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the server has no standard output');
  for await (const line of createInterface({ input: stdout }))
    if (line.startsWith(GREETING)) return line.slice(GREETING.length);
  throw new Error('the server ended before it listened');
}
