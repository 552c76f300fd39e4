import {
  type CommitMode,
  type IsolationLevel,
  MemorySystemError,
  type TransactionState,
  type TransactOutcome,
  type TransactStep,
  ValidationError,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';
import { type LinkRequest, toLinkInput } from './links.ts';
import { TransactionAbortedError } from './transaction-aborted-error.ts';
import {
  type AppendFields,
  type IncrementFields,
  type StoreMemoryFields,
  type TargetedFields,
  toAppendInput,
  toDeleteInput,
  toIncrementInput,
  toStoreInput,
  toUpdateInput,
  toWriteOptions,
  type UpdateMemoryFields,
} from './write-input.ts';
import { writing } from './writing.ts';

type Maybe<T> = T | null | undefined;

/** Exactly one member is set (a @oneOf input). */
export interface TransactionOperation {
  readonly store?: Maybe<StoreMemoryFields>;
  readonly update?: Maybe<UpdateMemoryFields>;
  readonly increment?: Maybe<IncrementFields>;
  readonly append?: Maybe<AppendFields>;
  readonly delete?: Maybe<TargetedFields>;
  readonly link?: Maybe<LinkRequest>;
  readonly unlink?: Maybe<LinkRequest>;
  readonly assert?: Maybe<{ readonly by: MemoryBy; readonly version: number }>;
  readonly savepoint?: Maybe<string>;
  readonly rollbackTo?: Maybe<string>;
  readonly release?: Maybe<string>;
}

export interface TransactInput {
  readonly operations: readonly TransactionOperation[];
  readonly isolation: IsolationLevel;
  readonly timeoutMs: number;
  readonly idempotencyKey?: Maybe<string>;
  readonly awaitIndex?: Maybe<boolean>;
  readonly commitMode?: Maybe<CommitMode>;
}

export interface TransactPayload extends TransactOutcome {
  readonly requestedIsolation: IsolationLevel;
  readonly effectiveIsolation: IsolationLevel;
  readonly state: TransactionState;
}

/**
 * The whole list in one commit on the newest state, which is serializable whatever was asked for. Inside of an open
 * transaction it is a part of that one.
 */
export function transact(input: TransactInput, context: RequestContext): Promise<TransactPayload> {
  const { operations, isolation, timeoutMs } = input;
  return writing(context, async () => {
    const steps = operations.map(toStep);
    const outcome = await context.memories
      .transact(steps, { timeoutMs, ...toWriteOptions(input) })
      .catch((error: unknown) => {
        throw withOperation(error);
      });
    const around = context.transaction?.open.info();
    return {
      ...outcome,
      requestedIsolation: isolation,
      effectiveIsolation: around?.effectiveIsolation ?? 'SERIALIZABLE',
      state: around?.state ?? 'committed',
    };
  });
}

function toStep(operation: TransactionOperation, index: number): TransactStep {
  const path = ['operations', String(index)];
  const { store, update, increment, append, link, unlink, assert } = operation;
  const { savepoint, rollbackTo, release } = operation;
  if (store != null) return { store: toStoreInput(store) };
  if (update != null) return { update: at(path, 'update', () => toUpdateInput(update)) };
  if (increment != null)
    return { increment: at(path, 'increment', () => toIncrementInput(increment)) };
  if (append != null) return { append: at(path, 'append', () => toAppendInput(append)) };
  if (operation.delete != null) {
    const target = operation.delete;
    return { delete: at(path, 'delete', () => toDeleteInput(target)) };
  }
  if (link != null) return { link: at(path, 'link', () => toLinkInput(link)) };
  if (unlink != null) return { unlink: at(path, 'unlink', () => toLinkInput(unlink)) };
  if (assert != null) {
    return {
      assert: at(path, 'assert', () => ({ by: toTarget(assert.by), version: assert.version })),
    };
  }
  if (savepoint != null) return { savepoint };
  if (rollbackTo != null) return { rollbackTo };
  if (release != null) return { release };
  throw new ValidationError([{ path, message: 'needs exactly one kind of operation' }]);
}

/** What is wrong with an id is told with the place of the operation. */
function at<T>(path: readonly string[], kind: string, translate: () => T): T {
  try {
    return translate();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const issues = error.issues.map((issue) => ({
      ...issue,
      path: [...path, kind, ...issue.path],
    }));
    throw new ValidationError(issues, { remedy: error.remedy });
  }
}

/** The engine says in `data.step` which operation failed; damage of the store is nobody's operation. */
function withOperation(error: unknown): unknown {
  if (!(error instanceof MemorySystemError)) return error;
  const { step } = error.data;
  if (typeof step !== 'number' || !OPERATION_FAULTS.has(error.code)) return error;
  return new TransactionAbortedError(error, step);
}

/** What an operation can be at fault for. */
const OPERATION_FAULTS: ReadonlySet<string> = new Set([
  'VALIDATION',
  'NOT_FOUND',
  'VERSION_CONFLICT',
]);
