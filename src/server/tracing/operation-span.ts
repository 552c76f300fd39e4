import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { MemorySystemError, sharedNow } from '../../engine/index.ts';
import { rootOf } from '../error-masking.ts';

/** The span ends with the answer; that of a subscription when it has started. Documents and variables are never kept. */
export function traceOperation<T>(
  tracer: Tracer,
  kind: string,
  name: string | null,
  run: () => T,
): T {
  const attributes = {
    'graphql.operation.type': kind,
    ...(name === null ? {} : { 'graphql.operation.name': name }),
  };
  const span = tracer.startSpan(name === null ? kind : `${kind} ${name}`, {
    attributes,
    startTime: sharedNow(),
  });
  const running = context.with(trace.setSpan(context.active(), span), run);
  if (!(running instanceof Promise)) {
    endWith(span, running);
    return running;
  }
  running.then(
    (result: unknown) => endWith(span, result),
    () => fail(span, 'INTERNAL'),
  );
  return running;
}

function endWith(span: Span, result: unknown): void {
  const [error] = (result as ExecutionResult | undefined)?.errors ?? [];
  if (error === undefined) span.end(sharedNow());
  else fail(span, codeOf(error));
}

/** Errors are not masked yet when the span ends. */
function codeOf(error: GraphQLError): string {
  const root = rootOf(error);
  if (root instanceof MemorySystemError) return root.code;
  if (root instanceof GraphQLError) return String(root.extensions['code'] ?? 'GRAPHQL_ERROR');
  return 'INTERNAL';
}

function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(sharedNow());
}
