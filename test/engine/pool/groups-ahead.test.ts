import { statSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Commit } from '../../../src/engine/backends/backend.ts';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../../src/engine/backends/sqlite.ts';
import type { EmbedderSetup } from '../../../src/engine/embedding/embedder-setup.ts';
import { instantEmbedder } from '../../../src/engine/embedding/embedder-setup.ts';
import { parseEngineConfig } from '../../../src/engine/options.ts';
import { Reader } from '../../../src/engine/pool/reader.ts';
import { MemorySpace } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { openWriteSession } from '../../support/open-write-session.ts';
import { randomFrom } from '../../support/random.ts';
import { someWords, wordTable } from '../../support/word-table.ts';

/* A second commit group goes to the thread before the first is answered, when many callers write at once. */

const SEED = Number(process.env['SEED'] ?? Date.now());
const CALLERS = 200;
const MEGABYTE = 1_048_576;

async function openSpace(
  embedder: EmbedderSetup | null = null,
): Promise<{ backend: SqliteBackend; space: MemorySpace; path: string }> {
  const path = await makeTestPath();
  const memory = { sqlite_path: path, embedder: { provider: 'none' as const } };
  const backend = await openSqlite(parseEngineConfig({ memory }), embedder);
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

it('gives every memory the vector of its text, whichever thread has made it, also when a reader dies', async () => {
  const words = someWords(60);
  const setup = wordTable(words, 64);
  const { backend, space, path } = await openSpace(setup);
  const filled = vi.spyOn(Reader.prototype, 'fillVectors');
  onTestFinished(() => filled.mockRestore());
  const textOf = (name: string): string => {
    const random = randomFrom(
      [...name].reduce((sum, digit) => sum * 31 + digit.charCodeAt(0), SEED),
    );
    return Array.from({ length: 6 }, () => words[random(words.length)]).join(' ');
  };
  let stores = 0;
  await keepBusy(6, async (name) => {
    stores += 1;
    if (stores === 2 * CALLERS) await backend.crash('reader');
    await space.store(name, textOf(name));
  });
  expect(filled.mock.calls.length).toBeGreaterThan(2);
  await backend.close();
  const session = openWriteSession(path, 'writer', setup);
  const sql = 'SELECT m.key, e.vector FROM memories m JOIN embeddings e ON e.memory_id = m.id';
  const rows = session.statements.rows(sql);
  expect(rows).toHaveLength(6 * CALLERS);
  const embedder = instantEmbedder(setup);
  for (const [name, vector] of rows) {
    const kept = embedder?.embedForKeeping(textOf(name as string));
    expect(Buffer.from(kept?.bytes ?? []).equals(vector as Buffer)).toBe(true);
  }
});
