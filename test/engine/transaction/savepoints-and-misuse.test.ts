import { describe, expect, it } from 'vitest';
import {
  type MemoryManager,
  MemorySystemError,
  type TransactionHandle,
  TransactionStateError,
  ValidationError,
} from '../../../src/engine/index.ts';
import { openTestManager } from './open-test-manager.ts';

async function keysOf(manager: MemoryManager): Promise<readonly string[]> {
  const { items } = await manager.list({ orderBy: [{ field: 'key', direction: 'asc' }] });
  return items.map(({ memory }) => memory.key);
}

describe('savepoints', () => {
  it('forget what came after them, at any depth, and only that', async () => {
    const manager = await openTestManager();
    await manager.transaction(async (tx) => {
      await tx.store('a', 1);
      await tx.savepoint(async (outer) => {
        await outer.store('b', 1);
        const inner = outer.savepoint(async (innermost) => {
          await innermost.store('c', 1);
          await innermost.delete('a');
          throw new RangeError('inner');
        });
        await expect(inner).rejects.toThrow('inner');
        expect(await outer.get('a')).not.toBeNull();
        expect(await outer.get('c')).toBeNull();
        await outer.store('d', 1);
      });
      const undone = tx.savepoint(async (second) => {
        await second.savepoint(async (kept) => kept.store('e', 1));
        expect(await second.get('e')).not.toBeNull();
        throw new RangeError('outer');
      });
      await expect(undone).rejects.toThrow('outer');
      expect(tx.info.savepoints).toEqual([]);
    });
    expect(await keysOf(manager)).toEqual(['a', 'b', 'd']);
  });

  it('have the semantics of SQL when they are named', async () => {
    const memories = (await openTestManager()).namespace('default');
    const open = await memories.beginTransaction();
    await open.savepoint('s');
    await open.memories.store({ key: 'a', value: 1 });
    await open.savepoint('s');
    await open.memories.store({ key: 'b', value: 1 });
    await open.rollbackTo('s');
    expect(await open.memories.get({ key: 'b' })).toBeNull();
    expect(await open.memories.get({ key: 'a' })).not.toBeNull();
    // The newest of that name is still there; released, the older one counts again.
    expect(open.info().savepoints).toEqual(['s', 's']);
    await open.release('s');
    await open.rollbackTo('s');
    expect(await open.memories.get({ key: 'a' })).toBeNull();
    await open.savepoint('t');
    await open.release('s');
    await expect(open.rollbackTo('t')).rejects.toBeInstanceOf(TransactionStateError);
    await expect(open.release('never')).rejects.toMatchObject({ data: { savepoints: [] } });
    await expect(open.savepoint('')).rejects.toBeInstanceOf(ValidationError);
    await open.commit();
    expect((await memories.list({})).total).toBe(0);
  });
});

describe('wrong use', () => {
  it('names an operation that was not awaited, and rolls back', async () => {
    const manager = await openTestManager();
    let dangling: Promise<unknown> | undefined;
    const careless = manager.transaction(async (tx) => {
      dangling = tx.store('a', 1).catch((error: unknown) => error);
    });
    await expect(careless).rejects.toMatchObject({
      code: 'TRANSACTION_STATE',
      message: 'an operation of the transaction was not awaited',
      data: { underWay: 1 },
    });
    await dangling;
    expect(await keysOf(manager)).toEqual([]);
  });

  it('refuses operations after the end', async () => {
    const manager = await openTestManager();
    let escaped: TransactionHandle | undefined;
    await manager.transaction(async (tx) => {
      escaped = tx;
      await tx.store('a', 1);
    });
    for (const late of [
      () => escaped?.store('b', 1),
      () => escaped?.get('a'),
      () => escaped?.recall('a'),
      () => escaped?.savepoint(async () => undefined),
    ]) {
      await expect(late()).rejects.toMatchObject({
        code: 'TRANSACTION_STATE',
        message: 'the transaction is committed',
      });
    }
    expect(await keysOf(manager)).toEqual(['a']);
  });

  it('refuses a transaction inside of a transaction, and what is none of its business', async () => {
    const manager = await openTestManager();
    await manager.transaction(async (tx) => {
      await expect(tx.transaction()).rejects.toBeInstanceOf(TransactionStateError);
      await tx.store('a', 1);
    });
    const open = await manager.namespace('default').beginTransaction();
    await expect(open.memories.beginTransaction()).rejects.toBeInstanceOf(TransactionStateError);
    await expect(open.memories.runTransaction(async () => 1)).rejects.toBeInstanceOf(
      TransactionStateError,
    );
    await expect(
      open.memories.applyOptimizations({ actions: [{ type: 'index_optimization' }] }),
    ).rejects.toBeInstanceOf(MemorySystemError);
    await open.memories.store({ key: 'b', value: 1 });
    await open.commit();
    expect(await keysOf(manager)).toEqual(['a', 'b']);
  });

  it('refuses values that are no JSON and goes on', async () => {
    const manager = await openTestManager();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await manager.transaction(async (tx) => {
      for (const value of [circular, Number.NaN, () => 1, Symbol('s'), undefined])
        await expect(tx.store('bad', value)).rejects.toBeInstanceOf(ValidationError);
      await tx.store('good', 1);
    });
    expect(await keysOf(manager)).toEqual(['good']);
  });

  it('refuses options that make no sense', async () => {
    const manager = await openTestManager();
    const run = (options: object): Promise<unknown> =>
      manager.transaction(async () => undefined, options);
    for (const options of [
      { isolation: 'CHAOS' },
      { timeoutMs: 0 },
      { timeoutMs: 300_001 },
      { idleTimeoutMs: -1 },
      { maxRetries: 1.5 },
      { idempotencyKey: '' },
    ])
      await expect(run(options)).rejects.toBeInstanceOf(ValidationError);
  });

  it('ends once: a second commit and a rollback meanwhile change nothing', async () => {
    const memories = (await openTestManager()).namespace('default');
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await open.memories.store({ key: 'a', value: 1 });
    const commit = open.commit();
    await expect(open.commit()).rejects.toBeInstanceOf(TransactionStateError);
    await expect(open.rollback()).rejects.toBeInstanceOf(TransactionStateError);
    expect((await commit).info.state).toBe('committed');
    expect((await memories.get({ key: 'a' }))?.value).toBe(1);
    await expect(open.commit()).rejects.toBeInstanceOf(TransactionStateError);
    // Idempotent after the end: it says how it ended.
    expect((await open.rollback()).state).toBe('committed');
    expect(memories.transactionStatistics()).toMatchObject({ committed: 1, rolledBack: 0 });
  });
});
