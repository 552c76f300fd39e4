import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { sharedNow } from '../../engine/index.ts';
import { GRAPHQL_PATH } from '../paths.ts';

const FIRST_FAULT_STATUS = 500;

/** The span of an HTTP request continues the caller's trace when it sent a `traceparent` (W3C). */
export function traceRequest(
  tracer: Tracer,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  handle: () => void,
): void {
  const method = request.method ?? 'GET';
  const caller = propagation.extract(ROOT_CONTEXT, request.headers);
  const attributes = {
    'http.request.method': method,
    'url.path': GRAPHQL_PATH,
    'trinitas.request_id': requestId,
  };
  const span = tracer.startSpan(
    `${method} ${GRAPHQL_PATH}`,
    { kind: SpanKind.SERVER, attributes, startTime: sharedNow() },
    caller,
  );
  response.once('close', () => {
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= FIRST_FAULT_STATUS) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(sharedNow());
  });
  context.with(trace.setSpan(caller, span), handle);
}
