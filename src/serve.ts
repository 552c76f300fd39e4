import type { Config } from './config.ts';
import { MemoryManagerFactory } from './engine/index.ts';
import { buildSchema } from './schema/index.ts';
import { assertBindAllowed } from './server/bind-address.ts';
import { logHealthChanges } from './server/log-health-changes.ts';
import { createLogger, type Logger } from './server/logger.ts';
import { startServer } from './server/start-server.ts';
import { loadTracing } from './server/tracing/load-tracing.ts';
import type { Tracing } from './server/tracing/tracing.ts';

/**
 * Opens the store, serves it, and closes both in reverse order on SIGTERM or SIGINT; resolves when all is closed.
 * Throws ValidationError for an address that is not safe to bind, before the store is touched.
 */
export async function serve(config: Config): Promise<void> {
  assertBindAllowed(config.server.host);
  const logger = createLogger(config.server.logLevel);
  const tracing = await loadTracing(config.server.tracing, logger);
  try {
    await serveTraced(config, logger, tracing);
  } finally {
    await tracing?.close();
  }
  logger.info('stopped');
}

async function serveTraced(config: Config, logger: Logger, tracing: Tracing | null): Promise<void> {
  const opening = MemoryManagerFactory.getManager(
    {
      memory: config.memory,
      history: config.history,
      backup: config.backup,
      performance: config.performance,
    },
    { tracer: tracing?.engine },
  );
  // The threads open the file meanwhile.
  const schema = buildSchema();
  const manager = await opening;
  logHealthChanges(manager, logger);
  try {
    const stop = stopSignal();
    const server = await startServer(config.server, manager, logger, { tracing, schema });
    process.stdout.write(`Trinitas listens on ${server.url}\n`);
    logger.info({ signal: await stop }, 'stopping');
    await server.close();
  } finally {
    await manager.cleanup();
  }
}

/** A second signal is left to the system's default, which ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
