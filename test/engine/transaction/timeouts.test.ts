import { describe, expect, it } from 'vitest';
import {
  type MemoryOperations,
  MemoryTimeoutError,
  type OpenTransaction,
} from '../../../src/engine/index.ts';
import { openTestManager } from './open-test-manager.ts';

/** Resolves when the transaction has ended by itself: it leaves the list of open ones. */
async function untilEnded(memories: MemoryOperations, open: OpenTransaction): Promise<void> {
  while (memories.transactions().some(({ id }) => id === open.id))
    await new Promise((resolve) => setImmediate(resolve));
}

describe('timeouts', () => {
  it('the total one rolls back, whatever the client does', async () => {
    const memories = (await openTestManager()).namespace('default');
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE', timeoutMs: 1_000 });
    expect(open.info().expiresAt.getTime() - open.info().startedAt.getTime()).toBe(1_000);
    // On a very slow machine this too may come too late; that is nothing else than what follows.
    await Promise.allSettled([open.memories.store({ key: 'a', value: 1 })]);
    await untilEnded(memories, open);
    expect(open.info().state).toBe('timeout');
    await expect(open.memories.get({ key: 'a' })).rejects.toMatchObject({
      code: 'TIMEOUT',
      data: { state: 'timeout', outcome: 'none' },
    });
    await expect(open.commit()).rejects.toBeInstanceOf(MemoryTimeoutError);
    expect(await memories.get({ key: 'a' })).toBeNull();
    expect(memories.transactionStatistics()).toMatchObject({
      active: 0,
      timedOut: 1,
      rolledBack: 0,
    });
    // Its snapshot is gone as well.
    expect((await memories.statistics()).backend.snapshots.open).toBe(0);
  });

  it('a body that never ends does not keep its caller beyond the total one', async () => {
    const manager = await openTestManager();
    const hanging = manager.transaction(
      async (tx) => {
        await tx.store('a', 1);
        await new Promise(() => undefined);
      },
      { timeoutMs: 200 },
    );
    await expect(hanging).rejects.toBeInstanceOf(MemoryTimeoutError);
    expect(await manager.get('a')).toBeNull();
  });

  it('the idle one counts from the last operation', async () => {
    const memories = (await openTestManager()).namespace('default');
    const open = await memories.beginTransaction({ idleTimeoutMs: 400 });
    const start = performance.now();
    // Kept awake for longer than the timeout by operations that follow each other.
    while (performance.now() - start < 800) await open.memories.get({ key: 'a' });
    expect(open.info().state).toBe('active');
    await untilEnded(memories, open);
    expect(open.info().state).toBe('timeout');
    await expect(open.memories.get({ key: 'a' })).rejects.toBeInstanceOf(MemoryTimeoutError);
  });

  it('the idle one ends a transaction that was begun and forgotten', async () => {
    const memories = (await openTestManager()).namespace('default');
    const open = await memories.beginTransaction({ idleTimeoutMs: 20 });
    await untilEnded(memories, open);
    expect(open.info().state).toBe('timeout');
    expect(memories.transactionStatistics().timedOut).toBe(1);
  });

  it('transaction(body) tells a timeout and does not run the body again', async () => {
    const manager = await openTestManager();
    const memories = manager.namespace('default');
    let runs = 0;
    const slow = manager.transaction(
      async (tx) => {
        runs += 1;
        await tx.store('a', 1);
        while (memories.transactions().length > 0)
          await new Promise((resolve) => setImmediate(resolve));
      },
      { timeoutMs: 500 },
    );
    await expect(slow).rejects.toBeInstanceOf(MemoryTimeoutError);
    expect(runs).toBe(1);
    expect(await manager.get('a')).toBeNull();
  });

  it('a savepoint that a timeout ended throws its error, not one about savepoints', async () => {
    const manager = await openTestManager();
    const memories = manager.namespace('default');
    const slow = manager.transaction(
      (tx) =>
        tx.savepoint(async () => {
          while (memories.transactions().length > 0)
            await new Promise((resolve) => setImmediate(resolve));
          await tx.get('a');
        }),
      { timeoutMs: 500 },
    );
    await expect(slow).rejects.toBeInstanceOf(MemoryTimeoutError);
  });
});
