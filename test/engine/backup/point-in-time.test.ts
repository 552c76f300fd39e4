import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MemoryOperations } from '../../../src/engine/index.ts';
import { backUp, restoreTo } from '../../support/backup-in-thread.ts';
import { type DatabaseDump, dumpDatabase, withoutUndated } from '../../support/dump-database.ts';
import { makeTestFolder, openTestEngine } from '../../support/open-test-engine.ts';
import { openWriteSession } from '../../support/open-write-session.ts';
import { randomFrom } from '../../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const KEYS = 12;

/** One random commit, or none when it is refused; every kind of change that the store knows. */
async function writeAnything(
  memories: MemoryOperations,
  random: (below: number) => number,
  turn: number,
): Promise<void> {
  const key = `k${random(KEYS)}`;
  const other = `k${random(KEYS)}`;
  const words = `owl ${random(50)} and hawk ${turn}`;
  const run = [
    () =>
      memories.store({
        key,
        value: { words, n: random(9) },
        tags: [`t${random(4)}`, `u${random(4)}`],
        persona: random(2) === 0 ? null : `p${random(3)}`,
        metadata: { conversation: 'c', position: random(20) },
      }),
    () => memories.store({ key, value: words }, { idempotencyKey: `i${random(500)}` }),
    () => memories.update({ by: { key }, importance: random(10) / 10, value: words }),
    () => memories.delete({ by: { key } }),
    () => memories.link({ from: { key }, to: { key: other }, kind: 'relates' }),
    () => memories.unlink({ from: { key }, to: { key: other }, kind: 'relates' }),
    () =>
      memories.transact([
        { store: { key, value: words } },
        { store: { key: `${other}-b`, value: turn } },
      ]),
  ][random(7)];
  await run?.().catch(() => undefined);
}

/** The log loses its beginning, so that old versions move to before-images. */
function trim(path: string): void {
  const session = openWriteSession(path);
  const now = Date.now();
  expect(session.prune({ changesBefore: now + 1, keepChanges: 5, now })).toBeGreaterThan(0);
  session.close();
}

describe(`a point in time (SEED=${SEED})`, () => {
  it('is restored exactly at every commit, and links and accesses at every backup', async () => {
    const random = randomFrom(SEED);
    const folder = await makeTestFolder();
    const path = join(folder, 'live.db');
    const directory = join(folder, 'backups');
    const open = () =>
      openTestEngine({ memory: { sqlite_path: path, embedder: { provider: 'none' } } });
    let engine = await open();
    let memories = engine.namespace('main');
    const states = new Map<number, DatabaseDump>();
    const note = (): void => {
      const dump = dumpDatabase(path);
      const [[csn]] = dump['meta'] as [[number]];
      states.set(csn, dump);
    };
    const write = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) {
        await writeAnything(memories, random, turn);
        note();
      }
    };
    await write(30);
    await engine.close();
    trim(path);
    engine = await open();
    memories = engine.namespace('main');
    await write(15);
    let newest = await backUp({ path, directory }, 'full');
    const first = newest.csn;
    const ends = [first];
    for (const name of ['one', 'two']) {
      await write(16);
      newest = await backUp({ path, directory }, name, newest);
      ends.push(newest.csn);
    }
    await write(5);
    for (const [csn, live] of states) {
      if (csn < first || csn > newest.csn) continue;
      const target = join(folder, `at-${csn}.db`);
      const report = await restoreTo(target, directory, { csn });
      expect(report).toMatchObject({ csn, path: target, movedAside: null });
      const restored = dumpDatabase(target);
      const strip = ends.includes(csn) ? (dump: DatabaseDump) => dump : withoutUndated;
      expect(strip(restored), `commit ${csn}`).toEqual(strip(live));
    }
    expect(newest.csn).toBeGreaterThan(first);
  });
});
