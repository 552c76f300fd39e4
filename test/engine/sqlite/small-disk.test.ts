import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Backend } from '../../../src/engine/backends/backend.ts';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../../src/engine/backends/sqlite.ts';
import { StorageFullError } from '../../../src/engine/errors.ts';
import { type EngineConfigInput, parseEngineConfig } from '../../../src/engine/options.ts';
import { MemorySpace } from '../../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../../support/open-test-backend.ts';
import { Filler, mountSmallDisk } from '../../support/small-disk.ts';

const MEGABYTE = 1_048_576;
const VALUE = 'x'.repeat(20_000);

const stateOf = (backend: Backend) => backend.health()[0]?.state;
const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

interface SmallDisk {
  readonly path: string;
  readonly backend: SqliteBackend;
  readonly space: MemorySpace;
  readonly filler: Filler;
}

/** Null where no small disk can be mounted, after saying so. */
async function openOnSmallDisk(
  memory: EngineConfigInput['memory'] = {},
): Promise<SmallDisk | null> {
  const disk = mountSmallDisk(16);
  if ('reason' in disk) {
    console.info(`no small disk here, so nothing is shown: ${disk.reason}`);
    return null;
  }
  const path = join(disk.folder, 'test.db');
  const backend = await openSqlite(parseEngineConfig({ memory: { ...memory, sqlite_path: path } }));
  onTestFinished(() => backend.close());
  return {
    path,
    backend,
    space: new MemorySpace(backend, 'main'),
    filler: new Filler(disk.folder),
  };
}

async function allStored(space: MemorySpace, keys: readonly string[]): Promise<boolean> {
  for (let from = 0; from < keys.length; from += 100) {
    const found = await space.getMany(keys.slice(from, from + 100).map((key) => ({ key })));
    if (found.some((record) => record?.valueText !== JSON.stringify(VALUE))) return false;
  }
  return true;
}

describe('a disk that others fill under load', () => {
  it('loses nothing acknowledged, serves reads, and heals by itself with a new reserve', async () => {
    const small = await openOnSmallDisk();
    if (small === null) return;
    const { path, backend, space, filler } = small;
    const stored: string[] = [];
    let refused = 0;
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; refused < 50; turn += 1) {
        const key = `${name}-${turn}`;
        try {
          await space.store(key, VALUE);
          stored.push(key);
          if (stored.length === 60) filler.fill();
        } catch (error) {
          expect(error).toBeInstanceOf(StorageFullError);
          refused += 1;
        }
        const known = stored[turn % Math.max(1, stored.length)];
        if (known !== undefined) expect(await space.get(known)).not.toBeNull();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)));
    expect(stored.length).toBeGreaterThanOrEqual(60);
    expect(await allStored(space, stored)).toBe(true);
    expect(backend.health()[0]).toMatchObject({
      state: 'READ_ONLY',
      message: expect.stringContaining('full'),
    });
    await expect(space.store('more', VALUE)).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      retryable: true,
      remedy: expect.stringContaining('Free space'),
    });

    filler.remove();
    // Nobody writes: it finds out by itself.
    await expect.poll(() => stateOf(backend)).toBe('OK');
    expect(backend.health()[0]?.message).toBeNull();
    expect(bytesOf(`${path}.ballast`)).toBeGreaterThanOrEqual(MEGABYTE);
    expect((await space.store('after', VALUE)).version).toBe(1);
    expect(await allStored(space, stored)).toBe(true);
    await backend.close();
    const again = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    expect((await again.list({ limit: 1, withTotal: true })).total).toBe(stored.length + 1);
    await again.backend.close();
  });

  it('gives the reserve up to fold the WAL', async () => {
    const small = await openOnSmallDisk();
    if (small === null) return;
    const { path, backend, space, filler } = small;
    for (let index = 0; index < 30; index += 1) await space.store(`k${index}`, VALUE);
    const wal = bytesOf(`${path}-wal`);
    await expect.poll(() => bytesOf(`${path}.ballast`)).toBeGreaterThanOrEqual(wal);
    filler.fill();
    const more = Array.from({ length: 50 }, (_, index) => space.store(`more-${index}`, VALUE));
    const results = await Promise.allSettled(more);
    // The log is in the file now, and what that has freed was enough for all of them, for some, or for none.
    expect(bytesOf(`${path}.ballast`) + bytesOf(`${path}-wal`)).toBeLessThan(2 * wal);
    const stored = results.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [`more-${index}`] : [],
    );
    const before = Array.from({ length: 30 }, (_, index) => `k${index}`);
    expect(await allStored(space, [...before, ...stored])).toBe(true);
    expect((await backend.statistics()).wal.checkpoints).toBeGreaterThan(0);
    filler.remove();
    await expect.poll(() => stateOf(backend)).toBe('OK');
    await backend.close();
  });

  it('lets a writer that dies meanwhile be replaced, or refuses writes until it can be', async () => {
    const small = await openOnSmallDisk({ ballast_bytes: 0, min_free_bytes: 0 });
    if (small === null) return;
    const { backend, space, filler } = small;
    await space.store('before', VALUE);
    filler.fill();
    const refusal = async (): Promise<unknown> =>
      await space.store('k', VALUE).then(
        () => null,
        (error: unknown) => error,
      );
    expect(await refusal()).toBeInstanceOf(StorageFullError);
    await backend.crash('writer');
    filler.fill();
    // What was under way when the thread was found dead waits for its outcome; every later write is told at once.
    const inDoubt = refusal();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await refusal()).toBeInstanceOf(StorageFullError);
    expect(await space.valueText('before')).toBe(JSON.stringify(VALUE));
    filler.remove();
    await expect.poll(() => stateOf(backend)).toBe('OK');
    await expect.poll(refusal).toBeNull();
    await inDoubt;
    await backend.close();
  });

  it('is opened from the reserve when it is full at the start', async () => {
    const small = await openOnSmallDisk();
    if (small === null) return;
    const { path, backend, space, filler } = small;
    await space.store('before', VALUE);
    await backend.close();
    expect(bytesOf(`${path}.ballast`)).toBe(MEGABYTE);
    filler.fill();
    const again = await openTestBackend('sqlite', path);
    const reopened = new MemorySpace(again, 'main');
    expect(await reopened.valueText('before')).toBe(JSON.stringify(VALUE));
    await expect(reopened.store('more', VALUE)).rejects.toBeInstanceOf(StorageFullError);
    filler.remove();
    await expect.poll(() => stateOf(again)).toBe('OK');
    await again.close();
  });
});

