import { describe, expect, it } from 'vitest';
import { MemorySystemError } from '../../../src/engine/errors.ts';
import {
  MAX_GROUP_BYTES,
  MAX_GROUP_UNITS,
  MAX_WRITE_QUEUE_BYTES,
  MAX_WRITE_QUEUE_UNITS,
} from '../../../src/engine/limits.ts';
import type { UnitOutcome } from '../../../src/engine/model/unit-outcome.ts';
import { PendingWrite, WriteQueue } from '../../../src/engine/pool/write-queue.ts';
import { unitOf } from '../../support/memory-space.ts';

const OUTCOME: UnitOutcome = { csn: 1, outcomes: [], replayed: false };

function add(queue: WriteQueue, bytes = 1, deadline = 1_000): PendingWrite {
  const pending = queue.add(unitOf('main', [], { deadline }), bytes, () => 7);
  pending.answer.catch(() => undefined);
  return pending;
}

describe('WriteQueue', () => {
  it('gives groups in order, within the bounds of units and bytes', () => {
    const queue = new WriteQueue();
    const writes = Array.from({ length: MAX_GROUP_UNITS + 3 }, () => add(queue));
    expect(queue.take()).toEqual(writes.slice(0, MAX_GROUP_UNITS));
    expect(queue.take()).toEqual(writes.slice(MAX_GROUP_UNITS));
    expect(queue.take()).toEqual([]);
    const [half, large, small] = [
      add(queue, MAX_GROUP_BYTES / 2),
      add(queue, MAX_GROUP_BYTES),
      add(queue),
    ];
    expect(queue.take()).toEqual([half]);
    expect(queue.take()).toEqual([large]);
    expect(queue.take()).toEqual([small]);
    const huge = add(queue, MAX_GROUP_BYTES * 2);
    expect(queue.take()).toEqual([huge]);
    expect(queue.bytes).toBe(0);
  });

  it('refuses what goes beyond its bounds, telling when to come back', () => {
    const byBytes = new WriteQueue();
    add(byBytes, MAX_WRITE_QUEUE_BYTES);
    expect(() => add(byBytes, 1)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', retryAfterMs: 7 }),
    );
    expect(byBytes.length).toBe(1);
    const byCount = new WriteQueue();
    for (let index = 0; index < MAX_WRITE_QUEUE_UNITS; index += 1) add(byCount, 0);
    expect(() => add(byCount, 0)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ queued: MAX_WRITE_QUEUE_UNITS }) }),
    );
  });

  it('rejects what is overdue as not stored, and gives its room back', async () => {
    const queue = new WriteQueue();
    const late = add(queue, 10, 99);
    const onTime = add(queue, 5, 100);
    queue.expire(100);
    await expect(late.answer).rejects.toMatchObject({
      code: 'TIMEOUT',
      data: { outcome: 'none' },
    });
    expect({ length: queue.length, bytes: queue.bytes }).toEqual({ length: 1, bytes: 5 });
    expect(queue.take()).toEqual([onTime]);
  });

  it('leaves out what was given up, and never gives an empty group while something waits', () => {
    const queue = new WriteQueue();
    const given = Array.from({ length: MAX_GROUP_UNITS }, () => add(queue));
    const waiting = add(queue);
    for (const pending of given) pending.reject(new MemorySystemError('gone'));
    expect(queue.take()).toEqual([waiting]);
  });

  it('puts lost units back to the front, in their order', () => {
    const queue = new WriteQueue();
    const [a, b] = [add(queue, 2), add(queue, 3)];
    queue.take();
    const c = add(queue, 4);
    queue.putBack([a, b]);
    expect(queue.bytes).toBe(9);
    expect(queue.take()).toEqual([a, b, c]);
  });

  it('rejects everything at once', async () => {
    const queue = new WriteQueue();
    const [a, b] = [add(queue, 2), add(queue, 3)];
    const error = new MemorySystemError('over');
    queue.rejectAll(error);
    await expect(a.answer).rejects.toBe(error);
    await expect(b.answer).rejects.toBe(error);
    expect({ length: queue.length, bytes: queue.bytes }).toEqual({ length: 0, bytes: 0 });
  });
});

describe('PendingWrite', () => {
  it('is settled once; what comes later is dropped', async () => {
    const pending = new PendingWrite(unitOf('main', []), 1);
    expect(pending.settled).toBe(false);
    pending.resolve(OUTCOME);
    pending.reject(new MemorySystemError('late'));
    expect(pending.settled).toBe(true);
    expect(await pending.answer).toBe(OUTCOME);
  });
});
