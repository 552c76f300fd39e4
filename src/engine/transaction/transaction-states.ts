import { type MemorySystemError, MemoryTimeoutError, TransactionStateError } from '../errors.ts';
import type { TransactionState } from './transaction-types.ts';

/** States a transaction can end in. */
export type EndState = 'committed' | 'rolled_back' | 'failed' | 'timeout';

const OPEN: ReadonlySet<TransactionState> = new Set(['pending', 'active']);
const COMMITTING: ReadonlySet<TransactionState> = new Set(['preparing', 'prepared', 'committing']);

/** Whether operations are taken. */
export function isOpen(state: TransactionState): boolean {
  return OPEN.has(state);
}

/** Whether it is on its way to the writer. */
export function isCommitting(state: TransactionState): boolean {
  return COMMITTING.has(state);
}

/** Why an operation is not taken: MemoryTimeoutError after a timeout, TransactionStateError in any other state that is not open. */
export function refusalIn(id: string, state: TransactionState): MemorySystemError {
  if (state === 'timeout') {
    return new MemoryTimeoutError('the transaction timed out and was rolled back', {
      data: { id, state, outcome: 'none' },
      remedy: 'Run the whole transaction again, faster or with a longer timeout.',
    });
  }
  return new TransactionStateError(`the transaction is ${state}`, {
    data: { id, state },
    remedy: 'Begin a new transaction.',
  });
}
