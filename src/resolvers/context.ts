import type { MemoryOperations } from '../engine/index.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { RequestFigures } from './request-figures.ts';
import type { SubscriptionSlots } from './subscription-slots.ts';
import type { TransactionScope } from './transaction-scope.ts';

/** Who asks. Until credentials exist there is one: the implicit admin of a server that only listens on loopback. */
export interface Credential {
  readonly role: 'admin';
  /** The tenant; always from the credential, never from an argument. */
  readonly namespace: string;
}

/** Everything a resolver may touch: made anew for each operation, also for each one of a batch. */
export interface RequestContext {
  /** The operations of the engine, already bound to the credential's namespace and to `transaction`. */
  readonly memories: MemoryOperations;
  readonly loaders: Loaders;
  /** Whether the answer may hold StoredJson: only where it is written as text at once. */
  readonly holdsStoredJson: boolean;
  /** What the operation runs in; null = each field of a mutation is a transaction of its own. */
  readonly transaction: TransactionScope | null;
  /** The open transaction the client wants the operation to run in, as it was sent; null = none. */
  readonly transactionId: string | null;
  readonly credential: Credential;
  /** Also in the `x-request-id` header and in the log. */
  readonly requestId: string;
  /** Aborts when the client is gone or the server drains; streams end cleanly on it. */
  readonly signal: AbortSignal;
  readonly subscriptions: SubscriptionSlots;
  /** Of the whole server. */
  readonly requests: RequestFigures;
  readonly limits: OperationLimits;
}

/** Bounds that depend on variables, so they are checked per operation and not per document. */
export interface OperationLimits {
  /** Points; see the cost of a field in its schema definition. */
  readonly cost: number;
  /** Milliseconds a transaction may take unless it asks for more or less. */
  readonly transactionTimeoutMs: number;
  /** Milliseconds between two operations of an interactive transaction unless it asks for more or less. */
  readonly transactionIdleTimeoutMs: number;
}

export type RequestContextInput = Omit<
  RequestContext,
  'loaders' | 'transaction' | 'holdsStoredJson'
> & {
  readonly holdsStoredJson?: boolean | undefined;
};

export function createRequestContext(input: RequestContextInput): RequestContext {
  return {
    ...input,
    holdsStoredJson: input.holdsStoredJson ?? false,
    transaction: null,
    loaders: createLoaders(input.memories),
  };
}

/** The same request inside a transaction: every read and write of it goes through the transaction. */
export function enterTransaction(
  context: RequestContext,
  transaction: TransactionScope,
): RequestContext {
  const loaders = createLoaders({
    getMany: (targets) => transaction.loadsFrom.getMany(targets),
    personas: (names) => transaction.loadsFrom.personas(names),
    embeddingStates: (ids) => transaction.loadsFrom.embeddingStates(ids),
  });
  return { ...context, transaction, memories: transaction.open.memories, loaders };
}
