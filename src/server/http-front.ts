import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HealthState } from '../engine/index.ts';
import { acceptsBody } from './body-limit.ts';
import type { FastLane } from './fast-lane/fast-lane.ts';
import type { GraphqlServer } from './graphql-server.ts';
import type { Logger } from './logger.ts';
import { normalizeMediaType } from './media-type.ts';
import type { MetricsPage } from './metrics/metrics-page.ts';
import { OperationNotes } from './operation-notes.ts';
import { GRAPHQL_PATH, METRICS_PATH } from './paths.ts';
import { answerLive, answerReady, LIVE_PATH, READY_PATH } from './probes.ts';
import { refuse, refuseForNow } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import type { SameSite } from './same-site.ts';
import type { Tracing } from './tracing/tracing.ts';
import type { Turnstile } from './turnstile.ts';

export interface HttpFrontParts {
  readonly turnstile: Turnstile;
  readonly graphql: GraphqlServer;
  /** null = Yoga takes every request. */
  readonly fastLane: FastLane | null;
  readonly sameSite: SameSite;
  readonly bodyBytes: number;
  readonly storeState: () => HealthState;
  /** null = there is no /metrics. */
  readonly metrics: MetricsPage | null;
  readonly tracing: Tracing | null;
  readonly draining: AbortSignal;
  readonly logger: Logger;
}

/** The paths that the log names; any other may hold what a client should not have put there. */
const KNOWN_PATHS = new Set(['/', GRAPHQL_PATH, METRICS_PATH, LIVE_PATH, READY_PATH]);

/** What every request meets before GraphQL: identity, host, route, size. */
export function createHttpFront(parts: HttpFrontParts): RequestListener {
  return (request, response) => {
    const requestId = requestIdOf(request);
    setCommonHeaders(response, requestId, parts.draining.aborted);
    const notes = logWhenDone(parts.logger, request, response, requestId);
    if (!parts.sameSite.allowsHost(request.headers)) {
      refuse(response, 421, 'UNKNOWN_HOST', 'This server is not known by that host name.');
      return;
    }
    route(parts, request, response, requestId, notes);
  };
}

function route(
  parts: HttpFrontParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  notes: OperationNotes | null,
): void {
  switch (pathOf(request)) {
    case LIVE_PATH:
      answerLive(response);
      return;
    case READY_PATH:
      answerReady(response, parts.storeState(), parts.draining.aborted);
      return;
    case METRICS_PATH:
      if (parts.metrics === null) refuseUnknownPath(response);
      else parts.metrics(request, response);
      return;
    case '/':
      response.writeHead(302, { location: GRAPHQL_PATH }).end();
      return;
    case GRAPHQL_PATH:
    case `${GRAPHQL_PATH}/`: {
      if (!acceptsBody(request, response, parts.bodyBytes)) return;
      normalizeMediaType(request.headers);
      const client = request.socket.remoteAddress ?? '';
      const handle = (): void => {
        const server = { requestId, client, notes };
        if (parts.fastLane?.takes(request, response, server) === true) return;
        // Yoga answers its own failures; the promise is only kept for callers that await it.
        void parts.graphql(request, response, server);
      };
      parts.turnstile.enter(
        request,
        () => {
          if (parts.tracing === null) handle();
          else parts.tracing.request(request, response, requestId, handle);
        },
        (waitMs) => refuseForNow(response, waitMs),
      );
      return;
    }
    default:
      refuseUnknownPath(response);
  }
}

function refuseUnknownPath(response: ServerResponse): void {
  refuse(response, 404, 'NO_SUCH_PATH', `Nothing is here; the API is at ${GRAPHQL_PATH}.`);
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

/** Returns where the operations of the request are to be noted; null when the line will not be written. */
function logWhenDone(
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): OperationNotes | null {
  if (!logger.isLevelEnabled('debug')) return null;
  const notes = new OperationNotes();
  const start = performance.now();
  response.once('close', () => {
    const path = pathOf(request);
    logger.debug(
      {
        requestId,
        method: request.method,
        path: KNOWN_PATHS.has(path) ? path : 'other',
        status: response.statusCode,
        tookMs: Math.round(performance.now() - start),
        operations: notes.operations,
      },
      'request',
    );
  });
  return notes;
}
