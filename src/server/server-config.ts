/** How the server listens and what it refuses; validated and frozen by `config.ts`. */
export interface ServerConfig {
  /** Address to bind; anything but loopback needs configured credentials. */
  readonly host: string;
  /** 0 lets the system choose (tests). */
  readonly port: number;
  /** Origins allowed to read answers in a browser, written exactly (`https://app.example`); empty = none. */
  readonly corsOrigins: readonly string[];
  /** Serve the GraphiQL page at /graphql. */
  readonly graphiql: boolean;
  /** Answer `__schema` and `__type`. */
  readonly introspection: boolean;
  readonly limits: ServerLimits;
  /** Milliseconds a shutdown waits for running requests before it cuts their connections. */
  readonly shutdownGraceMs: number;
  /** pino level: trace, debug, info, warn, error, fatal or silent. */
  readonly logLevel: string;
  /** Serve Prometheus metrics at /metrics. */
  readonly metrics: boolean;
  /** Where traces go; null = nothing is traced and no tracing code is loaded. */
  readonly tracing: TracingConfig | null;
}

/** How requests are traced. */
export interface TracingConfig {
  /** An OTLP/HTTP collector's address for traces, path included; without credentials. */
  readonly otlpUrl: string;
  /** `service.name` of every span. */
  readonly serviceName: string;
  /** Share of the traces that begin here and are kept, 0..1; a caller's `traceparent` decides for its own. */
  readonly sampleRatio: number;
}

/** Bounds per request, document and client; each is refused with its own code. */
export interface ServerLimits {
  /** Bytes of one request body. */
  readonly bodyBytes: number;
  /** Levels of selection sets in one operation. */
  readonly depth: number;
  /** Points of one operation: one per field, multiplied by page sizes. */
  readonly cost: number;
  /** Aliases in one document. */
  readonly aliases: number;
  /** Directives in one document. */
  readonly directives: number;
  /** Lexical tokens of one document. */
  readonly tokens: number;
  /** Operations in one batched HTTP request. */
  readonly batch: number;
  /** Subscriptions one client (address) may hold open at a time. */
  readonly subscriptionsPerClient: number;
  /** Milliseconds a request over HTTP may be expected to wait until it begins. */
  readonly requestWaitMs: number;
  /** Milliseconds a WebSocket client has to send `connection_init`. */
  readonly wsInitTimeoutMs: number;
  /** Milliseconds a transaction may take when it names no timeout. */
  readonly transactionTimeoutMs: number;
  /** Milliseconds between two operations of an interactive transaction that names no idle timeout. */
  readonly transactionIdleTimeoutMs: number;
}
