import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { openEmbedding } from '../../src/engine/embedding/open-embedding.ts';
import { processSurroundings } from '../../src/engine/embedding/process-surroundings.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { built } from '../support/built.ts';
import { openMatrixBackend } from './open-matrix-backend.ts';
import { whenDrained } from './scenario-unit.ts';
import type { VictimOrder } from './victim.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where a matrix is played: one database file, one Redis, one Chroma; each scenario has a namespace of its own. */
export class MatrixWorld {
  readonly path: string;
  readonly redisUrl: string;
  readonly chromaUrl: string;
  readonly redis: Redis;

  constructor(path: string, redisUrl: string, chromaUrl: string) {
    this.path = path;
    this.redisUrl = redisUrl;
    this.chromaUrl = chromaUrl;
    this.redis = new Redis(redisUrl);
  }

  /** Runs a victim to its end; `SIGKILL` when it died where it was told to. */
  async run(
    order: Omit<VictimOrder, 'path' | 'redisUrl' | 'chromaUrl'>,
  ): Promise<{ readonly signal: string | null; readonly output: string }> {
    const { path, redisUrl, chromaUrl } = this;
    const whole: VictimOrder = { ...order, path, redisUrl, chromaUrl };
    const child = spawn(process.execPath, [built('test/matrix/victim.ts'), JSON.stringify(whole)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== null && code !== 0) throw new Error(`the victim failed by itself: ${errors}`);
    return { signal, output };
  }

  /** Opens the store as the next process would, and waits until the recovery and the outbox are through. */
  async recovered(mutant: VictimOrder['mutant']): Promise<Backend> {
    let swept = (): void => undefined;
    const whenSwept = new Promise<void>((resolve) => {
      swept = resolve;
    });
    const memory = {
      backend: 'hybrid',
      sqlite_path: this.path,
      redis_url: this.redisUrl,
      chroma_url: this.chromaUrl,
    } as const;
    const options = parseEngineConfig({ memory });
    const setup = openEmbedding(options.embedder, processSurroundings())?.setup ?? null;
    const backend = await openMatrixBackend(options, setup, mutant, {
      reached: (step) => {
        if (step === 'RECOVERY_SWEPT') swept();
      },
    });
    await whenSwept;
    await whenDrained(backend);
    return backend;
  }

  /** The file itself, read only. */
  query<T>(sql: string, ...params: readonly unknown[]): readonly T[] {
    const database = new Database(this.path, { readonly: true });
    try {
      return database.prepare(sql).all(...params) as T[];
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    await this.redis.quit();
  }
}
