import { expect, it } from 'vitest';
import { MAX_OPEN_TRANSACTIONS } from '../../../src/engine/limits.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();

it('one transaction too many is refused with a time to come back, and welcome when another has ended', async () => {
  const memories = shared.engine().namespace('crowded');
  const open = await Promise.all(
    Array.from({ length: MAX_OPEN_TRANSACTIONS }, () => memories.beginTransaction()),
  );
  await expect(memories.beginTransaction()).rejects.toMatchObject({
    code: 'OVERLOADED',
    retryAfterMs: expect.any(Number),
  });
  await open[0]?.rollback();
  const late = await memories.beginTransaction();
  await Promise.all([...open, late].map((transaction) => transaction.rollback()));
  expect(memories.transactions()).toEqual([]);
});
