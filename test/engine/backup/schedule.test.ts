import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type EngineConfigInput,
  type MemoryOperations,
  ValidationError,
} from '../../../src/engine/index.ts';
import { makeTestFolder, openTestEngine } from '../../support/open-test-engine.ts';

/** Longer than any test. */
const LONG = 100_000;

async function open(
  folder: string,
  backup: EngineConfigInput['backup'],
  memory: EngineConfigInput['memory'] = {},
): Promise<MemoryOperations> {
  const engine = await openTestEngine({
    memory: { sqlite_path: join(folder, 'test.db'), embedder: { provider: 'none' }, ...memory },
    backup,
  });
  const memories = engine.namespace('main');
  await memories.store({ key: 'k', value: 1 });
  return memories;
}

const kindsOf = async (memories: MemoryOperations): Promise<readonly string[]> =>
  (await memories.backups()).map(({ kind }) => kind);

describe('the schedule', () => {
  it('takes a full backup at first, then incremental ones', async () => {
    const folder = await makeTestFolder();
    const backup = { directory: join(folder, 'b'), interval: LONG, incremental_interval: 0.05 };
    const memories = await open(folder, backup);
    await expect.poll(async () => (await kindsOf(memories)).length).toBeGreaterThan(2);
    const backups = await memories.backups();
    expect(
      backups
        .map(({ kind }) => kind)
        .reverse()
        .slice(0, 3),
    ).toEqual(['full', 'incremental', 'incremental']);
    expect(backups.at(-2)?.base).toBe(backups.at(-1)?.name);
    expect(memories.jobs()[0]).toMatchObject({ kind: 'backup', state: 'DONE' });
  });

  it('takes full ones by their interval and keeps as many as configured', async () => {
    const folder = await makeTestFolder();
    const memories = await open(folder, { directory: join(folder, 'b'), interval: 0.05, keep: 1 });
    const ended = () => memories.jobs().filter(({ state }) => state === 'DONE').length;
    await expect.poll(ended).toBeGreaterThan(1);
    expect(await kindsOf(memories)).toEqual(['full']);
  });

  it('drops what is older than the configured days', async () => {
    const folder = await makeTestFolder();
    const directory = join(folder, 'b');
    const memories = await open(folder, { directory, interval: 0.05, keep_days: 0.000_001 });
    const ended = () => memories.jobs().filter(({ state }) => state === 'DONE').length;
    await expect.poll(ended).toBeGreaterThan(1);
    expect(await kindsOf(memories)).toHaveLength(1);
  });

  it('shows a failure in the health checks until a backup succeeds', async () => {
    const folder = await makeTestFolder();
    const directory = join(folder, 'b');
    writeFileSync(directory, 'a file where a folder should be');
    const memories = await open(folder, { directory, interval: 0.2 });
    const check = () => memories.health().checks.find(({ name }) => name === 'job:backup');
    await expect
      .poll(check)
      .toMatchObject({ state: 'DEGRADED', message: expect.stringContaining('backup') });
    expect(memories.health().state).toBe('DEGRADED');
    rmSync(directory);
    mkdirSync(directory);
    await expect.poll(check).toBeUndefined();
    expect((await memories.backups()).length).toBeGreaterThan(0);
  });
});

describe('a backup on demand', () => {
  it('needs a folder, a proper name and a backend that can', async () => {
    const folder = await makeTestFolder();
    const memories = await open(folder, {});
    expect(await memories.backups()).toEqual([]);
    expect(() => memories.backup()).toThrow('no folder for backups is configured');
    const directory = join(folder, 'b');
    const other = await makeTestFolder();
    const named = await open(other, { directory });
    for (const name of ['', '../up', '.hidden', 'a/b', 'a'.repeat(101)])
      expect(() => named.backup({ name })).toThrow(ValidationError);
    const sync = await open(await makeTestFolder(), { directory }, { backend: 'sqlite_sync' });
    expect(() => sync.backup()).toThrow('sqlite_sync cannot be backed up while it is open');
  });

  it('is a job, of which one runs at a time; an incremental one without a base fails', async () => {
    const folder = await makeTestFolder();
    const memories = await open(folder, { directory: join(folder, 'b') });
    const lone = memories.backup({ kind: 'incremental' });
    expect(await memories.whenJobEnded(lone.id)).toMatchObject({
      state: 'FAILED',
      error: expect.stringContaining('there is none that it could continue'),
    });
    const job = memories.backup({ name: 'mine' });
    expect(memories.backup({ kind: 'incremental' }).id).toBe(job.id);
    const ended = await memories.whenJobEnded(job.id);
    expect(ended).toMatchObject({ kind: 'backup', state: 'DONE', failed: 0, error: null });
    expect(ended.total).toBe(ended.done);
    const [backup] = await memories.backups();
    expect(backup).toMatchObject({ name: 'mine', kind: 'full', memories: 1, base: null, csn: 1 });
  });

  it('ends with the engine, and nothing of it is kept', async () => {
    const folder = await makeTestFolder();
    const engine = await openTestEngine({
      memory: { sqlite_path: join(folder, 'test.db') },
      backup: { directory: join(folder, 'b') },
    });
    const memories = engine.namespace('main');
    await memories.store({ key: 'k', value: 1 });
    const { id } = memories.backup();
    await engine.close();
    expect(memories.job(id).state).toBe('CANCELLED');
    expect(await memories.whenJobEnded(id)).toMatchObject({ state: 'CANCELLED' });
  });
});
