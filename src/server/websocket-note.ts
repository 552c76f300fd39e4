import type { ExecutionResult } from 'graphql';
import type { Logger } from './logger.ts';
import type { RunningOperation } from './operation-notes.ts';
import { GRAPHQL_PATH } from './paths.ts';

type Result = Pick<ExecutionResult, 'errors'> | AsyncIterable<unknown>;

/** The log line of one operation over WebSocket, where an operation is the request. */
export class WebsocketNote {
  readonly running: RunningOperation;
  readonly #requestId: string;
  readonly #logger: Logger;

  constructor(running: RunningOperation, requestId: string, logger: Logger) {
    this.running = running;
    this.#requestId = requestId;
    this.#logger = logger;
  }

  /** Writes the line when the operation has its result, and passes it on. */
  async ended<T extends Result>(result: T | Promise<T>): Promise<T> {
    const settled = await result;
    this.running.ended(settled);
    this.#logger.debug(
      {
        requestId: this.#requestId,
        method: 'WEBSOCKET',
        path: GRAPHQL_PATH,
        operations: [this.running.note],
      },
      'request',
    );
    return settled;
  }
}
