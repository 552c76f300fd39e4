import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { GraphqlServer } from './graphql-server.ts';
import type { Logger } from './logger.ts';
import type { OpenConnections } from './open-connections.ts';
import type { WebsocketServer } from './websocket-server.ts';

export interface ShutDownParts {
  readonly http: Server;
  readonly connections: OpenConnections;
  readonly websockets: WebsocketServer;
  readonly graphql: GraphqlServer;
  /** Aborting it makes `/-/ready` say no, ends every stream with a complete frame and refuses new sockets. */
  readonly drain: AbortController;
  readonly graceMs: number;
  readonly logger: Logger;
}

/**
 * Stops in the order in which nothing is lost: say not ready, accept no more connections, end streams, close sockets,
 * let requests that run be answered, and only then cut. The engine is closed by whoever opened it, after this.
 */
export async function shutDown({
  http,
  connections,
  websockets,
  graphql,
  drain,
  graceMs,
  logger,
}: ShutDownParts): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  drain.abort();
  connections.closeIdle();
  const finished = Promise.all([closed, websockets.dispose()]);
  if (!(await within(finished, graceMs))) {
    logger.warn({ graceMs }, 'shutdown: requests did not end in time, their connections are cut');
    websockets.terminate();
    http.closeAllConnections();
    await finished;
  }
  await graphql.dispose();
}

/** Whether the promise settled in time; its rejection is passed on. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = wait(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
