import { describe, expect, it } from 'vitest';
import {
  MemoryManager,
  type MemoryOperations,
  type OpenTransaction,
  OverloadedError,
  SnapshotTooOldError,
} from '../../../src/engine/index.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

const MEGABYTE = 1_048_576;
const LEVELS = ['REPEATABLE_READ', 'SERIALIZABLE'] as const;

async function openLimited(soft: number, hard: number): Promise<MemoryOperations> {
  const memory = { wal_soft_limit: soft * MEGABYTE, wal_hard_limit: hard * MEGABYTE };
  return (await openTestEngine({ memory })).namespace('default');
}

/** Writes until the counter of the snapshots has risen: by then the policy has looked at the WAL. */
async function growWalUntil(
  memories: MemoryOperations,
  counter: 'refreshed' | 'aborted',
  above = 0,
): Promise<void> {
  const value = 'x'.repeat(200_000);
  for (let round = 0; ; round += 1) {
    const { snapshots } = (await memories.statistics()).backend;
    if (snapshots[counter] > above) return;
    await memories.store({ key: `ballast-${round % 4}`, value });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the snapshot policy', () => {
  describe.each(LEVELS)('at %s', (isolation) => {
    it('moves the oldest snapshot on when nothing it read or wrote has changed', async () => {
      const memories = await openLimited(1, 1_000);
      await memories.store({ key: 'read', value: 1 });
      const open = await memories.beginTransaction({ isolation });
      expect((await open.memories.get({ key: 'read' }))?.value).toBe(1);
      expect(await open.memories.get({ key: 'absent' })).toBeNull();
      const where = { value: { n: 5 } };
      expect((await open.memories.list({ where })).total).toBe(0);
      await open.memories.store({ key: 'mine', value: 'written before' });
      await memories.store({ key: 'later', value: 'committed later' });

      await growWalUntil(memories, 'refreshed');
      expect((await open.memories.get({ key: 'mine' }))?.value).toBe('written before');
      expect((await open.memories.get({ key: 'read' }))?.value).toBe(1);
      // The snapshot is that of a newer commit now, which shows where nothing had been read before.
      expect((await open.memories.get({ key: 'later' }))?.value).toBe('committed later');
      await open.memories.store({ key: 'after', value: 1 });
      expect((await open.commit()).info.state).toBe('committed');
      expect((await memories.get({ key: 'mine' }))?.value).toBe('written before');
      expect((await memories.statistics()).backend.snapshots).toMatchObject({
        open: 0,
        aborted: 0,
      });
    });

    it.each<[string, (open: OpenTransaction) => Promise<unknown>]>([
      ['read by key', (open) => open.memories.get({ key: 'a' })],
      ['missed by key', (open) => open.memories.get({ key: 'new' })],
      ['listed', (open) => open.memories.list({ where: { section: 'semantic_memory' } })],
      ['recalled', (open) => open.memories.recall({ query: 'apple' })],
      ['written', (open) => open.memories.store({ key: 'a', value: 'mine' })],
    ])('gives it up when what was %s has changed', async (_what, touch) => {
      const memories = await openLimited(1, 1_000);
      await memories.store({ key: 'a', value: 'apple', section: 'semantic_memory' });
      const open = await memories.beginTransaction({ isolation });
      await touch(open);
      await memories.update({ by: { key: 'a' }, value: 'another apple' });
      await memories.store({ key: 'new', value: 'apple pie', section: 'semantic_memory' });

      await growWalUntil(memories, 'aborted');
      await expect(open.memories.get({ key: 'b' })).rejects.toBeInstanceOf(SnapshotTooOldError);
      await open.rollback();
      expect((await memories.statistics()).backend.snapshots).toMatchObject({
        open: 0,
        aborted: 1,
      });
    });

    it('past the hard limit gives all of them up, and everything recovers', async () => {
      const memories = await openLimited(1, 3);
      await memories.store({ key: 'a', value: 1 });
      const opens = await Promise.all(
        [1, 2, 3].map(() => memories.beginTransaction({ isolation })),
      );
      // Each holds back the WAL by something that changes, so that none can be moved on.
      for (const open of opens) await open.memories.list({ where: {} });
      await growWalUntil(memories, 'aborted', 2);
      for (const open of opens) {
        await expect(open.memories.get({ key: 'a' })).rejects.toBeInstanceOf(SnapshotTooOldError);
        await open.rollback();
      }
      const again = await memories.beginTransaction({ isolation });
      expect((await again.memories.get({ key: 'a' }))?.value).toBe(1);
      await again.memories.store({ key: 'b', value: 1 });
      await again.commit();
      expect((await memories.get({ key: 'b' }))?.value).toBe(1);
      expect((await memories.statistics()).backend.wal.bytes).toBeLessThan(4 * MEGABYTE);
    });
  });

  it('short transactions that always overlap do not let the WAL grow, and none is given up', async () => {
    const memories = await openLimited(2, 16);
    const value = 'x'.repeat(40_000);
    let started = 0;
    let longest = 0;
    const client = async (name: number): Promise<void> => {
      while (started < 800) {
        started += 1;
        await memories.runTransaction(
          async (open) => {
            await open.memories.get({ key: `k${name}` });
            await open.memories.store({ key: `k${name}`, value });
          },
          { isolation: 'SERIALIZABLE', maxRetries: 0 },
        );
        if (started % 20 > 0) continue;
        const { wal } = (await memories.statistics()).backend;
        longest = Math.max(longest, wal.bytes);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
    const { snapshots } = (await memories.statistics()).backend;
    expect(snapshots).toMatchObject({ open: 0, aborted: 0 });
    // More than the hard limit was written, so the WAL must have started anew.
    expect(longest).toBeGreaterThan(2 * MEGABYTE);
    expect(longest).toBeLessThan(16 * MEGABYTE);
  });

  it('transaction(body) runs again on a new snapshot', async () => {
    const memory = { wal_soft_limit: MEGABYTE };
    const manager = new MemoryManager(await openTestEngine({ memory }));
    const memories = manager.namespace('default');
    await memories.store({ key: 'a', value: 0 });
    let runs = 0;
    await manager.transaction(
      async (tx) => {
        runs += 1;
        const n = (await tx.get('a'))?.value as number;
        if (runs === 1) {
          await memories.store({ key: 'a', value: 10 });
          await growWalUntil(memories, 'aborted');
        }
        await tx.store('a', n + 1);
      },
      { isolation: 'REPEATABLE_READ' },
    );
    expect(runs).toBe(2);
    expect((await memories.get({ key: 'a' }))?.value).toBe(11);
  });

  it('refuses more snapshots than are configured, and serves READ_COMMITTED all the same', async () => {
    const memories = (await openTestEngine({ memory: { max_snapshots: 2 } })).namespace('default');
    const begin = (): Promise<OpenTransaction> =>
      memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    const [first] = [await begin(), await begin()];
    await expect(begin()).rejects.toBeInstanceOf(OverloadedError);
    await expect(begin()).rejects.toMatchObject({ retryAfterMs: expect.any(Number) });
    const without = await memories.beginTransaction();
    await without.memories.store({ key: 'a', value: 1 });
    await without.commit();
    await first.rollback();
    await (await begin()).rollback();
  });
});
