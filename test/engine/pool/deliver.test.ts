import { expect, it } from 'vitest';
import { packPage } from '../../../src/engine/backends/packed-page.ts';
import { deliver } from '../../../src/engine/pool/deliver.ts';
import { toWireError } from '../../../src/engine/pool/error-transfer.ts';
import type { ReadReply, ReadRequest } from '../../../src/engine/pool/protocol.ts';
import { PendingRead } from '../../../src/engine/pool/read-queue.ts';

const NO_RECORDS = { hasMore: false, total: null };

function pendingRead(kind: 'list' | 'getMany' | 'personas'): PendingRead {
  return new PendingRead({ kind, args: null, deadline: 1e15 } as unknown as ReadRequest);
}

it('every caller gets his own answer, and the reads behind the replies stay open', async () => {
  const batch = [
    pendingRead('list'),
    pendingRead('getMany'),
    pendingRead('personas'),
    pendingRead('personas'),
    pendingRead('personas'),
  ];
  const replies: readonly ReadReply[] = [
    { packed: packPage([], { hasMore: true, total: 7 }), tookMs: 0 },
    { packed: packPage([], NO_RECORDS), tookMs: 0 },
    { result: [null], tookMs: 0, timing: { startedAt: 1, endedAt: 2 } },
    { error: toWireError(new Error('broken')), tookMs: 0 },
  ];
  const refused = expect(batch[3]?.answer).rejects.toThrow('broken');
  deliver(batch, replies);
  await refused;
  expect(await Promise.all(batch.slice(0, 3).map(({ answer }) => answer))).toEqual([
    { records: [], hasMore: true, total: 7 },
    [null],
    [null],
  ]);
  expect(batch[2]?.timing).toEqual({ startedAt: 1, endedAt: 2 });
  expect(batch.map(({ settled }) => settled)).toEqual([true, true, true, true, false]);
});

it('a page that cannot be taken apart is refused to its caller alone', async () => {
  const batch = [pendingRead('list'), pendingRead('list')];
  const refused = expect(batch[0]?.answer).rejects.toMatchObject({ code: 'DATA_CORRUPTION' });
  deliver(batch, [
    { packed: ['2\x000\x00'], tookMs: 0 },
    { packed: packPage([], NO_RECORDS), tookMs: 0 },
  ]);
  await refused;
  expect(await batch[1]?.answer).toMatchObject({ records: [] });
});

it('a read that was given up meanwhile changes nothing for its neighbours', async () => {
  const batch = [pendingRead('personas'), pendingRead('personas')];
  const given = expect(batch[0]?.answer).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(batch[0]?.expire(2e15)).toBe(true);
  deliver(
    batch,
    batch.map(() => ({ result: [null], tookMs: 0 })),
  );
  await given;
  expect(await batch[1]?.answer).toEqual([null]);
});
