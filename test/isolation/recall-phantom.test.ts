import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type IsolationLevel,
  type MemoryOperations,
  type OpenTransaction,
  TransactionConflictError,
} from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

/*
 * Predicates that are searches: what the full-text index answers is part of what a transaction read, although the index
 * itself is brought up to date only at the end of a commit group.
 */

const shared = shareTestEngine();
const ATTEMPTS = 25;

async function searchAndStore(
  memories: MemoryOperations,
  isolation: IsolationLevel,
  key: string,
): Promise<OpenTransaction> {
  const open = await memories.beginTransaction({ isolation });
  const { hits } = await open.memories.recall({ query: 'lighthouse' });
  expect(hits).toEqual([]);
  await open.memories.store({ key, value: 'the lighthouse' });
  return open;
}

describe('write skew over a search', () => {
  it('is refused at SERIALIZABLE', async () => {
    const memories = shared.memories();
    const a = await searchAndStore(memories, 'SERIALIZABLE', 'a');
    const b = await searchAndStore(memories, 'SERIALIZABLE', 'b');
    await a.commit();
    await expect(b.commit()).rejects.toBeInstanceOf(TransactionConflictError);
  });

  it('is refused at SERIALIZABLE also inside one commit group', async () => {
    for (let attempt = 0; ; attempt += 1) {
      expect(attempt).toBeLessThan(ATTEMPTS);
      const memories = shared.memories();
      const opens = [
        await searchAndStore(memories, 'SERIALIZABLE', 'a'),
        await searchAndStore(memories, 'SERIALIZABLE', 'b'),
      ];
      const before = (await memories.statistics()).backend.groups;
      const items = Array.from({ length: 400 }, (_, index) => ({ key: `k${index}`, value: index }));
      const ballast = shared.memories().storeMany(items);
      await setImmediate();
      const ended = await Promise.allSettled(opens.map((open) => open.commit()));
      await ballast;
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await memories.list({})).total).toBe(1);
      const after = (await memories.statistics()).backend.groups;
      if (after.groups - before.groups === 2 && after.units - before.units === 3) return;
    }
  });

  it('is allowed at REPEATABLE_READ, as write skew is', async () => {
    const memories = shared.memories();
    const a = await searchAndStore(memories, 'REPEATABLE_READ', 'a');
    const b = await searchAndStore(memories, 'REPEATABLE_READ', 'b');
    await Promise.all([a.commit(), b.commit()]);
    expect((await memories.recall({ query: 'lighthouse' })).hits).toHaveLength(2);
  });
});
