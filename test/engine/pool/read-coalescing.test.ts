import { expect, it, vi } from 'vitest';
import { MAX_READ_BATCH, MAX_READ_QUEUE } from '../../../src/engine/limits.ts';
import { BatchSize } from '../../../src/engine/pool/batch-size.ts';
import { storing } from '../../support/memory-space.ts';
import { openTestSpace } from '../../support/open-test-backend.ts';
import { recallArguments } from '../../support/recall-arguments.ts';

it('reads of one turn of the event loop travel in few messages', async () => {
  const space = await openTestSpace('sqlite');
  await space.write(Array.from({ length: 300 }, (_, index) => storing(`k${index}`, index)));
  // A slow thread answers a part of a batch, and the rest travels again: its cuts are counted, and make no message smaller.
  let cuts = 0;
  vi.spyOn(BatchSize.prototype, 'learn').mockImplementation((sent, answered) => {
    if (answered < sent) cuts += 1;
  });
  const texts = await Promise.all(
    Array.from({ length: 300 }, (_, index) => space.valueText(`k${index}`)),
  );
  expect(texts).toEqual(Array.from({ length: 300 }, (_, index) => String(index)));
  const statistics = await space.backend.statistics();
  const messages = statistics.pools[1]?.run.count ?? 0;
  expect(messages).toBeGreaterThanOrEqual(Math.ceil(300 / MAX_READ_BATCH));
  // Without cuts that is all of them; each one costs at most two more, and on a quiet machine there are few.
  expect(messages).toBeLessThanOrEqual(Math.ceil(300 / MAX_READ_BATCH) + 2 * cuts);
  expect(statistics.statements.find(({ name }) => name === 'getMany')?.count).toBe(300);
});

it('a read beyond the bound of the queue is refused, and those before it are answered', async () => {
  // Long enough for twenty thousand reads on a slow machine.
  const space = await openTestSpace('sqlite', { connection_timeout: 300 });
  await space.store('k', 1);
  const reads = Array.from({ length: MAX_READ_QUEUE + 5 }, () => space.get('k'));
  const results = await Promise.allSettled(reads);
  const refused = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  expect(refused).toHaveLength(5);
  for (const reason of refused)
    expect(reason).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
  expect((await space.backend.statistics()).pools[1]).toMatchObject({ rejected: 5, queued: 0 });
});

it('one bad read of a batch leaves its neighbours alone', async () => {
  const space = await openTestSpace('sqlite');
  await space.store('k', 1);
  const { namespace } = space;
  const query = { expressions: ['AND AND'], excluded: null, terms: [] };
  const args = recallArguments(namespace, null, { query, limit: 1, now: 0 });
  const results = await Promise.allSettled([
    space.get('k'),
    space.backend.read('recall', args),
    space.get('k'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
