import type { TransactionRead } from '../backends/backend.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import type { LoggedOperation, TransactionSession } from './transaction-session.ts';
import type { TransactionSessions } from './transaction-sessions.ts';

/** One call of a transaction: bring the overlay up to date, then write or read. */
export interface TransactionStep {
  /** The pinned snapshot; null at READ_COMMITTED. */
  readonly snapshot: string | null;
  readonly namespace: string;
  /** Unix ms */
  readonly deadline: number;
  /** Changes whenever the log was cut, so that the overlay is laid anew. */
  readonly generation: number;
  /** Position of `log` in the whole log; 0 = it is the whole log. */
  readonly from: number;
  readonly log: readonly LoggedOperation[];
  readonly action:
    | {
        readonly kind: 'write';
        readonly operations: readonly WriteOperation[];
        readonly now: number;
      }
    | { readonly kind: 'read'; readonly read: TransactionRead };
}

export type StepResult = readonly OperationOutcome[] | unknown;

export function runStep(sessions: TransactionSessions, step: TransactionStep): StepResult {
  if (step.snapshot !== null) return perform(sessions.pinned(step.snapshot), step);
  const session = sessions.unpinned;
  return session.unpinned(step.namespace, () => perform(session, step));
}

function perform(session: TransactionSession, step: TransactionStep): StepResult {
  session.sync(step.generation, step.from, step.log);
  const { action } = step;
  return action.kind === 'write'
    ? session.write(action.operations, action.now)
    : session.read(action.read, step.deadline);
}
