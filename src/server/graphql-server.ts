import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { MemoryManager } from '../engine/index.ts';
import {
  type Credential,
  createRequestContext,
  type RequestContext,
} from '../resolvers/context.ts';
import type { RequestFigures } from '../resolvers/request-figures.ts';
import type { ClientSlots } from './client-slots.ts';
import type { MaskError } from './error-masking.ts';
import { createGraphiqlRenderer, GRAPHIQL_OPTIONS } from './graphiql.ts';
import type { Logger } from './logger.ts';
import { GRAPHQL_PATH } from './paths.ts';
import { useAcceptableType } from './plugins/use-acceptable-type.ts';
import { useBatchLimit } from './plugins/use-batch-limit.ts';
import { useCrossSiteProtection } from './plugins/use-cross-site-protection.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useIntrospectionSwitch } from './plugins/use-introspection-switch.ts';
import { useOperationNotes } from './plugins/use-operation-notes.ts';
import { useOperationSpans } from './plugins/use-operation-spans.ts';
import { useRequestFormat } from './plugins/use-request-format.ts';
import { useSharedEvents } from './plugins/use-shared-events.ts';
import { useSubscriptionCost } from './plugins/use-subscription-cost.ts';
import { useTransactions } from './plugins/use-transactions.ts';
import type { ServerConfig } from './server-config.ts';
import type { ServerContext } from './server-context.ts';
import type { Tracing } from './tracing/tracing.ts';
import { TRANSACTION_HEADER, transactionIdOf } from './transaction-id.ts';
import { createYogaLogger } from './yoga-logger.ts';

/**
 * Yoga answers any URL that ends with its health path; probes are answered in front of it, and a URL cannot hold a space.
 */
const NO_HEALTH_PATH = ' ';

export type GraphqlServer = YogaServerInstance<ServerContext, RequestContext>;

export interface GraphqlServerParts {
  readonly schema: GraphQLSchema;
  readonly config: ServerConfig;
  readonly manager: Pick<MemoryManager, 'namespace'>;
  readonly slots: ClientSlots;
  readonly requests: RequestFigures;
  readonly maskError: MaskError;
  readonly logger: Logger;
  /** null = nothing is traced. */
  readonly tracing: Tracing | null;
  /** Aborts when streams must end because the server stops. */
  readonly draining: AbortSignal;
}

/** GraphQL over HTTP, SSE included; the plugins stand in the order in which a request meets them. */
export function createGraphqlServer(parts: GraphqlServerParts): GraphqlServer {
  const { config, logger } = parts;
  return createYoga<ServerContext, RequestContext>({
    schema: parts.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    healthCheckEndpoint: NO_HEALTH_PATH,
    landingPage: false,
    cors: config.corsOrigins.length === 0 ? false : corsOptions(config.corsOrigins),
    graphiql: config.graphiql ? GRAPHIQL_OPTIONS : false,
    renderGraphiQL: createGraphiqlRenderer(),
    plugins: [
      useOperationNotes(),
      useCrossSiteProtection(config.corsOrigins),
      useRequestFormat(),
      useBatchLimit(config.limits.batch),
      useAcceptableType(),
      ...useDocumentLimits(config.limits),
      useIntrospectionSwitch(config.introspection),
      useSubscriptionCost(),
      useSharedEvents(),
      useTransactions(parts.maskError),
      // Last, so that the span also holds what the others do around the execution.
      ...(parts.tracing === null ? [] : [useOperationSpans(parts.tracing)]),
    ],
    batching: { limit: config.limits.batch },
    multipart: false,
    // The length is checked in front, see body-limit.ts.
    maxRequestBodySize: false,
    // Over WebSocket there is no request of its own, so only the operation itself can name a transaction.
    context: (server) =>
      createContext(
        parts,
        server,
        transactionIdOf(server.params.extensions, (server.request as Request | undefined)?.headers),
      ),
    maskedErrors: { maskError: parts.maskError },
    logging: createYogaLogger(logger),
  });
}

/** The implicit admin of a loopback server; other binds are refused at start. */
const LOOPBACK_ADMIN: Credential = { role: 'admin', namespace: 'default' };

function createContext(
  parts: GraphqlServerParts,
  { requestId, client, holdsStoredJson }: ServerContext,
  transactionId: string | null,
): RequestContext {
  return createRequestContext({
    memories: parts.manager.namespace(LOOPBACK_ADMIN.namespace),
    credential: LOOPBACK_ADMIN,
    transactionId,
    holdsStoredJson,
    requestId,
    signal: parts.draining,
    subscriptions: parts.slots.forClient(client),
    requests: parts.requests,
    limits: parts.config.limits,
  });
}

/** No credentials travel by cookie, so pages never need `credentials: include`. */
function corsOptions(origins: readonly string[]) {
  return {
    origin: [...origins],
    methods: ['GET', 'POST', 'OPTIONS'],
    allowedHeaders: [
      'content-type',
      'accept',
      'authorization',
      'x-request-id',
      'x-trinitas-csrf',
      TRANSACTION_HEADER,
    ],
    exposedHeaders: ['x-request-id'],
    credentials: false,
    maxAge: 600,
  };
}