describe('memory.min_free_bytes', () => {
  it.each(['sqlite', 'sqlite_sync'] as const)(
    '%s refuses every write while less is free, and reads on',
    async (kind) => {
      const path = await makeTestPath();
      const before = new MemorySpace(await openTestBackend(kind, path), 'main');
      await before.store('before', 1);
      await before.backend.close();
      const minFreeBytes = 1_000_000_000_000;
      const backend = await openTestBackend(kind, path, { min_free_bytes: minFreeBytes });
      const space = new MemorySpace(backend, 'main');
      await expect(space.store('k', 1)).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        data: { minFreeBytes },
      });
      expect(stateOf(backend)).toBe('READ_ONLY');
      expect(await space.valueText('before')).toBe('1');
      await expect(backend.reserveIds(1)).rejects.toBeInstanceOf(StorageFullError);
    },
  );
});

describe('memory.ballast_bytes', () => {
  it('bounds the reserve, which otherwise follows the WAL; 0 keeps none', async () => {
    const path = await makeTestPath();
    const ballast = `${path}.ballast`;
    const fill = async (memory: EngineConfigInput['memory']): Promise<void> => {
      const space = new MemorySpace(await openTestBackend('sqlite', path, memory), 'main');
      for (let index = 0; index < 8; index += 1)
        await space.store(`k${index}`, 'y'.repeat(500_000));
      // The reserve is laid out between groups: after this one, that of those before is there.
      await space.store('last', 1);
      expect(bytesOf(`${path}-wal`)).toBeGreaterThan(3 * MEGABYTE);
      const bytes = bytesOf(ballast);
      if (memory?.ballast_bytes === undefined) expect(bytes).toBeGreaterThanOrEqual(3 * MEGABYTE);
      else expect(bytes).toBe(memory.ballast_bytes);
      await space.backend.close();
    };
    await fill({});
    expect(bytesOf(ballast)).toBe(MEGABYTE);
    await fill({ ballast_bytes: 1_500_000 });
    await fill({ ballast_bytes: 0 });
    expect(existsSync(ballast)).toBe(false);
  });
});
