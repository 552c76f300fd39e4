import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  MemoryTimeoutError,
  OverloadedError,
  ValidationError,
} from '../../../src/engine/errors.ts';
import { MAX_BATCH_READ, MAX_FILTER_VALUES, MAX_UNIT_BYTES } from '../../../src/engine/limits.ts';
import type { Filter } from '../../../src/engine/search/filter.ts';
import { MemorySpace, storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath, openTestBackend, openTestSpace } from '../../support/open-test-backend.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';
import { commit, openWriteSession, readsOf } from '../../support/open-write-session.ts';
import { recallArguments } from '../../support/recall-arguments.ts';

const ENGINE = fileURLToPath(new URL('../../../src/engine/', import.meta.url));
const LIST = { order: [], limit: 10, after: null, before: null, fromEnd: false, withTotal: true };

/** Reads with a deadline that passes during the read: on a busy machine a short one may pass before it starts. */
function stopped(read: (deadline: number) => unknown): void {
  for (let budgetMs = 2; ; budgetMs *= 2) {
    try {
      read(Date.now() + budgetMs);
      return;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('before the read was started'))
        throw error;
    }
  }
}

it('pitfall 1: no code that runs beside an open database touches it through fs, except by stat', () => {
  const harmless = new Set(['existsSync', 'statSync', 'statfsSync']);
  const elsewhere = new Map([
    ['high-water-mark.ts', 'x.hwm, which SQLite never opens'],
    ['ballast.ts', 'x.ballast, which SQLite never opens'],
    ['v4-reader.ts', 'a v4 file, before SQLite opens it and never ours'],
    ['copy-before-migration.ts', 'the copy, of which SQLite has no handle any more'],
  ]);
  const found: string[] = [];
  for (const folder of ['sqlite', 'pool', 'backends', 'sqlite/migrations']) {
    for (const file of readdirSync(`${ENGINE}${folder}`).filter((name) => name.endsWith('.ts'))) {
      const source = readFileSync(`${ENGINE}${folder}/${file}`, 'utf8');
      for (const [, names = ''] of source.matchAll(
        /import ([^;]*?) from 'node:fs(?:\/promises)?'/g,
      )) {
        const used = names
          .replace(/[{}\s]/g, '')
          .split(',')
          .filter((name) => name !== '');
        if (!elsewhere.has(file) && used.some((name) => !harmless.has(name)))
          found.push(`${folder}/${file}: ${used.join(', ')}`);
      }
    }
  }
  expect(found).toEqual([]);
});

it('no statement numbers its parameters: better-sqlite3 takes those for named ones and refuses the values', () => {
  const numbered: string[] = [];
  for (const entry of readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts')) continue;
    if (/\?\d/.test(readFileSync(`${ENGINE}${entry}`, 'utf8'))) numbered.push(entry);
  }
  expect(numbered).toEqual([]);
});

describe('a foreign connection', () => {
  it('that reads for long keeps neither writes nor checkpoints waiting', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    commit(session, storing('before', 1));
    const reader = new Database(path, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec('BEGIN');
    const count = reader.prepare('SELECT count(*) FROM memories').pluck();
    expect(count.get()).toBe(1);
    const value = 'y'.repeat(900_000);
    let stored = 1;
    for (; session.checkpoints === 0 && stored < 100; stored += 1) {
      commit(session, storing(`k${stored}`, value));
      session.checkpointIfNeeded();
    }
    expect(session.checkpoints).toBe(1);
    expect(count.get()).toBe(1);
    reader.exec('COMMIT');
    expect(count.get()).toBe(stored);
    session.probe();
  });

  it('that holds the write lock gets a retryable refusal answered, and nothing is stored', async () => {
    const path = await makeTestPath();
    const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    await space.store('before', 1);
    const foreign = new Database(path);
    onTestFinished(() => void foreign.close());
    foreign.exec('BEGIN IMMEDIATE');
    await expect(space.store('k', 1)).rejects.toMatchObject({
      code: 'CONNECTION',
      retryable: true,
      data: { sqliteCode: 'SQLITE_BUSY' },
    });
    expect(await space.get('k')).toBeNull();
    foreign.exec('ROLLBACK');
    expect((await space.store('k', 1)).version).toBe(1);
  });
});

