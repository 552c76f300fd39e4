import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const INSPECTOR = 'Debugger listening on ';
const GREETING = 'Trinitas listens on ';

/** The server as it is delivered, in a process of its own. */
export interface DeliveredServer {
  readonly child: ChildProcess;
  /** The endpoint of GraphQL. */
  readonly url: string;
  /** With `--inspect` among `execArgv`; null without. */
  readonly inspectorUrl: string | null;
  stop(): Promise<void>;
}

/** Starts the server beside the compiled engine; resolves when it takes requests. `settings` are environment variables. */
export async function startDeliveredServer(
  engineUrl: string,
  databasePath: string,
  settings: Readonly<Record<string, string>> = {},
  execArgv: readonly string[] = [],
): Promise<DeliveredServer> {
  const entry = fileURLToPath(new URL('../main.js', engineUrl));
  const child = spawn(process.execPath, [...execArgv, entry], {
    cwd: dirname(databasePath),
    env: {
      ...process.env,
      TRINITAS_MEMORY__SQLITE_PATH: databasePath,
      TRINITAS_SERVER__PORT: '0',
      TRINITAS_SERVER__LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  let inspectorUrl: string | null = null;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith(INSPECTOR)) inspectorUrl = line.slice(INSPECTOR.length);
    else if (line.startsWith('{')) process.stderr.write(`${line}\n`);
  });
  return await new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (line.startsWith(GREETING))
        resolve({ child, url: line.slice(GREETING.length), inspectorUrl, stop });
      else if (line.startsWith('{')) process.stderr.write(`${line}\n`);
    });
    lines.once('close', () => reject(new Error('the server ended before it took requests')));
  });
}
