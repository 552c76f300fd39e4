import { type PackedPage, unpackPage } from '../backends/packed-page.ts';
import { asMemoryError, reviveError } from './error-transfer.ts';
import type { ReadReply } from './protocol.ts';
import type { PendingRead } from './read-queue.ts';

/** Tells the callers of the first reads of a batch their answers. Never throws. */
export function deliver(batch: readonly PendingRead[], replies: readonly ReadReply[]): void {
  for (const [index, reply] of replies.entries()) {
    const pending = batch[index];
    if (pending !== undefined) settle(pending, reply);
  }
}

function settle(pending: PendingRead, reply: ReadReply): void {
  pending.timing = reply.timing;
  if ('error' in reply) {
    pending.reject(reviveError(reply.error));
    return;
  }
  try {
    pending.resolve('packed' in reply ? unpacked(pending, reply.packed) : reply.result);
  } catch (error) {
    pending.reject(asMemoryError(error));
  }
}

function unpacked({ request }: PendingRead, packed: PackedPage): unknown {
  const page = unpackPage(packed);
  return request.kind === 'getMany' ? [page.records[0] ?? null] : page;
}
