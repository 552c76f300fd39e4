import { describe, expect, it } from 'vitest';
import { NotFoundError, ValidationError } from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine({ memory: { backend: 'sqlite_sync' } });

describe('transactions on the backend sqlite_sync', () => {
  it('work at READ_COMMITTED, with own reads, savepoints and one commit', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'n', value: 1 });
    const { value, memories: outcomes } = await memories.runTransaction(async (open) => {
      const inside = open.memories;
      await inside.increment({ by: { key: 'n' } });
      await inside.store({ key: 'a', value: 'own apple', tags: ['t'], persona: 'athena' });
      await open.savepoint('s');
      await inside.delete({ by: { key: 'a' } });
      expect(await inside.get({ key: 'a' })).toBeNull();
      await open.rollbackTo('s');
      expect((await inside.list({ where: { tags: ['t'] } })).total).toBe(1);
      expect(
        (await inside.recall({ query: 'apple', mode: 'TEXT' })).hits.map(({ key }) => key),
      ).toEqual(['a']);
      expect((await inside.personas(null)).map((persona) => persona?.name)).toEqual(['athena']);
      expect(await memories.get({ key: 'a' })).toBeNull();
      return (await inside.get({ key: 'n' }))?.value;
    });
    expect(value).toBe(2);
    expect(outcomes.map((memory) => memory?.key)).toEqual(['n', 'a']);
    expect((await memories.get({ key: 'n' }))?.value).toBe(2);
  });

  it('see the newest commit at each step, and fail at commit when their memory is gone', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'n', value: 1 });
    const open = await memories.beginTransaction();
    await open.memories.increment({ by: { key: 'n' } });
    await memories.store({ key: 'n', value: 10 });
    expect((await open.memories.get({ key: 'n' }))?.value).toBe(11);
    await memories.delete({ by: { key: 'n' } });
    expect(await open.memories.get({ key: 'n' })).toBeNull();
    await expect(open.commit()).rejects.toBeInstanceOf(NotFoundError);
    expect((await memories.list({})).total).toBe(0);
  });

  it('serve READ_UNCOMMITTED as READ_COMMITTED, as the other backend does', async () => {
    const open = await shared.memories().beginTransaction({ isolation: 'READ_UNCOMMITTED' });
    expect(open.info()).toMatchObject({
      requestedIsolation: 'READ_UNCOMMITTED',
      effectiveIsolation: 'READ_COMMITTED',
    });
    await open.rollback();
  });

  it.each(['REPEATABLE_READ', 'SERIALIZABLE'] as const)(
    'say that %s needs another backend',
    async (isolation) => {
      const memories = shared.memories();
      await expect(memories.beginTransaction({ isolation })).rejects.toMatchObject({
        code: 'VALIDATION',
        message: `the backend sqlite_sync cannot serve ${isolation}`,
        remedy: 'Use READ_COMMITTED, or the backend sqlite.',
      });
      await expect(
        memories.runTransaction(async () => undefined, { isolation }),
      ).rejects.toBeInstanceOf(ValidationError);
      expect(memories.transactions()).toEqual([]);
    },
  );
});
