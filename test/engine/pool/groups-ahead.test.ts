import { statSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import type { Commit } from '../../../src/engine/backends/backend.ts';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../../src/engine/backends/sqlite.ts';
import { parseEngineConfig } from '../../../src/engine/options.ts';
import { MemorySpace } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { randomFrom } from '../../support/random.ts';

/* A second commit group goes to the thread before the first is answered, when many callers write at once. */

const SEED = Number(process.env['SEED'] ?? Date.now());
const CALLERS = 200;
const MEGABYTE = 1_048_576;

async function openSpace(): Promise<{ backend: SqliteBackend; space: MemorySpace; path: string }> {
  const path = await makeTestPath();
  const memory = { sqlite_path: path, embedder: { provider: 'none' as const } };
  const backend = await openSqlite(parseEngineConfig({ memory }));
  onTestFinished(() => backend.close());
  return { backend, space: new MemorySpace(backend, 'main'), path };
}

/** Every caller makes its next call as soon as the last one is answered. */
async function keepBusy(calls: number, call: (name: string) => Promise<unknown>): Promise<void> {
  const caller = async (_: unknown, name: number): Promise<void> => {
    for (let turn = 0; turn < calls; turn += 1) await call(`${name}-${turn}`);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

it('splits what many callers write in two groups that take turns', async () => {
  const { backend, space } = await openSpace();
  await keepBusy(5, (name) => space.store(name));
  const { groups } = await backend.statistics();
  expect(groups.units).toBe(5 * CALLERS);
  expect(groups.maxSize).toBeLessThan(CALLERS);
});

it(`does each write once, in order, when the thread dies with two groups in it (seed ${SEED})`, async () => {
  const { backend, space } = await openSpace();
  await space.store('counter', 0);
  const commits: Commit[] = [];
  backend.onCommit((commit) => commits.push(commit));
  const random = randomFrom(SEED);
  let crashes = 0;
  let untilCrash = 1 + random(150);
  await keepBusy(6, async () => {
    const target = { key: 'counter' };
    const written = space.apply({ kind: 'increment', target, path: [], by: 1 });
    untilCrash -= 1;
    if (untilCrash === 0) {
      untilCrash = 50 + random(200);
      crashes += 1;
      await backend.crash('writer');
    }
    await written;
  });
  expect(crashes).toBeGreaterThan(1);
  expect(await space.valueText('counter')).toBe(String(6 * CALLERS));
  const numbers = commits.map(({ csn }) => csn);
  expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
  // What a cache goes by: no commit is passed over.
  expect(commits.at(-1)).toMatchObject({ csn: 6 * CALLERS + 1, headSeq: 6 * CALLERS + 1 });
});

it('folds the log of changes back although the next group always waits already', async () => {
  const { backend, space, path } = await openSpace();
  let longest = 0;
  const value = 'x'.repeat(MEGABYTE / 10);
  await keepBusy(3, async (name) => {
    await space.store(name, value);
    longest = Math.max(longest, statSync(`${path}-wal`).size);
  });
  const { wal } = await backend.statistics();
  expect(statSync(path).size + statSync(`${path}-wal`).size).toBeGreaterThan(100 * MEGABYTE);
  expect(wal.checkpoints).toBeGreaterThan(1);
  expect(longest).toBeLessThan(72 * MEGABYTE);
});
