import { encodeChangeCursor } from './change-cursor.ts';
import type { EngineParts, Scope } from './engine-parts.ts';
import { MemorySystemError, TransactionStateError } from './errors.ts';
import { describe, readInteger, readText } from './field-rules.ts';
import { requestHash } from './idempotency.ts';
import { IssueCollector } from './issue-collector.ts';
import { Memory } from './memory.ts';
import type {
  CommittedTransaction,
  OpenTransaction,
  TransactionResult,
} from './open-transaction.ts';
import { OperationCache } from './operation-cache.ts';
import { type CachedAnswer, ReadCache } from './read-cache.ts';
import type { Transaction } from './transaction/transaction.ts';
import { TransactionBackend } from './transaction/transaction-backend.ts';
import type { CommitResult, Idempotency } from './transaction/transaction-manager.ts';
import {
  ISOLATION_LEVELS,
  type RunOptions,
  type TransactionOptions,
} from './transaction/transaction-types.ts';
import { readCommitMode } from './write-unit.ts';

/** A transaction keeps WAL and memory in use: v4's five minutes are the longest. */
const MAX_TIMEOUT_MS = 300_000;
const MAX_RETRIES = 100;

export async function beginTransaction(
  scope: Scope,
  options?: TransactionOptions,
): Promise<OpenTransaction> {
  refuseNesting(scope);
  const checked = readOptions(scope, options);
  return open(scope, await scope.engine.transactions.begin(scope.namespace, checked));
}

export function findTransaction(scope: Scope, id: string): OpenTransaction {
  return open(scope, scope.engine.transactions.find(scope.namespace, id));
}

export async function runTransaction<T>(
  scope: Scope,
  body: (transaction: OpenTransaction) => Promise<T>,
  options?: RunOptions,
): Promise<TransactionResult<T>> {
  refuseNesting(scope);
  const checked = readOptions(scope, options);
  const { value, commit, retries } = await scope.engine.transactions.run(
    scope.namespace,
    checked,
    async (transaction) => {
      try {
        return await body(open(scope, transaction));
      } catch (error) {
        throw error instanceof MemorySystemError ? error : new BodyFailure(error);
      }
    },
    readIdempotency(checked),
  );
  return { ...committed(scope, commit), value, retries };
}

/** What the caller's own function threw; it comes back to the caller as it was, not dressed as one of our errors. */
export class BodyFailure extends MemorySystemError {
  constructor(cause: unknown) {
    super('the body of the transaction failed', { cause });
  }
}

function refuseNesting({ engine }: Scope): void {
  if (!engine.insideTransaction) return;
  throw new TransactionStateError('a transaction cannot be begun inside of another one', {
    remedy: 'Set a savepoint for a part that may fail on its own.',
  });
}

function open(scope: Scope, transaction: Transaction): OpenTransaction {
  const { transactions } = scope.engine;
  return {
    id: transaction.id,
    memories: scope.enter(inside(scope.engine, transaction)),
    info: () => transaction.info(),
    savepoint: async (name) => transaction.savepoint(readSavepoint(name)),
    rollbackTo: async (name) => transaction.rollbackTo(readSavepoint(name)),
    release: async (name) => transaction.release(readSavepoint(name)),
    commit: async () => committed(scope, await transactions.commit(transaction)),
    rollback: () => transactions.rollback(transaction),
  };
}

/** The engine as the transaction sees it: its backend, and no cache, which would show what was committed elsewhere. */
function inside(engine: EngineParts, transaction: Transaction): EngineParts {
  const cache = new OperationCache<CachedAnswer>({ maxSize: 0, ttlMs: 1, now: () => 0 });
  return {
    ...engine,
    backend: new TransactionBackend(engine.backend, transaction, engine.options.operationTimeoutMs),
    reads: new ReadCache(cache),
    insideTransaction: true,
  };
}

function committed(
  { engine }: Scope,
  { info, outcomes, replayed, pending }: CommitResult,
): CommittedTransaction {
  const seq = outcomes.reduce((newest, outcome) => Math.max(newest, outcome.seq), 0);
  const { epoch } = engine.backend.info;
  return {
    info,
    cursor: seq === 0 ? null : encodeChangeCursor({ epoch, seq }),
    memories: outcomes.map(({ record }) => (record === null ? null : new Memory(record))),
    replayed,
    pending,
  };
}

function readOptions<T extends RunOptions>({ engine }: Scope, options: T | undefined): RunOptions {
  const issues = new IssueCollector();
  const { isolation, timeoutMs, idleTimeoutMs, maxRetries, idempotencyKey } = options ?? {};
  const { requestHash: hash } = options ?? {};
  if (isolation !== undefined && !ISOLATION_LEVELS.includes(isolation)) {
    issues.add(
      ['isolation'],
      `must be one of ${ISOLATION_LEVELS.join(', ')}, not ${describe(isolation)}`,
    );
  }
  const longest = Math.min(MAX_TIMEOUT_MS, engine.options.operationTimeoutMs);
  const checked: RunOptions = {
    isolation,
    timeoutMs:
      timeoutMs === undefined ? longest : readInteger(issues, timeoutMs, ['timeoutMs'], 1, longest),
    idleTimeoutMs:
      idleTimeoutMs === undefined
        ? undefined
        : readInteger(issues, idleTimeoutMs, ['idleTimeoutMs'], 1, longest),
    maxRetries:
      maxRetries === undefined
        ? undefined
        : readInteger(issues, maxRetries, ['maxRetries'], 0, MAX_RETRIES),
    idempotencyKey:
      idempotencyKey === undefined
        ? undefined
        : readText(issues, idempotencyKey, ['idempotencyKey'], 'idempotencyKey'),
    requestHash: hash,
    commitMode: readCommitMode(issues, options?.commitMode),
  };
  issues.throwIfAny();
  return checked;
}

/**
 * What a function will write cannot be known before it runs, so the key alone identifies the request; `transact`, whose
 * operations are data, hashes them.
 */
function readIdempotency({
  idempotencyKey,
  requestHash: hash,
}: RunOptions): Idempotency | undefined {
  if (idempotencyKey === undefined) return undefined;
  return { key: idempotencyKey, requestHash: hash ?? requestHash('transaction', {}) };
}

function readSavepoint(name: string): string {
  const issues = new IssueCollector();
  const checked = readText(issues, name, ['name'], 'savepoint');
  issues.throwIfAny();
  return checked;
}
