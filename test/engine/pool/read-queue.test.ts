import { expect, it } from 'vitest';
import { MemorySystemError } from '../../../src/engine/errors.ts';
import { MAX_READ_BATCH, MAX_READ_QUEUE } from '../../../src/engine/limits.ts';
import { ReadCosts } from '../../../src/engine/pool/read-costs.ts';
import { type PendingRead, ReadQueue } from '../../../src/engine/pool/read-queue.ts';

function add(queue: ReadQueue, deadline = 1_000): PendingRead {
  const args = { namespace: 'main', targets: [], now: 0 };
  const pending = queue.add({ kind: 'getMany', args, deadline });
  pending.answer.catch(() => undefined);
  return pending;
}

it('gives batches in order and of bounded size, without what was given up', () => {
  const queue = new ReadQueue();
  const reads = Array.from({ length: MAX_READ_BATCH + 2 }, () => add(queue));
  reads[0]?.reject(new MemorySystemError('gone'));
  expect(queue.take()).toEqual(reads.slice(1, MAX_READ_BATCH));
  expect(queue.take()).toEqual(reads.slice(MAX_READ_BATCH));
  expect(queue.take()).toEqual([]);
});

it('refuses what goes beyond its bound', () => {
  const queue = new ReadQueue();
  for (let index = 0; index < MAX_READ_QUEUE; index += 1) add(queue);
  expect(() => add(queue)).toThrow(
    expect.objectContaining({
      code: 'OVERLOADED',
      data: expect.objectContaining({ queued: MAX_READ_QUEUE }),
    }),
  );
});

it('rejects what is overdue and gives its room back', async () => {
  const queue = new ReadQueue();
  const late = add(queue, 99);
  const onTime = add(queue, 100);
  queue.expire(100);
  await expect(late.answer).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(queue.length).toBe(1);
  expect(queue.take()).toEqual([onTime]);
});

it('puts reads back to the front, and rejects all at once', async () => {
  const queue = new ReadQueue();
  const [a, b] = [add(queue), add(queue)];
  queue.take();
  const c = add(queue);
  queue.putBack([a, b]);
  expect(queue.take()).toEqual([a, b, c]);
  queue.putBack([c]);
  const error = new MemorySystemError('over');
  queue.rejectAll(error);
  await expect(c.answer).rejects.toBe(error);
  expect(queue.length).toBe(0);
});

it('shows each read what stands before it, and drops what is refused', async () => {
  const costs = new ReadCosts();
  costs.record('getMany', 3);
  const queue = new ReadQueue(Number.POSITIVE_INFINITY, costs);
  const [a, b, c] = [add(queue), add(queue), add(queue)];
  const seen: unknown[] = [];
  queue.review((pending, workMs) => {
    seen.push([pending, workMs]);
    if (pending === b) pending.shed(3, 50);
  });
  expect(seen).toEqual([
    [a, 0],
    [b, 3],
    [c, 3],
  ]);
  await expect(b.answer).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterMs: 50 });
  expect(queue.length).toBe(2);
});