describe('section 1: bounds', () => {
  it('beyond the bytes of the queue a write is refused at once, and those before it are stored', async () => {
    const space = await openTestSpace('sqlite');
    const writes = Array.from({ length: 12 }, (_, index) =>
      space.backend.write(unitOf('main', [storing(`k${index}`, index)]), MAX_UNIT_BYTES),
    );
    const results = await Promise.allSettled(writes);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(4);
    for (const result of refused) {
      const reason = result.status === 'rejected' ? result.reason : null;
      expect(reason).toBeInstanceOf(OverloadedError);
      expect(reason).toMatchObject({ retryAfterMs: expect.any(Number), retryable: true });
    }
    expect((await space.list({ withTotal: true })).total).toBe(8);
    expect((await space.backend.statistics()).pools[0]).toMatchObject({
      rejected: 4,
      queuedBytes: 0,
    });
  });

  it('a scan is stopped by the clock inside of its thread', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    const reads = readsOf(session, path);
    const words = ['several', 'words', 'to', 'look', 'through'];
    commit(
      session,
      ...Array.from({ length: 3_000 }, (_, index) => storing(`k${index}`, { words })),
    );
    const filter: Filter = {
      or: Array.from({ length: 60 }, (_, index) => ({
        operand: { json: 'value', path: ['words', index % 5] },
        comparison: { operator: 'contains', value: `absent-${index}` },
      })),
    };
    const list = (deadline: number) =>
      reads.read('list', { ...LIST, namespace: 'main', filter, now: 0 }, deadline);
    expect(() => stopped(list)).toThrow('the query was stopped at its deadline');
    expect(() => list(Date.now() - 1)).toThrow(MemoryTimeoutError);
    expect(session.database.inTransaction).toBe(false);
    expect(list(Date.now() + 600_000)).toMatchObject({ records: [], total: 0 });
    const wanted = recallArguments('main', 'several', { filter, limit: 1, now: 0 });
    const recall = (deadline: number) => reads.read('recall', wanted, deadline);
    expect(() => stopped(recall)).toThrow('the query was stopped at its deadline');
  });
});

it('pitfall 12 and 13: text and numbers that SQLite or JSON would change are refused, and nothing is stored', async () => {
  const engine = await openTestEngine();
  const memories = engine.namespace('main');
  const refused = [
    { key: 'lone \ud800', value: 1 },
    { key: 'nul \0', value: 1 },
    { key: 'k', value: Number.NaN },
    { key: 'k', value: Number.POSITIVE_INFINITY },
    { key: 'k', value: 2 ** 60 },
    { key: 'k', value: new Date(0) },
    { key: 'k', valueText: '{"a":1,"a":2}' },
    { key: 'k', value: 1, persona: 'nul \0' },
    { key: 'k', value: 1, tags: ['lone \udfff'] },
  ];
  for (const input of refused)
    await expect(memories.store(input)).rejects.toBeInstanceOf(ValidationError);
  expect((await memories.list({})).total).toBe(0);
  // NFC: the same key, however it was typed.
  await memories.store({ key: 'cafe\u0301', value: 1 });
  expect((await memories.get({ key: 'caf\u00e9' }))?.value).toBe(1);
  const exact = '{"big":9007199254740993,"deep":[123456789012345678901234567890]}';
  await memories.store({ key: 'exact', valueText: exact });
  expect((await memories.get({ key: 'exact' }))?.valueText).toBe(exact);
});

it('pitfall 14: long lists travel as one parameter', async () => {
  const space = await openTestSpace('sqlite');
  await space.write(
    Array.from({ length: MAX_BATCH_READ }, (_, index) => storing(`k${index}`, index)),
  );
  const targets = Array.from({ length: MAX_BATCH_READ }, (_, index) => ({ key: `k${index}` }));
  expect((await space.getMany(targets)).every((record) => record !== null)).toBe(true);
  const values = Array.from({ length: MAX_FILTER_VALUES }, (_, index) => `k${index * 2}`);
  const filter: Filter = { operand: { field: 'key' }, comparison: { operator: 'in', values } };
  expect((await space.list({ filter, limit: 1, withTotal: true })).total).toBe(500);
});

it('pitfall 15: statements of one shape are prepared once, whatever their values', async () => {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  const reads = readsOf(session, path);
  const list = (value: number, key: string): void => {
    const filter: Filter = {
      and: [
        { operand: { field: 'importance' }, comparison: { operator: 'gt', value } },
        { operand: { field: 'key' }, comparison: { operator: 'eq', value: key } },
      ],
    };
    reads.read('list', { ...LIST, namespace: key, filter, now: value }, undefined);
  };
  list(0.1, 'a');
  const { misses, size } = session.statements;
  for (let index = 0; index < 50; index += 1) list(index / 50, `key'${index}`);
  expect(session.statements).toMatchObject({ misses, size });
  expect(session.statements.hits).toBeGreaterThan(50);
});

it('pitfall 15: the cache of statements is bounded, and evicted ones work again', async () => {
  const session = openWriteSession(await makeTestPath());
  for (let round = 0; round < 2; round += 1) {
    for (let index = 0; index < 400; index += 1)
      expect(session.statements.row(`SELECT ${index}`)).toEqual([index]);
  }
  expect(session.statements.size).toBeLessThanOrEqual(256);
});

it('SQLite does not plan by the value of a limit, for which it would prepare the statement at every use', async () => {
  const { statements } = openWriteSession(await makeTestPath());
  const sql = 'SELECT value FROM json_each(?) LIMIT ?';
  expect(statements.use(sql).source).toContain('LIMIT ? + 0');
  expect(statements.rows(sql, '[1,2,3]', 2)).toEqual([[1], [2]]);
});

it('pitfall 19: an orderly end leaves one file without a log', async () => {
  const path = await makeTestPath();
  const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
  await Promise.all(Array.from({ length: 20 }, (_, index) => space.store(`k${index}`, index)));
  expect(existsSync(`${path}-wal`)).toBe(true);
  await space.backend.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(existsSync(`${path}-shm`)).toBe(false);
});
