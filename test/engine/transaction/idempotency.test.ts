import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  IdempotencyMismatchError,
  MemoryManager,
  type MemoryOperations,
  openEngine,
  parseEngineConfig,
  TransactionConflictError,
} from '../../../src/engine/index.ts';
import { Gate } from '../../support/gate.ts';
import { makeTestFolder, shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();
const INCREMENT = { by: { key: 'n' } };

async function openCounter(): Promise<MemoryOperations> {
  const memories = shared.memories();
  await memories.store({ key: 'n', value: 0 });
  return memories;
}

describe.each(['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const)(
  'idempotency keys inside a transaction at %s',
  (isolation) => {
    it('replay what was answered outside before', async () => {
      const memories = await openCounter();
      const options = { idempotencyKey: 'once' };
      await memories.increment(INCREMENT, options);
      const open = await memories.beginTransaction({ isolation });
      const again = await open.memories.increment(INCREMENT, options);
      expect(again.replayed).toBe(true);
      expect(again.memory.value).toBe(1);
      await expect(
        open.memories.increment({ ...INCREMENT, amount: 2 }, options),
      ).rejects.toBeInstanceOf(IdempotencyMismatchError);
      await open.commit();
      expect((await memories.get({ key: 'n' }))?.value).toBe(1);
    });

    it('replay inside what was answered inside, and outside once it is committed', async () => {
      const memories = await openCounter();
      const options = { idempotencyKey: 'inner' };
      const open = await memories.beginTransaction({ isolation });
      const first = await open.memories.increment(INCREMENT, options);
      const second = await open.memories.increment(INCREMENT, options);
      expect([first.replayed, second.replayed]).toEqual([false, true]);
      expect(second.memory.value).toBe(1);
      await expect(open.memories.store({ key: 'n', value: 5 }, options)).rejects.toBeInstanceOf(
        IdempotencyMismatchError,
      );
      await open.memories.storeMany([{ key: 'a', value: 1 }], { idempotencyKey: 'many' });
      await open.commit();
      const outside = await memories.increment(INCREMENT, options);
      expect(outside).toMatchObject({ replayed: true, memory: { value: 1, version: 2 } });
      const many = await memories.storeMany([{ key: 'a', value: 1 }], { idempotencyKey: 'many' });
      expect(many.replayed).toBe(true);
      expect((await memories.get({ key: 'n' }))?.value).toBe(1);
    });

    it('are free again when their request was rolled back', async () => {
      const memories = await openCounter();
      const options = { idempotencyKey: 'undone' };
      const open = await memories.beginTransaction({ isolation });
      await open.savepoint('s');
      await open.memories.increment(INCREMENT, options);
      await open.rollbackTo('s');
      const again = await open.memories.increment({ ...INCREMENT, amount: 3 }, options);
      expect(again).toMatchObject({ replayed: false, memory: { value: 3 } });
      await open.rollback();
      const outside = await memories.increment({ ...INCREMENT, amount: 7 }, options);
      expect(outside).toMatchObject({ replayed: false, memory: { value: 7 } });
    });

    it('two transactions with the same inner request: the second one is refused, and replays when run again', async () => {
      const memories = await openCounter();
      const options = { idempotencyKey: 'both' };
      const opens = [
        await memories.beginTransaction({ isolation }),
        await memories.beginTransaction({ isolation }),
      ] as const;
      for (const open of opens) await open.memories.increment(INCREMENT, options);
      await opens[0].commit();
      await expect(opens[1].commit()).rejects.toBeInstanceOf(TransactionConflictError);
      const { value, retries } = await memories.runTransaction(
        (open) => open.memories.increment(INCREMENT, options),
        { isolation },
      );
      expect([value.replayed, retries]).toEqual([true, 0]);
      expect((await memories.get({ key: 'n' }))?.value).toBe(1);
    });
  },
);

describe('an idempotency key of a whole transaction', () => {
  it('replays its commit, also to duplicates that are in flight at the same time', async () => {
    const manager = new MemoryManager(shared.engine());
    await manager.store('n', 0);
    const options = { idempotencyKey: 'whole', requestHash: 'h' };
    const all = await Promise.all(
      Array.from({ length: 6 }, () =>
        manager
          .namespace('default')
          .runTransaction(async (open) => open.memories.increment(INCREMENT), options),
      ),
    );
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    // Everybody is told of the same commit.
    expect(new Set(all.map(({ memories }) => memories[0]?.version))).toEqual(new Set([2]));
    expect((await manager.get('n'))?.value).toBe(1);
    await expect(
      manager.transaction(async (tx) => tx.increment(INCREMENT), { ...options, requestHash: 'x' }),
    ).rejects.toBeInstanceOf(IdempotencyMismatchError);
    expect((await manager.get('n'))?.value).toBe(1);
  });

  it('a duplicate that starts while the first one is open waits for nobody and does nothing twice', async () => {
    const memories = await openCounter();
    const begun = new Gate();
    const finish = new Gate();
    const options = { idempotencyKey: 'slow' };
    const first = memories.runTransaction(async (open) => {
      await open.memories.increment(INCREMENT);
      begun.open();
      await finish.opened;
    }, options);
    await begun.opened;
    const second = await memories.runTransaction(
      (open) => open.memories.increment(INCREMENT),
      options,
    );
    finish.open();
    expect([second.replayed, (await first).replayed]).toEqual([false, true]);
    expect((await memories.get({ key: 'n' }))?.value).toBe(1);
  });

  it('is remembered by the file: after a reopening the answers are replayed', async () => {
    const config = { memory: { sqlite_path: join(await makeTestFolder(), 'test.db') } };
    const before = await openEngine(parseEngineConfig(config));
    const run = (memories: MemoryOperations) =>
      memories.runTransaction(
        async (open) => {
          await open.memories.store({ key: 'n', value: 1 }, { idempotencyKey: 'inner' });
        },
        { idempotencyKey: 'outer' },
      );
    const first = await run(before.namespace('main'));
    await before.close();
    const after = await openEngine(parseEngineConfig(config));
    try {
      const memories = after.namespace('main');
      expect(await run(memories)).toMatchObject({ replayed: true, cursor: first.cursor });
      const inner = await memories.store({ key: 'n', value: 1 }, { idempotencyKey: 'inner' });
      expect(inner).toMatchObject({ replayed: true, memory: { version: 1 } });
    } finally {
      await after.close();
    }
  });
});
