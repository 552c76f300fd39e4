import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { built, ROOT } from './built.ts';

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything written to standard error so far. */
  errors(): string;
  /** Sends the signal and waits for the end; returns the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** How `npm start` starts. */
const MAIN = [built('src/main.ts')];

/** The server in a process of its own; killed when the test ends. */
export async function startServerProcess(
  path: string,
  environment: Readonly<Record<string, string>> = {},
  entry: readonly string[] = MAIN,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, entry, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      TRINITAS_MEMORY__SQLITE_PATH: path,
      TRINITAS_SERVER__PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const url = await firstLine(child, () => errors);
  return {
    url: url.replace('Trinitas listens on ', ''),
    child,
    errors: () => errors,
    end: async (signal) => {
      child.kill(signal);
      const [code] = await exited;
      return code as number | null;
    },
  };
}

/** The first line a process writes; rejects when it ends before. */
export async function firstLine(child: ChildProcess, errors: () => string): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no standard output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`the process ended before it listened: ${errors()}`);
}
