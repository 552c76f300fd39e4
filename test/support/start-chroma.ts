import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

const CLI = join(dirname(createRequire(import.meta.url).resolve('chromadb')), '..', 'cli.mjs');
/** Between two looks whether the server answers; it needs about 200 ms. */
const LOOK_EVERY_MS = 20;

/** The real Chroma server, in a directory and on a port of its own that outlive its restarts; ended with the test. */
export class ChromaTestServer {
  readonly port: number;
  readonly directory: string;
  #child: ChildProcess | null = null;
  #exited: Promise<unknown> = Promise.resolve();

  private constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
  }

  /**
   * Without a directory in a temporary one, removed at the end; without a port on a free one. `whenOver`: for a server of a whole
   * file, `afterAll`.
   */
  static async start({
    directory,
    port,
    whenOver = onTestFinished,
  }: {
    readonly directory?: string;
    readonly port?: number;
    readonly whenOver?: (end: () => Promise<void>) => void;
  } = {}): Promise<ChromaTestServer> {
    const own = directory ?? mkdtempSync(join(tmpdir(), 'trinitas-chroma-'));
    const server = new ChromaTestServer(port ?? (await freePort()), own);
    whenOver(async () => {
      await server.kill();
      if (directory === undefined) rmSync(own, { recursive: true, force: true });
    });
    await server.restart();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const words = ['run', '--path', this.directory, '--host', '127.0.0.1'];
    const child = spawn(process.execPath, [CLI, ...words, '--port', String(this.port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk);
    });
    this.#child = child;
    this.#exited = once(child, 'close');
    while (!(await this.#answers())) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the Chroma server ended: ${errors}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGTERM. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** From now on it takes connections and answers nothing, until `resume`. */
  suspend(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    await this.#exited;
  }

  async #answers(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/api/v2/heartbeat`);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
