import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { VERSION } from '../../engine/index.ts';
import type { Logger } from '../logger.ts';
import type { TracingConfig } from '../server-config.ts';
import { EngineSpans } from './engine-spans.ts';
import { traceOperation } from './operation-span.ts';
import { traceRequest } from './request-span.ts';
import type { Tracing } from './tracing.ts';

/** A collector that takes longer is as good as down; a stopping server waits no longer for it. */
const EXPORT_TIMEOUT_MS = 3_000;

/**
 * Traces to a collector over OTLP/HTTP, in the background and in batches. OpenTelemetry keeps the current span per
 * process, so a process has one of these at a time.
 */
export function openTracing(config: TracingConfig, logger: Logger): Tracing {
  diag.setLogger(diagnosticsTo(logger), { logLevel: DiagLogLevel.WARN });
  const exporter = new OTLPTraceExporter({
    url: config.otlpUrl,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': config.serviceName,
      'service.version': VERSION,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const tracer = provider.getTracer('trinitas', VERSION);
  return {
    engine: new EngineSpans(tracer),
    request: (request, response, requestId, handle) =>
      traceRequest(tracer, request, response, requestId, handle),
    operation: (kind, name, run) => traceOperation(tracer, kind, name, run),
    close: async () => {
      await provider.shutdown().catch((error: unknown) => {
        logger.warn({ err: error }, 'tracing: the last spans were not sent');
      });
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

/** What OpenTelemetry has to complain of: usually that the collector is away. It goes on and drops spans. */
function diagnosticsTo(logger: Logger) {
  const warn = (message: string): void => logger.warn({ details: message }, 'tracing');
  const ignore = (): void => undefined;
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}
