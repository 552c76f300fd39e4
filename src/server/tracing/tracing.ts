import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EngineTracer } from '../../engine/index.ts';

/** Follows requests from the network to the database threads. Knows nothing of how spans are made or where they go. */
export interface Tracing {
  /** For the engine that answers the requests. */
  readonly engine: EngineTracer;
  /** Runs the handling of a request; what it starts belongs to the request, which ends with its response. */
  request(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    handle: () => void,
  ): void;
  /** Runs a GraphQL operation: `kind` is query, mutation or subscription, `name` null when it has none. */
  operation<T>(kind: string, name: string | null, run: () => T): T;
  /** Sends what is left, and forgets everything; never rejects. */
  close(): Promise<void>;
}
