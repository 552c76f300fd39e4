import { expect, it } from 'vitest';
import { type LostGroup, lookUpGroup } from '../../../src/engine/pool/lost-group.ts';
import { ThreadLostError } from '../../../src/engine/pool/thread.ts';
import { WriteQueue } from '../../../src/engine/pool/write-queue.ts';
import type { WriterConnection } from '../../../src/engine/pool/writer-connection.ts';
import { storing, unitOf } from '../../support/memory-space.ts';

/* A fake thread: a real one cannot be made to die between two look-ups of one group. */

it('tells of each commit once, in order, when the next thread dies during the look-up', async () => {
  const queue = new WriteQueue();
  const group = ['a', 'b', 'c', 'd'].map((key) =>
    queue.add(unitOf('main', [storing(key)]), 100, () => 1),
  );
  const [a, b, c, d] = group;
  const asked: unknown[] = [];
  const thread = {
    call: async (_method: string, { unit }: { readonly unit: unknown }) => {
      asked.push(unit);
      if (asked.length === 3) throw new ThreadLostError('on purpose');
      return unit === b?.unit || unit === d?.unit ? null : { csn: 1, outcomes: [] };
    },
  };
  const connection = { recover: async () => undefined, thread: async () => thread };
  const told: unknown[] = [];
  const again = await lookUpGroup(
    connection as unknown as WriterConnection,
    { group, thread, afterSeq: 0 } as unknown as LostGroup,
    (pending) => told.push(pending),
  );
  expect(told).toEqual([a, c]);
  expect(again).toEqual([b, d]);
});
