import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

/** A real redis-server of a test, on 127.0.0.1; ended by its own process id when the test is over. */
export class TestRedis {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** `options` of the command line, such as `--requirepass secret`. Nothing is kept on disk unless they say so. */
  static async start(options: readonly string[] = []): Promise<TestRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'trinitas-redis-'));
    const server = new TestRedis(await freePort(), folder, options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, with what it wrote to its folder. */
  async restart(): Promise<void> {
    await this.kill();
    const child = spawn(
      'redis-server',
      [
        ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder],
        ...['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0'],
        ...this.#options,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    await isReady(child);
  }

  /** As a crash: no goodbye, nothing saved. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // A stopped process ends by SIGKILL too.
    child.kill('SIGKILL');
    await exited;
  }

  /** It hangs: connections stay, nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Any command, on a connection of its own. */
  async command(name: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1');
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A server of this test alone. */
export async function startRedis(options: readonly string[] = []): Promise<TestRedis> {
  const server = await TestRedis.start(options);
  onTestFinished(() => server.stop());
  return server;
}

async function isReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('redis-server has no standard output');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  for await (const line of reader) {
    lines.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    reader.close();
    // What it says later is read too, so that it never waits for a reader.
    child.stdout.resume();
    return;
  }
  throw new Error(`redis-server ended before it was ready:\n${lines.join('\n')}`);
}
