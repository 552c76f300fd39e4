import { z } from 'zod';
import { isLoopback } from '../server/bind-address.ts';
import type { ServerConfig, TracingConfig } from '../server/server-config.ts';

/** An origin exactly as browsers send it: scheme, host and port, without a path. */
const origin = z
  .string()
  .refine(isOrigin, 'must be an origin such as "https://app.example" (no path, no trailing slash)');

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Bounds that hold unless configured; each refuses what no honest client of this API sends. */
const limitsSchema = z
  .strictObject({
    /** Bytes of one request body: one memory of 1 MiB written with JSON escapes. */
    body_bytes: z.int().min(1_024).max(268_435_456).default(2_097_152),
    /** Levels of selection sets; the introspection query of GraphiQL needs 14. */
    depth: z.int().min(1).max(100).default(16),
    /** Points of one operation: a full page of 100 memories with all their fields costs under 5,000. */
    cost: z.int().min(1).max(10_000_000).default(20_000),
    /** Aliases; a bulk of 100 aliased mutations must pass. */
    aliases: z.int().min(0).max(10_000).default(120),
    directives: z.int().min(0).max(10_000).default(50),
    /** Lexical tokens; the introspection query has about 600. */
    tokens: z.int().min(1).max(1_000_000).default(10_000),
    /** Operations in one batched request. */
    batch: z.int().min(1).max(1_000).default(10),
    /** Open subscriptions of one client address. */
    subscriptions_per_client: z.int().min(1).max(100_000).default(100),
    /** Seconds a request over HTTP may be expected to wait; one that would wait longer is refused with 503 before it is read. */
    request_wait: z.number().positive().max(300).default(0.5),
    /** Seconds a WebSocket client may take to send `connection_init`. */
    ws_init_timeout: z.number().positive().max(300).default(10),
    /** Seconds a transaction over the network may take when it names no timeout; never beyond memory.transaction_timeout. */
    transaction_timeout: z.number().positive().max(300).default(60),
    /** Seconds between two operations of an interactive transaction that names no idle timeout. */
    transaction_idle_timeout: z.number().positive().max(300).default(10),
  })
  .prefault({});

const tracingSchema = z
  .strictObject({
    /** Address of an OTLP/HTTP collector, as `http://127.0.0.1:4318/v1/traces`; absent = no traces. */
    otlp_url: z
      .url({ protocol: /^https?$/ })
      .refine(
        hasNoCredentials,
        'must not hold a user name or password; give a header in OTEL_EXPORTER_OTLP_HEADERS instead',
      )
      .optional(),
    service_name: z.string().min(1).max(255).default('trinitas'),
    /** Share of the traces that begin here and are kept. */
    sample_ratio: z.number().min(0).max(1).default(1),
  })
  .prefault({});

/** Text that is no URL is told by the other rule. */
function hasNoCredentials(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed === null || (parsed.username === '' && parsed.password === '');
}

/** The `server` section of a configuration file; durations in seconds. */
export const serverConfigSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    /** 0 lets the system choose. */
    port: z.int().min(0).max(65_535).default(4000),
    /** Origins whose pages may read answers. */
    cors: z.array(origin).default([]),
    graphiql: z.boolean().default(true),
    introspection: z.boolean().default(true),
    limits: limitsSchema,
    /** Seconds a shutdown waits for running requests. */
    shutdown_grace: z.number().min(0).max(600).default(10),
    log_level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info'),
    /** Prometheus metrics at /metrics; absent = while the server listens on loopback. */
    metrics: z.boolean().optional(),
    tracing: tracingSchema,
  })
  .prefault({});

/** Seconds become milliseconds and snake_case becomes camelCase. `longest`: seconds of the longest transaction. */
export function toServerConfig(
  server: z.output<typeof serverConfigSchema>,
  longest: number,
): ServerConfig {
  const { limits } = server;
  return {
    host: server.host,
    port: server.port,
    corsOrigins: server.cors,
    graphiql: server.graphiql,
    introspection: server.introspection,
    limits: {
      bodyBytes: limits.body_bytes,
      depth: limits.depth,
      cost: limits.cost,
      aliases: limits.aliases,
      directives: limits.directives,
      tokens: limits.tokens,
      batch: limits.batch,
      subscriptionsPerClient: limits.subscriptions_per_client,
      requestWaitMs: limits.request_wait * 1000,
      wsInitTimeoutMs: limits.ws_init_timeout * 1000,
      transactionTimeoutMs: milliseconds(Math.min(limits.transaction_timeout, longest)),
      transactionIdleTimeoutMs: milliseconds(Math.min(limits.transaction_idle_timeout, longest)),
    },
    shutdownGraceMs: server.shutdown_grace * 1000,
    logLevel: server.log_level,
    metrics: server.metrics ?? isLoopback(server.host),
    tracing: toTracingConfig(server.tracing),
  };
}

function toTracingConfig(tracing: z.output<typeof tracingSchema>): TracingConfig | null {
  if (tracing.otlp_url === undefined) return null;
  return {
    otlpUrl: tracing.otlp_url,
    serviceName: tracing.service_name,
    sampleRatio: tracing.sample_ratio,
  };
}

/** Whole and at least 1, as the engine wants timeouts of transactions. */
function milliseconds(seconds: number): number {
  return Math.max(1, Math.floor(seconds * 1000));
}
