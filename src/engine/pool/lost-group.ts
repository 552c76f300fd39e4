import { MemoryConnectionError } from '../errors.ts';
import type { ResultOf } from './protocol.ts';
import { type Thread, ThreadLostError } from './thread.ts';
import type { PendingWrite } from './write-queue.ts';
import type { WriterConnection } from './writer-connection.ts';

/** Failed looks, other than lost threads, before the callers of a lost group are told `unknown`. */
const MAX_FAILURES = 5;

/** A group whose thread died before it answered. */
export interface LostGroup {
  readonly group: readonly PendingWrite[];
  readonly thread: Thread<'writer'>;
  /** Newest entry of the change log before the group was sent. */
  readonly afterSeq: number;
}

export type FoundOutcome = NonNullable<ResultOf<'writer', 'findOutcome'>>;

/**
 * Looks each unit of a lost group up: `onFound` is told of those that were committed, also for callers who gave up at their
 * deadline, since the commit listeners must learn of them; the others, which nobody has run, are returned. Rejects when it cannot be
 * found out: the file cannot be read, or the engine closes and cannot reopen it.
 */
export async function lookUpGroup(
  connection: WriterConnection,
  lost: LostGroup,
  onFound: (pending: PendingWrite, outcome: FoundOutcome) => void,
): Promise<readonly PendingWrite[]> {
  let { thread } = lost;
  const found = new Set<PendingWrite>();
  for (let failures = 0; ; ) {
    await connection.recover(thread);
    thread = await connection.thread();
    try {
      // When a thread dies during the look-up, what it had not found is looked up again; listeners hear of a commit once.
      return await lookUpUnits(thread, lost, found, onFound);
    } catch (error) {
      if (error instanceof ThreadLostError) continue;
      if (failures === MAX_FAILURES) throw error;
      await connection.waitForAttempt(failures);
      failures += 1;
    }
  }
}

async function lookUpUnits(
  thread: Thread<'writer'>,
  { group, afterSeq }: LostGroup,
  found: Set<PendingWrite>,
  onFound: (pending: PendingWrite, outcome: FoundOutcome) => void,
): Promise<readonly PendingWrite[]> {
  const again: PendingWrite[] = [];
  for (const pending of group) {
    if (found.has(pending)) continue;
    const outcome = await thread.call('findOutcome', { unit: pending.unit, afterSeq });
    if (outcome !== null) {
      found.add(pending);
      onFound(pending, outcome);
    } else if (!pending.settled) again.push(pending);
  }
  return again;
}

/** What the callers of a group are told that cannot be looked up. */
export function outcomeUnknown(txid: string, cause: unknown): MemoryConnectionError {
  return new MemoryConnectionError('the writer was lost while the write was under way', {
    cause,
    data: { outcome: 'unknown', transactionId: txid },
    remedy: 'Read the memory, or repeat the write with an idempotency key.',
  });
}
