import { describe, expect, it } from 'vitest';
import {
  type MemoryManager,
  MemorySystemError,
  NotFoundError,
  TransactionConflictError,
  TransactionStateError,
} from '../../../src/engine/index.ts';
import { Gate } from '../../support/gate.ts';
import { openTestManager } from './open-test-manager.ts';

async function keysOf(manager: MemoryManager): Promise<readonly string[]> {
  const { items } = await manager.list({ orderBy: [{ field: 'key', direction: 'asc' }] });
  return items.map(({ memory }) => memory.key);
}

describe('transaction(body)', () => {
  it('commits when the body returns, and resolves with what it returned', async () => {
    const manager = await openTestManager();
    const answer = await manager.transaction(async (tx) => {
      await tx.store('a', 1);
      await tx.store('b', 2);
      expect(await manager.get('a')).toBeNull();
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await keysOf(manager)).toEqual(['a', 'b']);
    expect(manager.getTransactionStatistics()).toMatchObject({
      active: 0,
      committed: 1,
      rolledBack: 0,
      commitRate: 100,
    });
  });

  it('rolls back when the body throws, and throws the same', async () => {
    const manager = await openTestManager();
    const cause = new RangeError('on purpose');
    const failing = manager.transaction(async (tx) => {
      await tx.store('a', 1);
      throw cause;
    });
    await expect(failing).rejects.toBe(cause);
    expect(await keysOf(manager)).toEqual([]);
    expect(manager.getTransactionStatistics()).toMatchObject({ committed: 0, rolledBack: 1 });
  });

  it('rolls back when an operation fails and its error is not caught', async () => {
    const manager = await openTestManager();
    await manager.store('kept', 1);
    const failing = manager.transaction(async (tx) => {
      await tx.delete('kept');
      await tx.update('missing', 1);
    });
    await expect(failing).rejects.toBeInstanceOf(NotFoundError);
    expect(await keysOf(manager)).toEqual(['kept']);
  });

  it('goes on after an error that the body catches; the failed operation left nothing', async () => {
    const manager = await openTestManager();
    await manager.transaction(async (tx) => {
      await tx.store('a', 1);
      await expect(
        tx.storeMany([
          { key: 'b', value: 1 },
          { key: 'c', value: 1, ifVersion: 7 },
        ]),
      ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
      expect(await tx.getMany(['b', 'c'])).toEqual([null, null]);
    });
    expect(await keysOf(manager)).toEqual(['a']);
  });

  it('runs the body again after a conflict, and counts it', async () => {
    const manager = await openTestManager();
    await manager.store('n', 0);
    let runs = 0;
    await manager.transaction(
      async (tx) => {
        runs += 1;
        const n = (await tx.get('n'))?.value as number;
        if (runs < 3) await manager.store('n', n + 10);
        await tx.store('n', n + 1);
      },
      { isolation: 'REPEATABLE_READ' },
    );
    expect(runs).toBe(3);
    expect((await manager.get('n'))?.value).toBe(21);
    expect(manager.getTransactionStatistics()).toMatchObject({
      committed: 1,
      rolledBack: 2,
      conflicts: 2,
      retries: 2,
    });
  });

  it('tells the conflict when the retries are used up', async () => {
    const manager = await openTestManager();
    await manager.store('n', 0);
    let runs = 0;
    const losing = manager.transaction(
      async (tx) => {
        runs += 1;
        await tx.store('n', 'mine');
        await manager.increment({ by: { key: 'n' } });
      },
      { isolation: 'SERIALIZABLE', maxRetries: 2 },
    );
    await expect(losing).rejects.toBeInstanceOf(TransactionConflictError);
    expect(runs).toBe(3);
    expect((await manager.get('n'))?.value).toBe(3);
  });

  it('does not run again what fails for another reason', async () => {
    const manager = await openTestManager();
    let runs = 0;
    const failing = manager.transaction(async (tx) => {
      runs += 1;
      await tx.store('a', 1, {}, { ifVersion: 5 });
    });
    await expect(failing).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(runs).toBe(1);
  });
});

describe('open transactions', () => {
  it('are listed with their state, and found by id in their own namespace only', async () => {
    const manager = await openTestManager();
    const [mine, other] = [manager.namespace('mine'), manager.namespace('other')];
    const open = await mine.beginTransaction({ isolation: 'READ_UNCOMMITTED', timeoutMs: 60_000 });
    expect(open.id).toMatch(/^[\w-]{43}$/);
    expect(mine.transactions()).toEqual([{ ...open.info(), durationMs: expect.any(Number) }]);
    expect(open.info()).toMatchObject({
      id: open.id,
      namespace: 'mine',
      requestedIsolation: 'READ_UNCOMMITTED',
      effectiveIsolation: 'READ_COMMITTED',
      state: 'pending',
      operations: 0,
    });
    await open.memories.store({ key: 'a', value: 1 });
    await open.savepoint('s');
    expect(mine.transactions()).toMatchObject([
      { state: 'active', operations: 1, savepoints: ['s'] },
    ]);
    expect(mine.transactionStatistics()).toMatchObject({ active: 1, activeByState: { active: 1 } });
    expect(other.transactions()).toEqual([]);
    expect(() => other.findTransaction(open.id)).toThrow(TransactionStateError);
    expect(() => mine.findTransaction('guessed')).toThrow(TransactionStateError);

    const found = mine.findTransaction(open.id);
    expect((await found.memories.get({ key: 'a' }))?.value).toBe(1);
    await found.commit();
    expect(open.info().state).toBe('committed');
    expect(() => mine.findTransaction(open.id)).toThrow(TransactionStateError);
    expect(mine.transactions()).toEqual([]);
    expect(await other.get({ key: 'a' })).toBeNull();
  });

  it('counts how all of them ended', async () => {
    const manager = await openTestManager();
    const memories = manager.namespace('default');
    await (await memories.beginTransaction()).rollback();
    const loser = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
    await loser.memories.store({ key: 'a', value: 1 });
    await memories.store({ key: 'a', value: 2 });
    await expect(loser.commit()).rejects.toBeInstanceOf(TransactionConflictError);
    expect(loser.info().state).toBe('failed');
    await manager.transaction(async (tx) => tx.store('b', 1));
    const statistics = manager.getTransactionStatistics();
    expect(statistics).toMatchObject({
      active: 0,
      committed: 1,
      rolledBack: 2,
      timedOut: 0,
      conflicts: 1,
      retries: 0,
      activeByState: {},
    });
    expect(statistics.commitRate).toBeCloseTo(100 / 3);
    expect(statistics.averageDurationSeconds).toBeGreaterThan(0);
    expect((await memories.statistics()).transactions).toEqual(statistics);
  });

  it('are rolled back when the engine closes; a commit under way is finished', async () => {
    const manager = await openTestManager();
    const memories = manager.namespace('default');
    const left = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await left.memories.store({ key: 'left', value: 1 });
    const committing = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await committing.memories.store({ key: 'committing', value: 1 });
    const commit = committing.commit();
    await manager.cleanup();
    expect((await commit).info.state).toBe('committed');
    expect(left.info().state).toBe('rolled_back');
    await expect(left.memories.get({ key: 'left' })).rejects.toBeInstanceOf(MemorySystemError);
    await expect(left.commit()).rejects.toBeInstanceOf(TransactionStateError);
  });

  it('keep the engine from closing under the body of transaction(body)', async () => {
    const manager = await openTestManager();
    const inside = new Gate();
    const closing = new Gate();
    const running = manager.transaction(async (tx) => {
      await tx.store('a', 1);
      inside.open();
      await closing.opened;
      await tx.store('b', 1);
    });
    await inside.opened;
    const closed = manager.cleanup();
    closing.open();
    await expect(running).rejects.toBeInstanceOf(MemorySystemError);
    await closed;
  });
});
