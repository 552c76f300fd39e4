import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HealthState } from '../engine/index.ts';
import { acceptsBody } from './body-limit.ts';
import { GRAPHQL_PATH, type GraphqlServer } from './graphql-server.ts';
import type { Logger } from './logger.ts';
import { answerLive, answerReady, LIVE_PATH, READY_PATH } from './probes.ts';
import { refuse } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import type { SameSite } from './same-site.ts';

export interface HttpFrontParts {
  readonly graphql: GraphqlServer;
  readonly sameSite: SameSite;
  readonly bodyBytes: number;
  readonly storeState: () => HealthState;
  readonly draining: AbortSignal;
  readonly logger: Logger;
}

/** What every request meets before GraphQL: identity, host, route, size. */
export function createHttpFront(parts: HttpFrontParts): RequestListener {
  return (request, response) => {
    const requestId = requestIdOf(request);
    setCommonHeaders(response, requestId, parts.draining.aborted);
    logWhenDone(parts.logger, request, response, requestId);
    if (!parts.sameSite.allowsHost(request.headers)) {
      refuse(response, 421, 'UNKNOWN_HOST', 'This server is not known by that host name.');
      return;
    }
    route(parts, request, response, requestId);
  };
}

function route(
  parts: HttpFrontParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): void {
  switch (pathOf(request)) {
    case LIVE_PATH:
      answerLive(response);
      return;
    case READY_PATH:
      answerReady(response, parts.storeState(), parts.draining.aborted);
      return;
    case '/':
      response.writeHead(302, { location: GRAPHQL_PATH }).end();
      return;
    case GRAPHQL_PATH:
    case `${GRAPHQL_PATH}/`:
      if (!acceptsBody(request, response, parts.bodyBytes)) return;
      // Yoga answers its own failures; the promise is only kept for callers that await it.
      void parts.graphql(request, response, {
        requestId,
        client: request.socket.remoteAddress ?? '',
      });
      return;
    default:
      refuse(response, 404, 'NO_SUCH_PATH', `Nothing is here; the API is at ${GRAPHQL_PATH}.`);
  }
}

/** Exact path without the query, so that no probe answers for a URL that merely ends like it. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function setCommonHeaders(response: ServerResponse, requestId: string, draining: boolean): void {
  response.setHeader('x-request-id', requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  // GraphiQL runs whatever is in its URL once clicked, so no page may frame it.
  response.setHeader('content-security-policy', "frame-ancestors 'none'");
  if (draining) response.setHeader('connection', 'close');
}

function logWhenDone(
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): void {
  if (!logger.isLevelEnabled('debug')) return;
  const start = performance.now();
  response.once('close', () => {
    const tookMs = Math.round(performance.now() - start);
    logger.debug(
      {
        requestId,
        method: request.method,
        path: pathOf(request),
        status: response.statusCode,
        tookMs,
      },
      'request',
    );
  });
}
