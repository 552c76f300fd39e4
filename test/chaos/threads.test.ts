import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import {
  MemoryConnectionError,
  MemorySystemError,
  MemoryTimeoutError,
} from '../../src/engine/errors.ts';
import { openEngine } from '../../src/engine/index.ts';
import type { WriteUnit } from '../../src/engine/model/unit-of-work.ts';
import type { UnitOutcome } from '../../src/engine/model/unit-outcome.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace, storing, unitOf } from '../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

interface CrashableSpace {
  readonly path: string;
  readonly backend: SqliteBackend;
  readonly space: MemorySpace;
}

async function openCrashable(maxConnections = 4): Promise<CrashableSpace> {
  const path = await makeTestPath();
  const memory = { sqlite_path: path, max_connections: maxConnections };
  const backend = await openSqlite(parseEngineConfig({ memory }));
  onTestFinished(() => backend.close());
  return { path, backend, space: new MemorySpace(backend, 'main') };
}

/** Holds the owner lock as another process would, so that a lost writer cannot reopen the file. */
function holdOwnerLock(path: string): Database.Database {
  const lock = new Database(`${path}.owner`);
  lock.exec('BEGIN EXCLUSIVE');
  onTestFinished(() => void lock.close());
  return lock;
}

/** A list that looks at every row and finds nothing, whatever it has read before. */
function heavyList(): Pick<ReadMap['list']['args'], 'filter'> {
  const or = Array.from({ length: 60 }, (_, index) => ({
    operand: { json: 'value' as const, path: ['words', index % 7] },
    comparison: { operator: 'contains' as const, value: `absent-${index}` },
  }));
  return { filter: { or } };
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

describe('reader threads', () => {
  let crashable: CrashableSpace;
  beforeEach(async () => {
    crashable = await openCrashable();
    await crashable.space.write(
      Array.from({ length: 100 }, (_, index) => storing(`k${index}`, index)),
    );
  });

  /** Reads until every caller has done its share; every answer must be right. Returns how many were refused. */
  async function readUnderLoad(meanwhile: (read: number) => Promise<void>): Promise<number> {
    let done = 0;
    let refused = 0;
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 100; turn += 1) {
        const key = (name * 31 + turn) % 100;
        const text = await crashable.space.valueText(`k${key}`).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'CONNECTION', retryable: true });
          refused += 1;
          return String(key);
        });
        expect(text).toBe(String(key));
        done += 1;
        await meanwhile(done);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));
    expect(done).toBe(1_600);
    return refused;
  }

  it(`ended at random under load: every read is answered (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    let next = 1 + random(100);
    let crashes = 0;
    const refused = await readUnderLoad(async (done) => {
      if (done < next) return;
      next = done + 100 + random(150);
      crashes += 1;
      await crashable.backend.crash('reader');
    });
    expect(crashes).toBeGreaterThan(4);
    expect(refused).toBeLessThan(1_600 / 4);
    expect(await crashable.space.valueText('k1')).toBe('1');
    const readers = (await crashable.backend.statistics()).pools[1];
    expect(readers?.respawns).toBeGreaterThan(0);
    expect(readers?.connections.every(({ state }) => state === 'OK')).toBe(true);
  });

  it(`resized under load: every read is answered rightly (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const refused = await readUnderLoad(async (done) => {
      if (done % 200 === 0) await crashable.backend.resize(1 + random(4));
    });
    expect(refused).toBe(0);
    expect(await crashable.backend.resize(2)).toBe(2);
    expect((await crashable.backend.statistics()).pools[1]).toMatchObject({ size: 2, queued: 0 });
  });

  it('a long query is stopped at its deadline by the clock, and its thread lives on', async () => {
    const { backend, space } = crashable;
    const words = Array.from({ length: 7 }, (_, index) => `some words of memory ${index}`);
    for (let batch = 0; batch < 4; batch += 1) {
      await space.write(
        Array.from({ length: 1_000 }, (_, index) => storing(`big-${batch}-${index}`, { words })),
      );
    }
    const list = { order: [], limit: 10, after: null, before: null, fromEnd: false };
    const read = (deadline: number): Promise<unknown> =>
      backend.read(
        'list',
        { namespace: 'main', ...list, ...heavyList(), withTotal: true, now: Date.now() },
        { deadline },
      );
    await expect(read(Date.now() + 20)).rejects.toBeInstanceOf(MemoryTimeoutError);
    expect(await space.valueText('k1')).toBe('1');
    const readers = (await backend.statistics()).pools[1];
    expect(readers?.connections.every(({ reconnects }) => reconnects === 0)).toBe(true);
    expect(await read(Date.now() + 60_000)).toMatchObject({ records: [], total: 0 });
  });
});

describe('engine', () => {
  it('closed under load answers everything it accepted, and keeps what it acknowledged', async () => {
    const path = await makeTestPath();
    const engine = await openEngine(parseEngineConfig({ memory: { sqlite_path: path } }));
    const memories = engine.namespace('main');
    const stored: string[] = [];
    let closing: Promise<void> | undefined;
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const key = `${name}-${turn}`;
        try {
          await memories.store({ key, value: turn });
          stored.push(key);
          expect((await memories.get({ key }))?.value).toBe(turn);
        } catch (error) {
          expect(error).toBeInstanceOf(MemorySystemError);
          expect(closing).toBeDefined();
          return;
        }
        if (stored.length >= 300) closing ??= engine.close();
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, name) => caller(name)));
    await closing;
    const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    const found = await space.getMany(stored.map((key) => ({ key })));
    expect(found.filter((record) => record === null)).toEqual([]);
  });
});

const HISTORY = { createdAt: 1, updatedAt: 1, accessedAt: 1, accessCount: 0 };
