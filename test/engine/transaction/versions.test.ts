import { describe, expect, it } from 'vitest';
import { TransactionConflictError, VersionConflictError } from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();

describe.each(['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const)(
  'at %s',
  (isolation) => {
    it('ifVersion compares with what the transaction sees, its own writes included', async () => {
      const memories = shared.memories();
      await memories.store({ key: 'k', value: 0 });
      const open = await memories.beginTransaction({ isolation });
      await open.memories.store({ key: 'k', value: 1, ifVersion: 1 });
      await expect(open.memories.store({ key: 'k', value: 2, ifVersion: 1 })).rejects.toMatchObject(
        {
          code: 'VERSION_CONFLICT',
          expected: 1,
          actual: 2,
        },
      );
      await open.memories.increment({ by: { key: 'k' }, ifVersion: 2 });
      await open.memories.store({ key: 'new', value: 1, ifVersion: 0 });
      await open.memories.delete({ by: { key: 'new' }, ifVersion: 1 });
      await open.commit();
      expect(await memories.get({ key: 'k' })).toMatchObject({ value: 2, version: 3 });
    });

    it('ifVersion is compared again at the commit', async () => {
      const memories = shared.memories();
      await memories.store({ key: 'k', value: 0 });
      const open = await memories.beginTransaction({ isolation });
      await open.memories.store({ key: 'k', value: 'mine', ifVersion: 1 });
      await open.memories.store({ key: 'other', value: 1 });
      await memories.store({ key: 'k', value: 'theirs' });
      const error =
        isolation === 'READ_COMMITTED' ? VersionConflictError : TransactionConflictError;
      await expect(open.commit()).rejects.toBeInstanceOf(error);
      expect((await memories.get({ key: 'k' }))?.value).toBe('theirs');
      expect(await memories.get({ key: 'other' })).toBeNull();
    });

    it('assertVersion guards what is not written', async () => {
      const memories = shared.memories();
      await memories.store({ key: 'guard', value: 0 });
      const assertion = { by: { key: 'guard' }, version: 1 };
      const good = await memories.beginTransaction({ isolation });
      await good.memories.assertVersion(assertion);
      await good.memories.assertVersion({ by: { key: 'absent' }, version: 0 });
      await expect(
        good.memories.assertVersion({ by: { key: 'guard' }, version: 2 }),
      ).rejects.toBeInstanceOf(VersionConflictError);
      await good.memories.store({ key: 'a', value: 1 });
      const { memories: outcomes } = await good.commit();
      expect(outcomes.map((memory) => memory?.key ?? null)).toEqual([null, null, 'a']);

      const late = await memories.beginTransaction({ isolation });
      await late.memories.assertVersion(assertion);
      await late.memories.store({ key: 'a', value: 2 });
      await memories.store({ key: 'guard', value: 1 });
      const error = isolation === 'SERIALIZABLE' ? TransactionConflictError : VersionConflictError;
      await expect(late.commit()).rejects.toBeInstanceOf(error);
      expect((await memories.get({ key: 'a' }))?.value).toBe(1);
    });

    it('the commit tells the position of its newest change, and none when it changed nothing', async () => {
      const memories = shared.memories();
      const { headCursor } = await memories.status();
      const open = await memories.beginTransaction({ isolation });
      await open.memories.storeMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 1 },
      ]);
      const { cursor } = await open.commit();
      const page = await memories.changes({ after: headCursor });
      expect('changes' in page && page.changes.at(-1)?.cursor).toBe(cursor);
      expect(
        'changes' in page && new Set(page.changes.map(({ transactionId }) => transactionId)).size,
      ).toBe(1);
      const reader = await memories.beginTransaction({ isolation });
      await reader.memories.get({ key: 'a' });
      expect((await reader.commit()).cursor).toBeNull();
    });
  },
);

describe('what a failed write told', () => {
  it('counts as read at SERIALIZABLE: the absence it reported must still hold', async () => {
    const memories = shared.memories();
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await expect(open.memories.increment({ by: { key: 'k' } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await open.memories.store({ key: 'was-absent', value: true });
    await memories.store({ key: 'k', value: 1 });
    await expect(open.commit()).rejects.toBeInstanceOf(TransactionConflictError);
  });

  it('and so does what was rolled back to a savepoint', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 1 });
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await open.savepoint('s');
    const { memory } = await open.memories.increment({ by: { key: 'k' } });
    await open.rollbackTo('s');
    await open.memories.store({ key: 'seen', value: memory.value });
    await memories.store({ key: 'k', value: 5 });
    await expect(open.commit()).rejects.toBeInstanceOf(TransactionConflictError);
  });
});
