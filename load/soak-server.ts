import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HeapProbe } from './heap-probe.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GREETING = 'Trinitas listens on ';
const INSPECTOR = 'Debugger listening on ';

/** Keeps the change log, and so the file, at a size that a soak does not grow beyond. */
const BOUNDED_HISTORY = {
  TRINITAS_HISTORY__KEEP_CHANGES: '20000',
  TRINITAS_HISTORY__RETENTION_DAYS: '0.0005',
};

/** What is watched, in bytes unless named otherwise. */
export interface SoakFigures {
  /** Resident memory of the process, all threads. */
  readonly rss: number;
  /** Heap of the main thread after a forced collection. */
  readonly heap: number;
  /** Open file descriptors. */
  readonly handles: number;
  readonly wal: number;
  readonly file: number;
}

/** The compiled server in a process of its own, seen from outside: /proc, the files, and the inspector for its heap. */
export class SoakServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #database: string;
  readonly #heap: HeapProbe;

  private constructor(url: string, child: ChildProcess, database: string, heap: HeapProbe) {
    this.url = url;
    this.#child = child;
    this.#database = database;
    this.#heap = heap;
  }

  /** The database lies in a new folder of `parent`, which should be on a disk; all is removed afterwards. Linux only. */
  static async use<T>(parent: string, work: (server: SoakServer) => Promise<T>): Promise<T> {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
    const directory = await mkdtemp(join(parent, 'soak-'));
    const database = join(directory, 'soak.db');
    const child = spawn(
      process.execPath,
      ['--inspect=127.0.0.1:0', join(ROOT, 'dist', 'main.js')],
      {
        cwd: directory,
        env: {
          ...process.env,
          ...BOUNDED_HISTORY,
          TRINITAS_MEMORY__SQLITE_PATH: database,
          TRINITAS_SERVER__PORT: '0',
          TRINITAS_SERVER__LOG_LEVEL: 'warn',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ended = once(child, 'exit');
    try {
      const [inspector, url] = await Promise.all([
        lineAfter(child.stderr, INSPECTOR),
        lineAfter(child.stdout, GREETING),
      ]);
      const heap = await HeapProbe.connect(inspector);
      try {
        return await work(new SoakServer(url, child, database, heap));
      } finally {
        heap.close();
      }
    } finally {
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    }
  }

  async figures(): Promise<SoakFigures> {
    const heap = await this.#heap.usedAfterCollection();
    return {
      rss: residentBytes(this.#child.pid),
      heap,
      handles: readdirSync(`/proc/${this.#child.pid}/fd`).length,
      wal: bytesOf(`${this.#database}-wal`),
      file: bytesOf(this.#database),
    };
  }
}

function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Passes every other line through, so that what the server complains of is seen. */
function lineAfter(stream: NodeJS.ReadableStream | null, start: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (stream === null) throw new Error('the server has no output');
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => {
      if (line.startsWith(start)) resolve(line.slice(start.length));
      else if (line.startsWith('{')) process.stderr.write(`${line}\n`);
    });
    lines.once('close', () => reject(new Error(`the server ended before it said "${start}"`)));
  });
}
