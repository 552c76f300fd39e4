import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Characters kept of what the server last wrote to standard error. */
const MAX_TAIL = 2_000;
/** After SIGTERM; the server needs 10 ms. */
const GRACE_MS = 2_000;

/** One run of the Chroma server that ships with the npm package; it ends when this process does. */
export class ServerProcess {
  readonly port: number;
  /** Resolves with why it ended; never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #tail = '';

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#tail = (this.#tail + text).slice(-MAX_TAIL);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // Not `exit`: standard error may still have something to say.
      child.once('close', (code, signal) =>
        resolve(`ended with ${signal ?? `code ${code}`}${describe(this.#tail)}`),
      );
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Creates the directory; rejects when that fails. Port and process are new on every start. */
  static async start(cli: string, directory: string): Promise<ServerProcess> {
    mkdirSync(directory, { recursive: true });
    const port = await freePort();
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = new URL(`./run-server.${fromSource ? 'ts' : 'js'}`, import.meta.url);
    const loader = fromSource
      ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
      : [];
    const child = spawn(
      process.execPath,
      [...loader, fileURLToPath(entry), cli, directory, String(port)],
      // Its banner goes nowhere. A session of its own: Ctrl+C is for us, who end it when nobody needs it any more.
      { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    return new ServerProcess(child, port);
  }

  /** SIGTERM, and SIGKILL when that does not help. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    this.#child.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function describe(tail: string): string {
  const text = tail.trim();
  return text === '' ? '' : `: ${text}`;
}
