import {
  type CommitMode,
  type CommittedTransaction,
  type IsolationLevel,
  type OpenTransaction,
  type TransactionInfo,
  TransactionStateError,
  type TransactionStatistics,
  ValidationError,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';
import { writing } from './writing.ts';

/** 48 of the 256 random bits: enough to tell transactions apart, too few to use one. */
const NAME_LENGTH = 8;

/** What the network is told of a transaction. */
export interface ShownTransaction extends Omit<TransactionInfo, 'id'> {
  /** A secret that opens the transaction, so only the answer to its begin tells it. */
  readonly id: string | null;
  readonly name: string;
}

export function showTransaction({ id, ...info }: TransactionInfo): ShownTransaction {
  return { ...info, id: null, name: transactionName(id) };
}

export function transactionName(id: string): string {
  return id.slice(0, NAME_LENGTH);
}

export interface BeginTransactionInput {
  readonly isolation: IsolationLevel;
  readonly timeoutMs?: number | null | undefined;
  readonly idleTimeoutMs?: number | null | undefined;
  readonly commitMode?: CommitMode | null | undefined;
}

export interface TransactionPayload {
  readonly transaction: ShownTransaction;
}

export async function beginTransaction(
  input: BeginTransactionInput,
  context: RequestContext,
): Promise<TransactionPayload> {
  const { transactionTimeoutMs, transactionIdleTimeoutMs } = context.limits;
  const { id, info } = await context.memories.beginTransaction({
    isolation: input.isolation,
    timeoutMs: input.timeoutMs ?? transactionTimeoutMs,
    idleTimeoutMs: input.idleTimeoutMs ?? transactionIdleTimeoutMs,
    commitMode: input.commitMode ?? undefined,
  });
  return { transaction: { ...showTransaction(info()), id } };
}

export interface TransactionInput {
  /** Absent: the one that the operation runs in. */
  readonly id?: string | null | undefined;
}

export interface CommitPayload extends TransactionPayload, Omit<CommittedTransaction, 'info'> {}

export function commitTransaction(
  input: TransactionInput,
  context: RequestContext,
): Promise<CommitPayload> {
  return writing(context, async () => {
    const open = openedByClient(input, context);
    const { info, ...committed } = await (context.transaction?.commit() ?? open.commit());
    return { ...committed, transaction: showTransaction(info) };
  });
}

export function rollbackTransaction(
  input: TransactionInput & { readonly toSavepoint?: string | null | undefined },
  context: RequestContext,
): Promise<TransactionPayload> {
  return writing(context, async () => {
    if (input.toSavepoint == null) {
      const info = await openedByClient(input, context).rollback();
      return { transaction: showTransaction(info) };
    }
    const open = transactionOf(input, context);
    await open.rollbackTo(input.toSavepoint);
    return { transaction: showTransaction(open.info()) };
  });
}

interface SavepointInput extends TransactionInput {
  readonly name: string;
}

export async function setSavepoint(
  input: SavepointInput,
  context: RequestContext,
): Promise<TransactionPayload> {
  const open = transactionOf(input, context);
  await open.savepoint(input.name);
  return { transaction: showTransaction(open.info()) };
}

export async function releaseSavepoint(
  input: SavepointInput,
  context: RequestContext,
): Promise<TransactionPayload> {
  const open = transactionOf(input, context);
  await open.release(input.name);
  return { transaction: showTransaction(open.info()) };
}

export async function assertVersion(
  { by, version }: { readonly by: MemoryBy; readonly version: number },
  context: RequestContext,
): Promise<{ readonly version: number }> {
  await context.memories.assertVersion({ by: toTarget(by), version });
  return { version };
}

/** Null when no open transaction of the namespace has this id. */
export function getTransaction(id: string, context: RequestContext): ShownTransaction | null {
  try {
    return showTransaction(context.memories.findTransaction(id).info());
  } catch (error) {
    if (error instanceof TransactionStateError) return null;
    throw error;
  }
}

export function listTransactions(context: RequestContext): readonly ShownTransaction[] {
  return context.memories.transactions().map(showTransaction);
}

export function getTransactionStatistics(context: RequestContext): TransactionStatistics {
  return context.memories.transactionStatistics();
}

/** The one by id, or the one the operation runs in; two different ones are a mistake. */
function transactionOf({ id }: TransactionInput, context: RequestContext): OpenTransaction {
  const current = context.transaction?.open;
  if (id == null) {
    if (current !== undefined) return current;
    throw new ValidationError([
      { path: ['id'], message: 'is needed, since the operation runs in no transaction' },
    ]);
  }
  if (current === undefined) return context.memories.findTransaction(id);
  if (current.id === id) return current;
  throw new ValidationError([
    { path: ['id'], message: 'names another transaction than the one the operation runs in' },
  ]);
}

/** One that a field may end. */
function openedByClient(input: TransactionInput, context: RequestContext): OpenTransaction {
  if (context.transaction?.endedBy !== 'document') return transactionOf(input, context);
  throw new TransactionStateError('the transaction of a document ends with its last field', {
    remedy: 'Leave the field out, or roll back to a savepoint.',
  });
}
