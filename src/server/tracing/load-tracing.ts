import type { Logger } from '../logger.ts';
import type { TracingConfig } from '../server-config.ts';
import type { Tracing } from './tracing.ts';

/** The libraries of tracing are only loaded when an exporter is configured. */
export async function loadTracing(
  config: TracingConfig | null,
  logger: Logger,
): Promise<Tracing | null> {
  if (config === null) return null;
  const { openTracing } = await import('./open-tracing.ts');
  return openTracing(config, logger);
}
