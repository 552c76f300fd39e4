import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import {
  ISOLATION_LEVELS,
  MemoryManager,
  type MemoryOperations,
  MemoryTimeoutError,
  TRANSACTION_STATES,
  TransactionConflictError,
  VersionConflictError,
} from '../../../src/engine/index.ts';
import { parseEngineConfig } from '../../../src/engine/options.ts';
import { TransactionManager } from '../../../src/engine/transaction/transaction-manager.ts';
import { MemorySpace, storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

/*
 * The faults of the transaction manager of Trinitas v4 (Python), each with the test that would have caught it.
 */

interface Opened {
  readonly path: string;
  readonly manager: MemoryManager;
  readonly memories: MemoryOperations;
}

async function open(): Promise<Opened> {
  const path = await makeTestPath();
  const manager = new MemoryManager(await openTestEngine({ memory: { sqlite_path: path } }));
  return { path, manager, memories: manager.namespace('default') };
}

/** The keys in the file itself, as another process sees it. */
function keysInFile(path: string): readonly unknown[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare('SELECT key FROM memories ORDER BY key').pluck().all();
  } finally {
    database.close();
  }
}

describe('faults of v4', () => {
  it('the transaction manager could not be imported', async () => {
    const engine = await import('../../../src/engine/index.ts');
    expect(engine.MemoryManager.prototype.transaction).toBeTypeOf('function');
    expect(engine.TransactionConflictError).toBeTypeOf('function');
  });

  it('the memory manager imported a file that did not exist, and nobody used its transactions', async () => {
    const { manager, path } = await open();
    expect(await manager.transaction(async (tx) => (await tx.store('a', 1)).memory.key)).toBe('a');
    expect(keysInFile(path)).toEqual(['a']);
  });

  it('writes went out at once, before the commit', async () => {
    const { memories, path } = await open();
    const transaction = await memories.beginTransaction();
    await transaction.memories.storeMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 1 },
    ]);
    expect(keysInFile(path)).toEqual([]);
    await transaction.commit();
    expect(keysInFile(path)).toEqual(['a', 'b']);
  });

  it('savepoints went to any connection, after the data was committed', async () => {
    const { memories, path } = await open();
    const [one, other] = [await memories.beginTransaction(), await memories.beginTransaction()];
    await one.savepoint('s');
    await other.savepoint('s');
    await one.memories.store({ key: 'one', value: 1 });
    await other.memories.store({ key: 'other', value: 1 });
    await memories.store({ key: 'outside', value: 1 });
    await one.rollbackTo('s');
    await one.memories.store({ key: 'one-again', value: 1 });
    await Promise.all([one.commit(), other.commit()]);
    expect(keysInFile(path)).toEqual(['one-again', 'other', 'outside']);
  });

  it('prepare called a method that did not exist, so that no commit could succeed', async () => {
    const { memories } = await open();
    const transaction = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await transaction.memories.store({ key: 'a', value: 1 });
    const commit = transaction.commit();
    expect(transaction.info().state).toBe('preparing');
    expect((await commit).info.state).toBe('committed');
  });

  it('a failed prepare rolled nothing back and returned as if it had committed', async () => {
    const { memories, path, manager } = await open();
    await memories.store({ key: 'a', value: 1 });
    const refused = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
    await refused.memories.store({ key: 'a', value: 2 });
    await refused.memories.store({ key: 'b', value: 2 });
    await memories.store({ key: 'a', value: 3 });
    await expect(refused.commit()).rejects.toBeInstanceOf(TransactionConflictError);
    expect(refused.info().state).toBe('failed');
    expect(keysInFile(path)).toEqual(['a']);
    await expect(
      manager.transaction(async (tx) => {
        await tx.store('c', 1);
        await tx.assertVersion('a', 1);
      }),
    ).rejects.toBeInstanceOf(VersionConflictError);
    expect(keysInFile(path)).toEqual(['a']);
  });

  it('every operation was taken for a write to SQLite: what else it had to do was left out', async () => {
    const { manager, memories } = await open();
    await memories.store({
      key: 'kept',
      value: { n: 1, list: [] },
      tags: ['t'],
      persona: 'athena',
    });
    await memories.store({ key: 'gone', value: 'an old harbour', tags: ['t'] });
    await manager.transaction(async (tx) => {
      await tx.assertVersion('kept', 1);
      await tx.increment({ by: { key: 'kept' }, path: 'n' });
      await tx.append({ by: { key: 'kept' }, path: 'list', items: ['x'] });
      await tx.update({ by: { key: 'kept' }, valuePatch: { word: 'lighthouse' } });
      await tx.store('new', 'a new harbour', { persona: 'hestia', tags: ['t'] });
      await tx.delete('gone');
    });
    expect((await memories.get({ key: 'kept' }))?.value).toEqual({
      n: 2,
      list: ['x'],
      word: 'lighthouse',
    });
    const recalled = async (query: string): Promise<readonly string[]> =>
      (await memories.recall({ query, mode: 'TEXT' })).hits.map(({ key }) => key);
    expect([await recalled('lighthouse'), await recalled('harbour')]).toEqual([['kept'], ['new']]);
    expect((await memories.list({ where: { tags: ['t'] } })).total).toBe(2);
    expect((await memories.personas(null)).map((persona) => persona?.name)).toEqual([
      'athena',
      'hestia',
    ]);
  });

  it('a delete was a line in the log', async () => {
    const { manager, memories, path } = await open();
    await memories.store({ key: 'a', value: 'an apple', tags: ['t'] });
    await manager.transaction(async (tx) => tx.delete('a'));
    expect(keysInFile(path)).toEqual([]);
    expect((await memories.recall({ query: 'apple', mode: 'TEXT' })).hits).toEqual([]);
    expect((await memories.list({ where: { tags: ['t'] } })).total).toBe(0);
  });

  it('the values to go back to were read after the write', async () => {
    const { manager, memories } = await open();
    const { memory } = await memories.store({ key: 'a', value: 'an apple', tags: ['t'] });
    const before = memory.toRecord();
    const failing = manager.transaction(async (tx) => {
      await tx.store('a', 'a pear', { tags: ['u'] });
      await tx.delete('a');
      await tx.store('a', 'a plum');
      throw new RangeError('on purpose');
    });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    expect((await memories.get({ key: 'a' }))?.toRecord()).toEqual(before);
    const { hits } = await memories.recall({
      query: 'apple pear plum',
      mode: 'TEXT',
      touch: false,
    });
    expect(hits.map(({ value }) => value)).toEqual(['an apple']);
  });

  it('the isolation level was stored and never read', async () => {
    const { memories } = await open();
    await memories.store({ key: 'a', value: 1 });
    const opens = await Promise.all(
      ISOLATION_LEVELS.map((isolation) => memories.beginTransaction({ isolation })),
    );
    for (const transaction of opens) await transaction.memories.get({ key: 'a' });
    await memories.store({ key: 'a', value: 2 });
    const seen = await Promise.all(
      opens.map(async (transaction) => (await transaction.memories.get({ key: 'a' }))?.value),
    );
    expect(seen).toEqual([2, 2, 1, 1]);
    for (const transaction of opens)
      await transaction.memories.store({ key: transaction.id, value: 1 });
    const ended = await Promise.allSettled(opens.map((transaction) => transaction.commit()));
    expect(ended.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  it('the log was in memory only: after a crash nobody knew what had been committed', async () => {
    const path = await makeTestPath();
    const backend = await openSqlite(parseEngineConfig({ memory: { sqlite_path: path } }));
    onTestFinished(() => backend.close());
    const manager = new TransactionManager(backend, 60_000);
    const transaction = await manager.begin('main');
    await transaction.write(unitOf('main', [storing('a', 1), storing('b', 2)]));
    const commit = manager.commit(transaction);
    await backend.crash('writer');
    // The outcome is looked up in the file: the caller learns it, and nothing is done twice.
    const { outcomes, csn } = await commit;
    expect(outcomes.map((outcome) => outcome.record?.version)).toEqual([1, 1]);
    const database = new Database(path, { readonly: true });
    const logged = database.prepare('SELECT count(*) FROM tx_log WHERE csn = ?').pluck().get(csn);
    database.close();
    expect(logged).toBe(1);
    expect(await new MemorySpace(backend, 'main').valueText('b')).toBe('2');
  });

  it('the timeout locked a lock that it held already, and stood still for ever', async () => {
    const { memories, manager } = await open();
    const slow = await memories.beginTransaction({ isolation: 'SERIALIZABLE', timeoutMs: 300 });
    // Operations keep coming while the timeout strikes, which on a slow machine may be in the first one.
    const busy = (async (): Promise<unknown> => {
      await slow.memories.store({ key: 'a', value: 1 });
      for (;;) await slow.memories.get({ key: 'a' });
    })();
    await expect(busy).rejects.toBeInstanceOf(MemoryTimeoutError);
    // An operation may hear of its deadline a moment before the transaction does.
    await expect.poll(() => slow.info().state).toBe('timeout');
    await manager.transaction(async (tx) => tx.store('a', 2), { isolation: 'SERIALIZABLE' });
    expect((await memories.get({ key: 'a' }))?.value).toBe(2);
    expect(manager.getTransactionStatistics()).toMatchObject({
      timedOut: 1,
      committed: 1,
      active: 0,
    });
  });
});

describe('what v4 named stays', () => {
  it('states, levels, the timeout of 300 s and the figures', async () => {
    expect(TRANSACTION_STATES).toEqual([
      'pending',
      'active',
      'preparing',
      'prepared',
      'committing',
      'committed',
      'rolling_back',
      'rolled_back',
      'failed',
      'timeout',
    ]);
    expect(ISOLATION_LEVELS).toEqual([
      'READ_UNCOMMITTED',
      'READ_COMMITTED',
      'REPEATABLE_READ',
      'SERIALIZABLE',
    ]);
    const { memories } = await open();
    const transaction = await memories.beginTransaction();
    const { startedAt, expiresAt } = transaction.info();
    expect(expiresAt.getTime() - startedAt.getTime()).toBe(300_000);
    await transaction.rollback();
    expect(Object.keys(memories.transactionStatistics()).sort()).toEqual([
      'active',
      'activeByState',
      'averageDurationSeconds',
      'commitRate',
      'committed',
      'conflicts',
      'retries',
      'rolledBack',
      'timedOut',
    ]);
  });
});
