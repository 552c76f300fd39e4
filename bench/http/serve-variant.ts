import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { createYoga } from 'graphql-yoga';
import type { MemoryManager, MemoryOperations } from '../../src/engine/index.ts';
import type { ServerConfig } from '../../src/server/server-config.ts';
import type { Tracing } from '../../src/server/tracing/tracing.ts';
import {
  LARGE_ITEMS,
  LARGE_KEY,
  LISTED,
  MEMORIES,
  type ServerMessage,
  type ServerTask,
} from './server-variant.ts';

/* A process that serves one variant. Ends with its parent. */

interface Build {
  readonly engine: typeof import('../../src/engine/index.ts');
  readonly server: typeof import('../../src/server/start-server.ts');
  readonly config: typeof import('../../src/config.ts');
  readonly schema: typeof import('../../src/schema/index.ts');
  readonly context: typeof import('../../src/resolvers/context.ts');
}

const { variant, directory } = JSON.parse(process.argv[2] ?? '') as ServerTask;
const build: Build = {
  engine: await part('engine/index.js'),
  server: await part('server/start-server.js'),
  config: await part('config.js'),
  schema: await part('schema/index.js'),
  context: await part('resolvers/context.js'),
};
const config = loadServerConfig();
const tracing = await openTracing();
const manager = await openStore();
// A replica serves what its owner has stored.
if (variant.memory?.replica !== true) await fill(manager);
const memories = await memoriesOf(manager);
tell({ url: await serve() });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ cpuMicroseconds: user + system });
});
process.on('disconnect', () => process.exit(0));

function tell(message: ServerMessage): void {
  process.send?.(message);
}

async function part<T>(path: string): Promise<T> {
  return (await import(new URL(`../${path}`, variant.engineUrl).href)) as T;
}

function loadServerConfig(): ServerConfig {
  const flags = Object.entries({ log_level: 'silent', ...variant.settings, port: 0 }).map(
    ([key, value]) => ({ path: ['server', ...key.split('.')], value, origin: 'bench' }),
  );
  return build.config.loadConfig({ flags, environment: {}, directory }).server;
}

/** Another build may know nothing of traces; it is not asked for any. */
async function openTracing(): Promise<Tracing | null> {
  if (!config.tracing) return null;
  const { loadTracing } = await part<typeof import('../../src/server/tracing/load-tracing.ts')>(
    'server/tracing/load-tracing.js',
  );
  const { createLogger } =
    await part<typeof import('../../src/server/logger.ts')>('server/logger.js');
  return await loadTracing(config.tracing, createLogger(config.logLevel));
}

function openStore(): Promise<MemoryManager> {
  return build.engine.MemoryManagerFactory.getManager(
    {
      memory: {
        ...variant.memory,
        sqlite_path: join(directory, 'store.db'),
        cache_size: variant.cacheSize,
      },
    },
    { tracer: tracing?.engine },
  );
}

async function fill(store: MemoryManager): Promise<void> {
  await store.store(LARGE_KEY, Array<string>(LARGE_ITEMS).fill('12345678'));
  await store.storeMany(
    Array.from({ length: MEMORIES }, (_, index) => ({
      key: `fact_${index}`,
      value: { text: 'owls hunt at night by hearing '.repeat(8), when: '2025-01-01', index },
      metadata: { source: 'bench', type: 'note' },
      persona: 'athena',
      tags: ['owl', 'night'],
    })),
  );
}

async function memoriesOf(store: MemoryManager): Promise<MemoryOperations> {
  const operations = store.namespace('default');
  if (variant.source === 'sqlite') return operations;
  const page = await operations.list({ first: LISTED, withTotal: false });
  return { ...operations, list: async () => page };
}

async function serve(): Promise<string> {
  if (variant.kind === 'node') return await serveJson();
  if (variant.kind === 'bare-yoga') return await serveYoga();
  const companions = { tracing, fastLane: variant.fastLane ?? true };
  const source = { namespace: () => memories };
  return (await build.server.startServer(config, source, undefined, companions)).url;
}

/** The same bytes without GraphQL. */
async function serveJson(): Promise<string> {
  const { items } = await memories.list({ first: LISTED, withTotal: false });
  const nodes = items.map(({ memory }) => {
    const { id, key, value, metadata, section, importance, version, createdAt } = memory;
    return { id, key, value, metadata, section, importance, version, createdAt };
  });
  return await listen(async (request, response) => {
    await json(request);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { memories: { nodes } } }));
  });
}

/** Our schema under Yoga, without plugins of ours. */
async function serveYoga(): Promise<string> {
  const limits = { cost: 20_000, transactionTimeoutMs: 60_000, transactionIdleTimeoutMs: 10_000 };
  const graphql = createYoga({
    schema: build.schema.buildSchema(),
    context: () =>
      build.context.createRequestContext({
        memories,
        credential: { role: 'admin', namespace: 'default' },
        transactionId: null,
        requestId: '',
        signal: new AbortController().signal,
        subscriptions: { acquire: () => () => undefined },
        requests: { waiting: 0, refused: 0 },
        limits,
      }),
    parserAndValidationCache: variant.yoga?.documentCache === true,
    ...(variant.yoga?.countBody === true ? {} : { maxRequestBodySize: false as const }),
    multipart: false,
    graphiql: false,
    logging: false,
  });
  return await listen(graphql);
}

async function listen(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
