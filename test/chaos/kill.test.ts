import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BackendKind, makeTestPath } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';
import type { Acknowledgement } from '../support/store-under-load.ts';
import { LoadChecker } from './load-checker.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const CALLERS = 32;
const SCRIPT = fileURLToPath(new URL('../support/store-under-load.ts', import.meta.url));

/** Runs the load until it has acknowledged some units, kills it, and answers with what it acknowledged. */
async function runAndKill(
  path: string,
  kind: BackendKind,
  seed: number,
  run: string,
): Promise<readonly Acknowledgement[]> {
  const random = randomFrom(seed);
  const killAfter = 1 + random(300);
  const args = ['--import', 'tsx', SCRIPT, path, kind, String(seed), String(CALLERS), run];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('exit', (_code, signal) => resolve(signal));
  });
  const acknowledged: Acknowledgement[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledgement);
    if (acknowledged.length !== killAfter) continue;
    // The moment inside of a commit group is left to chance.
    await delay(random(8));
    child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter);
  return acknowledged;
}

describe('kill -9 under load', () => {
  it.each<[BackendKind, number]>([
    ['sqlite', 20],
    ['sqlite_sync', 5],
  ])(
    `%s: %i kills lose no acknowledged write and leave no unit in parts (seed ${SEED})`,
    async (kind, kills) => {
      const path = await makeTestPath();
      const checker = new LoadChecker(path, kind);
      for (let round = 0; round < kills; round += 1) {
        const acknowledged = await runAndKill(path, kind, SEED + round, `r${round}`);
        await checker.check(acknowledged);
      }
      console.info(
        `${kind}: ${kills} kills, ${checker.acknowledged} units acknowledged, ${checker.committed} committed, seed ${SEED}`,
      );
      expect(checker.committed).toBeGreaterThanOrEqual(checker.acknowledged);
    },
    300_000,
  );
});
