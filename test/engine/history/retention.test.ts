import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/engine/backends/backend.ts';
import {
  type MemoryOperations,
  NotFoundError,
  ValidationError,
} from '../../../src/engine/index.ts';
import { maintenanceJobs } from '../../../src/engine/maintenance-jobs.ts';
import { type EngineConfigInput, parseEngineConfig } from '../../../src/engine/options.ts';
import { PRUNE_SLICE } from '../../../src/engine/sqlite/history-trim.ts';
import { storing } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
  openTestSpace,
} from '../../support/open-test-backend.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

const DAY = 86_400_000;

/** What the engine does by itself every ten minutes. */
async function runRetention(
  backend: Backend,
  history: EngineConfigInput['history'],
  now: number,
): Promise<void> {
  const options = parseEngineConfig({ history });
  const job = maintenanceJobs(backend, options, () => now).find(({ name }) => name === 'retention');
  await job?.run();
}

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])('retention on %s', (kind) => {
  it('history.retention_days and history.keep_changes each decide what stays', async () => {
    const space = await openTestSpace(kind);
    for (let day = 0; day < 20; day += 1) await space.apply(storing('k', day), { now: day * DAY });
    const oldest = async () => (await space.changes()).oldestSeq;
    const now = 19 * DAY;
    await runRetention(space.backend, { retention_days: 10, keep_changes: 1_000 }, now);
    expect(await oldest()).toBe(1);
    await runRetention(space.backend, { retention_days: 10, keep_changes: 15 }, now);
    expect(await oldest()).toBe(6);
    await runRetention(space.backend, { retention_days: 10, keep_changes: 1 }, now);
    expect(await oldest()).toBe(10);
    await runRetention(space.backend, { retention_days: 5, keep_changes: 1 }, now);
    expect(await oldest()).toBe(15);
  });

  it('takes whole units only, from the beginning only, in as many slices as it needs', async () => {
    const space = await openTestSpace(kind);
    const long = Array.from({ length: PRUNE_SLICE + 500 }, (_, index) => storing(`k${index}`, 0));
    await space.write(long, { now: 1_000 });
    await space.write([storing('a', 1), storing('b', 1), storing('c', 1)], { now: 2_000 });
    // The clock went back: what is old behind something young stays, so that no cursor misses it.
    await space.write([storing('a', 2)], { now: 9_000 });
    await space.write([storing('a', 3)], { now: 3_000 });
    const retention = { changesBefore: 5_000, now: 10_000 };
    expect(await space.backend.prune({ ...retention, keepChanges: 4 })).toBe(PRUNE_SLICE + 500);
    expect(await space.backend.prune({ ...retention, keepChanges: 4 })).toBe(0);
    expect(await space.backend.prune({ ...retention, keepChanges: 0 })).toBe(3);
    expect(await space.backend.prune({ ...retention, keepChanges: 0 })).toBe(0);
    const { changes, oldestSeq } = await space.changes();
    expect(changes.map(({ record }) => record.valueText)).toEqual(['2', '3']);
    expect(oldestSeq).toBe(PRUNE_SLICE + 504);
  });
});

interface Store {
  readonly memories: MemoryOperations;
  /** Trims everything but one newest change, which it makes. */
  trim(): Promise<Store>;
}

/** An engine does its retention by itself; here its file is trimmed by a backend in between. */
async function openStore(kind: BackendKind, path: string): Promise<Store> {
  const engine = await openTestEngine({ memory: { backend: kind, sqlite_path: path } });
  const memories = engine.namespace('main');
  return {
    memories,
    trim: async () => {
      await memories.store({ key: 'newest', value: 0 });
      await engine.close();
      const backend = await openTestBackend(kind, path);
      const now = Date.now() + 1;
      expect(await backend.prune({ changesBefore: now, keepChanges: 1, now })).toBeGreaterThan(0);
      await backend.close();
      return await openStore(kind, path);
    },
  };
}

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])('a trimmed log on %s', (kind) => {
  const open = async (): Promise<Store> => openStore(kind, await makeTestPath());

  it('tells a cursor that it expired, and reads of the past how far they reach', async () => {
    let { memories, trim } = await open();
    const { cursor } = await memories.store({ key: 'k', value: 1 });
    await memories.store({ key: 'k', value: 2 });
    ({ memories, trim } = await trim());
    expect(await memories.changes({ after: cursor })).toMatchObject({ expired: true });
    for (const read of [
      () => memories.get({ key: 'k' }, { asOf: cursor }),
      () => memories.list({ asOf: cursor }),
      () => memories.list({ asOf: 0 }),
    ]) {
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({
        message: expect.stringContaining('trimmed'),
        data: { oldestCursor: expect.any(String), oldestAt: expect.any(String) },
      });
      const { oldestCursor, oldestAt } = (error as ValidationError).data;
      for (const asOf of [String(oldestCursor), String(oldestAt)])
        expect((await memories.get({ key: 'k' }, { asOf }))?.value).toBe(2);
    }
  });

  it('still answers for what it lost: unchanged, changed and deleted since', async () => {
    let { memories, trim } = await open();
    for (const key of ['unchanged', 'changed', 'deleted'])
      await memories.store({ key, value: 'old', persona: 'P', tags: ['t'] });
    ({ memories, trim } = await trim());
    const { cursor } = await memories.store({ key: 'marker', value: 0 });
    await memories.store({ key: 'changed', value: 'new' });
    await memories.delete({ by: { key: 'deleted' } });
    ({ memories, trim } = await trim());
    await memories.store({ key: 'changed', value: 'newer' });
    const { expired } = (await memories.changes({ after: cursor })) as { expired?: true };
    expect(expired).toBe(true);
    await expect(memories.get({ key: 'changed' }, { asOf: cursor })).rejects.toThrow(
      ValidationError,
    );
    const head = (await memories.history({ by: { key: 'newest' } })).versions[0]?.cursor;
    const values = async (asOf: string | undefined) =>
      Object.fromEntries(
        (await memories.list({ asOf, orderBy: [{ field: 'key', direction: 'asc' }] })).items.map(
          ({ memory }) => [memory.key, memory.value],
        ),
      );
    expect(await values(head)).toEqual({ changed: 'new', marker: 0, newest: 0, unchanged: 'old' });
  });

  it('says that a history is no longer complete, and which versions cannot come back', async () => {
    let { memories, trim } = await open();
    await memories.store({ key: 'k', value: 1 });
    await memories.store({ key: 'k', value: 2 });
    const options = { idempotencyKey: 'once' };
    const restored = await memories.restore({ by: { key: 'k' }, version: 1 }, options);
    ({ memories, trim } = await trim());
    expect(await memories.history({ by: { key: 'k' } })).toMatchObject({
      versions: [],
      complete: false,
    });
    await memories.store({ key: 'k', value: 4 });
    const { versions, complete } = await memories.history({ by: { key: 'k' } });
    expect([versions.map(({ version }) => version), complete]).toEqual([[4], false]);
    await expect(memories.restore({ by: { key: 'k' }, version: 1 })).rejects.toThrow(NotFoundError);
    await expect(memories.diff({ by: { key: 'k' }, from: 3, to: 4 })).rejects.toThrow(
      NotFoundError,
    );
    const replayed = await memories.restore({ by: { key: 'k' }, version: 1 }, options);
    expect(replayed).toMatchObject({ replayed: true, cursor: restored.cursor });
    const { memory } = await memories.store({ key: 'young', value: 1 });
    expect(await memories.history({ by: { id: memory.id } })).toMatchObject({ complete: true });
    expect(await memories.history({ by: { key: 'young' } })).toMatchObject({ complete: false });
  });
});
