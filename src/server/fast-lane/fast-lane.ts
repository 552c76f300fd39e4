import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type ExecutionResult, getOperationAST } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import type { MaskError } from '../error-masking.ts';
import type { GraphqlServer } from '../graphql-server.ts';
import { GRAPHQL_PATH } from '../paths.ts';
import type { ServerContext } from '../server-context.ts';
import { acceptedType } from './accepted-type.ts';
import { readBody } from './read-body.ts';
import { type OperationParams, readParams } from './read-params.ts';
import { writeAnswer } from './write-json.ts';

/**
 * The way of nearly all requests: one operation by POST as JSON. It runs through the same hooks (limits, caches,
 * transactions, masking, notes, spans) as Yoga's way, by the same envelope, but without building a Request and a Response
 * around it. Whatever is not exactly that (GET, batches, forms, subscriptions, CORS, malformed bodies, unusual headers) is
 * left to Yoga, and an answer with errors is written by Yoga's own code.
 */
export class FastLane {
  readonly #graphql: GraphqlServer;
  readonly #maskError: MaskError;
  readonly #hasCors: boolean;

  constructor(graphql: GraphqlServer, maskError: MaskError, corsOrigins: readonly string[]) {
    this.#graphql = graphql;
    this.#maskError = maskError;
    this.#hasCors = corsOrigins.length > 0;
  }

  /** Whether it takes the request; if not, nothing of it was read. */
  takes(request: IncomingMessage, response: ServerResponse, server: ServerContext): boolean {
    const { headers } = request;
    const type = acceptedType(headers.accept);
    const contentType = headers['content-type'];
    if (
      type === undefined ||
      request.method !== 'POST' ||
      request.url !== GRAPHQL_PATH ||
      (contentType !== 'application/json' && contentType !== 'application/json; charset=utf-8') ||
      headers['content-encoding'] !== undefined ||
      (this.#hasCors && headers.origin !== undefined)
    )
      return false;
    void this.#answer(request, response, server, type);
    return true;
  }

  /** Never rejects: whatever happens becomes an answer. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    server: ServerContext,
    type: string,
  ): Promise<void> {
    const body = await readBody(request);
    if (body === null) return;
    const params = readParams(body);
    const result = params === null ? null : await this.#run(request, server, params);
    if (result === null) this.#leaveToYoga(request, response, server, body);
    else await this.#write(response, result, type);
  }

  /** null for a subscription, of which nothing has run. */
  async #run(
    request: IncomingMessage,
    server: ServerContext,
    params: OperationParams,
  ): Promise<ExecutionResult | null> {
    server.running = server.notes?.begin();
    const result = await this.#execute(request, server, params).catch(
      (error: unknown): ExecutionResult => ({ errors: [this.#maskError(error)] }),
    );
    if (result !== null) server.running?.ended(result);
    return result;
  }

  async #execute(
    request: IncomingMessage,
    server: ServerContext,
    params: OperationParams,
  ): Promise<ExecutionResult | null> {
    const context = { ...server, params, holdsStoredJson: true, request: standIn(request) };
    const { schema, parse, validate, contextFactory, execute } =
      this.#graphql.getEnveloped(context);
    const document = parse(params.query);
    if (getOperationAST(document, params.operationName)?.operation === 'subscription') return null;
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return (await execute({
      schema,
      document,
      contextValue: await contextFactory(),
      variableValues: params.variables,
      operationName: params.operationName,
    })) as ExecutionResult;
  }

  async #write(response: ServerResponse, result: ExecutionResult, type: string): Promise<void> {
    if (result.errors === undefined && result.extensions?.['http'] === undefined) {
      send(response, 200, { 'content-type': `${type}; charset=utf-8` }, writeAnswer(result));
      return;
    }
    const answer = processRegularResult(result, this.#graphql.fetchAPI, type);
    send(response, answer.status, Object.fromEntries(answer.headers), await answer.text());
  }

  /** The body was read already, so Yoga gets it from here. */
  #leaveToYoga(
    request: IncomingMessage & { body?: Readable },
    response: ServerResponse,
    server: ServerContext,
    body: Buffer,
  ): void {
    request.body = Readable.from([body]);
    void this.#graphql(request, response, server);
  }
}

/** What the hooks ask of a request. */
function standIn({ headers }: IncomingMessage) {
  return {
    method: 'POST',
    headers: {
      get: (name: string): string | null => {
        const value = headers[name];
        return (Array.isArray(value) ? value.join(', ') : value) ?? null;
      },
    },
  };
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
