import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { MemoryManager } from '../engine/index.ts';
import { buildSchema } from '../schema/index.ts';
import { assertBindAllowed } from './bind-address.ts';
import { ClientSlots } from './client-slots.ts';
import { createErrorMasking } from './error-masking.ts';
import { FastLane } from './fast-lane/fast-lane.ts';
import { createGraphqlServer } from './graphql-server.ts';
import { createHttpFront, pathOf } from './http-front.ts';
import { listen } from './listen.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetricsPage } from './metrics/metrics-page.ts';
import { trackConnections } from './open-connections.ts';
import { GRAPHQL_PATH } from './paths.ts';
import { SameSite } from './same-site.ts';
import type { ServerConfig } from './server-config.ts';
import { shutDown } from './shut-down.ts';
import type { Tracing } from './tracing/tracing.ts';
import { Turnstile } from './turnstile.ts';
import { createWebsocketProtocol } from './websocket-protocol.ts';
import { createWebsocketServer, type WebsocketServer } from './websocket-server.ts';

export interface RunningServer {
  /** Where GraphQL is served, over HTTP as over WebSocket (with `ws:`). */
  readonly url: string;
  /** Finishes what runs, ends streams cleanly and stops; the engine stays open. The second call waits for the first. */
  close(): Promise<void>;
}

/** What a server works with beside its configuration. */
export interface ServerCompanions {
  /** Closed by whoever opened it; absent = nothing is traced. */
  readonly tracing?: Tracing | null | undefined;
  /** False sends every request through Yoga, which gives the same answers more slowly; for tests and measurements. */
  readonly fastLane?: boolean | undefined;
  /** Of whoever has built it already; absent = built here. */
  readonly schema?: GraphQLSchema | undefined;
}

/** Errors: ValidationError when the configured address is not safe to bind, MemoryConnectionError when nothing can listen there. */
export async function startServer(
  config: ServerConfig,
  manager: Pick<MemoryManager, 'namespace'>,
  logger: Logger = createLogger(config.logLevel),
  { tracing = null, fastLane = true, schema = buildSchema() }: ServerCompanions = {},
): Promise<RunningServer> {
  assertBindAllowed(config.host);
  const drain = new AbortController();
  // Every open stream listens to it; their number is bounded per client.
  setMaxListeners(0, drain.signal);
  const maskError = createErrorMasking(logger);
  const slots = new ClientSlots(config.limits.subscriptionsPerClient);
  const turnstile = new Turnstile(config.limits.requestWaitMs);
  const sameSite = new SameSite(config.host, config.corsOrigins);
  const graphql = createGraphqlServer({
    schema,
    config,
    manager,
    slots,
    requests: turnstile,
    maskError,
    logger,
    tracing,
    draining: drain.signal,
  });
  const websockets = createWebsocketServer(
    createWebsocketProtocol(graphql, maskError, config.limits.wsInitTimeoutMs, logger),
    config.limits.bodyBytes,
    logger,
  );
  const http = createServer(
    createHttpFront({
      turnstile,
      graphql,
      fastLane: fastLane ? new FastLane(graphql, maskError, config.corsOrigins) : null,
      sameSite,
      bodyBytes: config.limits.bodyBytes,
      storeState: () => manager.namespace('default').health().state,
      metrics: config.metrics ? createMetricsPage(manager, turnstile, logger) : null,
      tracing,
      draining: drain.signal,
      logger,
    }),
  );
  http.on('connection', () => turnstile.connected());
  const connections = trackConnections(http);
  http.on('request', (_request, response) => {
    // A connection that becomes idle while the server stops would keep it open until its keep-alive ends.
    response.once('close', () => {
      if (drain.signal.aborted) setImmediate(connections.closeIdle);
    });
  });
  http.on('upgrade', (request, socket, head) =>
    upgrade(websockets, sameSite, drain.signal, request, socket, head),
  );
  await listen(http, config.host, config.port);

  let closing: Promise<void> | undefined;
  return {
    url: urlOf(config.host, (http.address() as AddressInfo).port),
    close: () => {
      closing ??= shutDown({
        http,
        connections,
        websockets,
        graphql,
        drain,
        graceMs: config.shutdownGraceMs,
        logger,
      });
      return closing;
    },
  };
}

/** Browsers apply neither CORS nor CSRF rules to WebSockets, so the origin is checked here. */
function upgrade(
  websockets: WebsocketServer,
  sameSite: SameSite,
  draining: AbortSignal,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const refusal = refusalOf(sameSite, draining, request);
  if (refusal === null) websockets.upgrade(request, socket, head);
  else socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function refusalOf(
  sameSite: SameSite,
  draining: AbortSignal,
  request: IncomingMessage,
): string | null {
  if (draining.aborted) return '503 Service Unavailable';
  if (pathOf(request) !== GRAPHQL_PATH) return '404 Not Found';
  if (!sameSite.allowsHost(request.headers)) return '421 Misdirected Request';
  if (!sameSite.allowsOrigin(request.headers)) return '403 Forbidden';
  return null;
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${GRAPHQL_PATH}`;
}
