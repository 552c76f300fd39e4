import type { IncomingMessage } from 'node:http';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import { makeServer, type OperationResult, type Server, type SubscribePayload } from 'graphql-ws';
import type { MaskError } from './error-masking.ts';
import type { GraphqlServer } from './graphql-server.ts';
import type { Logger } from './logger.ts';
import { OperationNotes } from './operation-notes.ts';
import { requestIdOf } from './request-id.ts';
import type { ServerContext } from './server-context.ts';
import { WebsocketNote } from './websocket-note.ts';

interface Execution {
  readonly execute: (args: ExecutionArgs) => unknown;
  readonly subscribe: (
    args: ExecutionArgs,
  ) => Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
}

export type WebsocketProtocol = Server<{ readonly request: IncomingMessage }>;

/** graphql-transport-ws on the engine of the HTTP endpoint, so that both have the same limits, context and masking. */
export function createWebsocketProtocol(
  graphql: GraphqlServer,
  maskError: MaskError,
  initTimeoutMs: number,
  logger: Logger,
): WebsocketProtocol {
  return makeServer({
    connectionInitWaitTimeout: initTimeoutMs,
    // The functions of the operation travel with it: they carry the plugins' hooks.
    execute: (args) => executionOf(args).execute(args) as OperationResult,
    subscribe: (args) => subscribeOrFail(args),
    onSubscribe: (context, _id, payload) =>
      prepare(graphql, maskError, logger, context.extra.request, payload),
    onNext: (_context, _id, _payload, _args, result) => publicResult(result),
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) => publicForm(maskError(error))),
  });
}

/**
 * Parses, validates and applies the limits by the same hooks as over HTTP. Whatever is wrong becomes an `error` frame of
 * this operation: an exception here would close the socket and with it every other subscription on it.
 */
async function prepare(
  graphql: GraphqlServer,
  maskError: MaskError,
  logger: Logger,
  request: IncomingMessage,
  payload: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const requestId = requestIdOf(request);
  const notes = logger.isLevelEnabled('debug') ? new OperationNotes() : null;
  const running = notes?.begin();
  const note = running && new WebsocketNote(running, requestId, logger);
  const refused = async (errors: readonly GraphQLError[]): Promise<readonly GraphQLError[]> => {
    await note?.ended({ errors });
    return errors;
  };
  try {
    const server: ServerContext = {
      requestId,
      client: request.socket.remoteAddress ?? '',
      notes,
      running,
    };
    const { schema, execute, subscribe, parse, validate, contextFactory } = graphql.getEnveloped({
      ...server,
      params: payload,
    });
    const document = parse(payload.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return await refused(errors);
    if (!getOperationAST(document, payload.operationName))
      return await refused([unknownOperation(payload.operationName)]);
    const execution: Execution =
      note === undefined
        ? { execute, subscribe }
        : {
            execute: (args) => note.ended(execute(args)),
            subscribe: (args) => note.ended(subscribe(args)),
          };
    return {
      schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue: await contextFactory(),
      rootValue: execution,
    };
  } catch (error) {
    return await refused([maskError(error)]);
  }
}

/**
 * A subscription that cannot start becomes a stream that throws, for which graphql-ws sends an `error` frame;
 * a rejection here would close the socket.
 */
async function subscribeOrFail(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult>> {
  try {
    const started = await executionOf(args).subscribe(args);
    return isAsyncIterable(started) ? started : failingStream(started.errors?.[0]);
  } catch (error) {
    return failingStream(error);
  }
}

function failingStream(error: unknown): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

function isAsyncIterable(value: object): value is AsyncIterable<ExecutionResult> {
  return Symbol.asyncIterator in value;
}

function executionOf(args: ExecutionArgs): Execution {
  return args.rootValue as Execution;
}

function unknownOperation(name: string | null | undefined): GraphQLError {
  return new GraphQLError(
    name
      ? `The document has no operation named "${name}".`
      : 'The document has several operations; say which by operationName.',
  );
}

/** graphql-ws's form of a result, whose members may be undefined. */
type Result = { readonly [K in keyof ExecutionResult]: ExecutionResult[K] | undefined };

function publicResult({ data, errors, extensions }: Result): FormattedExecutionResult {
  return {
    ...(errors === undefined ? {} : { errors: errors.map(publicForm) }),
    ...(data === undefined ? {} : { data }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

/** `http` and `unexpected` are notes between plugins; over HTTP Yoga removes them. */
function publicForm(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  if (extensions === undefined) return rest;
  const { http, unexpected, ...visible } = extensions;
  return Object.keys(visible).length === 0 ? rest : { ...rest, extensions: visible };
}
