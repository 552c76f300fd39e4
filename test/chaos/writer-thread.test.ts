import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  MemoryConnectionError,
  MemorySystemError,
  MemoryTimeoutError,
} from '../../src/engine/errors.ts';
import type { WriteUnit } from '../../src/engine/model/unit-of-work.ts';
import type { UnitOutcome } from '../../src/engine/model/unit-outcome.ts';
import { MemorySpace, storing, unitOf } from '../support/memory-space.ts';
import { openTestBackend } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';
import { openCrashable } from './crashable-space.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

const HISTORY = { createdAt: 1, updatedAt: 1, accessedAt: 1, accessCount: 0 };

/** Holds the owner lock as another process would, so that a lost writer cannot reopen the file. */
function holdOwnerLock(path: string): Database.Database {
  const lock = new Database(`${path}.owner`);
  lock.exec('BEGIN EXCLUSIVE');
  onTestFinished(() => void lock.close());
  return lock;
}

describe('writer thread', () => {
  it(`ended at random under load: every write is there once or not at all, as it was answered (seed ${SEED})`, async () => {
    const { backend, space } = await openCrashable();
    await space.write([storing('counter', 0), storing('fixed', 'f', { imported: HISTORY })]);
    const random = randomFrom(SEED);
    const results = new Map<WriteUnit, UnitOutcome | MemorySystemError>();
    let crashes = 0;
    let untilCrash = 1 + random(40);
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 40; turn += 1) {
        const unit = unitOf('main', [
          storing('fixed', 'f', { imported: HISTORY }),
          storing(`${name}-${turn}`, 'whole'),
          { kind: 'increment', target: { key: 'counter' }, path: [], by: 1 },
          storing(`${name}-${turn}-second`, 'whole'),
        ]);
        const result = await backend.write(unit, 100).catch((error: unknown) => {
          if (error instanceof MemorySystemError) return error;
          throw error;
        });
        results.set(unit, result);
        untilCrash -= 1;
        if (untilCrash > 0) continue;
        untilCrash = 20 + random(60);
        crashes += 1;
        await backend.crash('writer');
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));

    const logged = new Map<string, string[]>();
    for (let afterSeq = 0; ; ) {
      const page = await space.changes({ afterSeq });
      for (const { txid, record } of page.changes)
        logged.set(txid, [...(logged.get(txid) ?? []), `${record.key}@${record.version}`]);
      afterSeq = page.scannedSeq;
      if (afterSeq >= page.headSeq) break;
    }
    let committed = 0;
    for (const [unit, result] of results) {
      const inLog = logged.get(unit.txid);
      if (inLog !== undefined) committed += 1;
      // No deadline has passed, so a crash alone is no reason to refuse a write.
      if (result instanceof MemorySystemError) throw result;
      expect(result.outcomes.map(({ kind }) => kind)).toEqual([
        'unchanged',
        'created',
        'updated',
        'created',
      ]);
      const answered = result.outcomes.slice(1);
      expect(answered.map(({ record }) => `${record?.key}@${record?.version}`)).toEqual(inLog);
    }
    expect(await space.valueText('counter')).toBe(String(committed));
    expect(crashes).toBeGreaterThan(5);
    console.info(`${crashes} crashes, ${results.size} units, seed ${SEED}`);
    const { pools } = await backend.statistics();
    expect(pools[0]?.respawns).toBeGreaterThan(0);
    expect(backend.health()[0]?.state).toBe('OK');
  });

  it('found dead by upkeep and by writes at the same moment is replaced once, and all are answered', async () => {
    const { backend, space } = await openCrashable();
    const { id } = await space.store('k', 0);
    await backend.crash('writer');
    await Promise.all([
      backend.touch('main', [{ memoryId: id, count: 1, at: Date.now() }]),
      space.store('a', 1),
      backend.optimize(),
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => space.store('b', 2)),
    ]);
    expect((await space.getMany([{ key: 'a' }, { key: 'b' }])).every(Boolean)).toBe(true);
    expect((await space.get('k'))?.accessCount).toBe(1);
    expect((await backend.statistics()).pools[0]).toMatchObject({ respawns: 1, queued: 0 });
  });

  it('that cannot be reopened: writes end at their deadline, reads go on, and it heals by itself', async () => {
    const { path, backend, space } = await openCrashable();
    await space.store('before', 1);
    await backend.crash('writer');
    const lock = holdOwnerLock(path);
    const late = [space.write([storing('late', 1)], { deadline: Date.now() + 200 })];
    await Promise.resolve();
    late.push(space.write([storing('queued', 1)], { deadline: Date.now() + 200 }));
    for (const write of late) await expect(write).rejects.toBeInstanceOf(MemoryTimeoutError);
    await expect
      .poll(() => backend.health()[0])
      .toMatchObject({
        state: 'RECOVERING',
        message: expect.stringContaining('in use'),
      });
    expect((await backend.probe())[0]?.state).toBe('RECOVERING');
    expect(await space.valueText('before')).toBe('1');
    const patient = space.store('patient', 1);
    lock.close();
    expect((await patient).version).toBe(1);
    expect(await space.get('late')).toBeNull();
    expect(await space.get('queued')).toBeNull();
    expect(backend.health()[0]).toMatchObject({ state: 'OK', message: null });
  });

  it('that cannot be reopened does not keep close waiting, and every write is answered', async () => {
    const { path, backend, space } = await openCrashable();
    await space.store('before', 1);
    await backend.crash('writer');
    holdOwnerLock(path);
    const pending = [space.store('one', 1)];
    await Promise.resolve();
    await Promise.resolve();
    pending.push(space.store('two', 1));
    const settled = Promise.allSettled(pending);
    await backend.close();
    for (const result of await settled) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: expect.any(MemoryConnectionError),
      });
    }
    expect(backend.health().every(({ state }) => state === 'CLOSED')).toBe(true);
  });

  it('lost before close: the file is still closed in order', async () => {
    const { path, backend, space } = await openCrashable();
    await space.store('k', 1);
    await backend.crash('writer');
    await backend.close();
    const raw = new Database(path, { readonly: true });
    expect(raw.prepare('SELECT clean_shutdown FROM engine_meta').pluck().get()).toBe(1);
    raw.close();
  });

  it('is not started again by calls after close', async () => {
    const { path, backend, space } = await openCrashable();
    await space.store('k', 1);
    await backend.close();
    await expect(backend.touch('main', [])).rejects.toBeInstanceOf(MemoryConnectionError);
    await backend.probe();
    await backend.statistics();
    // Nobody holds the file any more.
    expect(
      await new MemorySpace(await openTestBackend('sqlite', path), 'main').get('k'),
    ).not.toBeNull();
  });
});
