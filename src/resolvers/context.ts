import type { MemoryOperations } from '../engine/index.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { SubscriptionSlots } from './subscription-slots.ts';

/** Who asks. Until credentials exist there is one: the implicit admin of a server that only listens on loopback. */
export interface Credential {
  readonly role: 'admin';
  /** The tenant; always from the credential, never from an argument. */
  readonly namespace: string;
}

/** Everything a resolver may touch: made anew for each operation, also for each one of a batch. */
export interface RequestContext {
  /** The operations of the engine, already bound to the credential's namespace. */
  readonly memories: MemoryOperations;
  readonly loaders: Loaders;
  readonly credential: Credential;
  /** Also in the `x-request-id` header and in the log. */
  readonly requestId: string;
  /** Aborts when the client is gone or the server drains; streams end cleanly on it. */
  readonly signal: AbortSignal;
  readonly subscriptions: SubscriptionSlots;
  readonly limits: OperationLimits;
}

/** Bounds that depend on variables, so they are checked per operation and not per document. */
export interface OperationLimits {
  /** Points; see the cost of a field in its schema definition. */
  readonly cost: number;
}

export type RequestContextInput = Omit<RequestContext, 'loaders'>;

export function createRequestContext(input: RequestContextInput): RequestContext {
  return { ...input, loaders: createLoaders(input.memories) };
}
