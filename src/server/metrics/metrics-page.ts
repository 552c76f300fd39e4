import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { MemoryManager } from '../../engine/index.ts';
import type { RequestFigures } from '../../resolvers/request-figures.ts';
import type { Logger } from '../logger.ts';
import { refuse } from '../refusal.ts';
import type { Figures } from './metric.ts';
import type { MetricsRegistry } from './metrics-registry.ts';

/** Prometheus gives a scrape 10 seconds by default; what is known must reach it before. */
const PATIENCE_MS = 5_000;

export type MetricsPage = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers scrapes. The library is loaded and the registry made by the first one, so nobody else pays for it. */
export function createMetricsPage(
  manager: Pick<MemoryManager, 'namespace'>,
  requests: RequestFigures,
  logger: Logger,
): MetricsPage {
  let registry: Promise<MetricsRegistry> | undefined;
  const scrape = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    registry ??= import('./metrics-registry.ts').then(({ createMetricsRegistry }) =>
      createMetricsRegistry(() => readFigures(manager, requests)),
    );
    const { contentType, render } = await registry;
    const body = await render();
    response.writeHead(200, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'METHOD_NOT_ALLOWED', 'Metrics are read with GET.');
      return;
    }
    scrape(request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'the metrics could not be made');
      refuse(response, 500, 'INTERNAL', 'The metrics could not be made; the log tells why.');
    });
  };
}

/** The health is known without asking; whatever keeps the engine from answering, a scrape still tells the state. */
async function readFigures(
  manager: Pick<MemoryManager, 'namespace'>,
  requests: RequestFigures,
): Promise<Figures> {
  const memories = manager.namespace('default');
  const asked = Promise.all([memories.statistics(), memories.status()]).then(
    ([statistics, status]) => ({ statistics, status }),
    // Why it cannot answer stands in its health checks, and the error is counted as one of its operations.
    () => null,
  );
  const patience = new AbortController();
  const late = wait(PATIENCE_MS, null, { signal: patience.signal }).catch(() => null);
  const engine = await Promise.race([asked, late]);
  patience.abort();
  return { health: memories.health(), engine, requests };
}
