import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FrameSocket } from '../support/frame-socket.ts';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { post, request, send } from '../support/test-client.ts';
import { type CollectedSpan, startTraceCollector } from '../support/trace-collector.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const CALLER = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';

function startTracedServer(otlpUrl: string, sampleRatio = 1): Promise<TestServer> {
  return startTestServer({ tracing: { otlpUrl, serviceName: 'memory-of-test', sampleRatio } });
}

/** The spans of one trace as a tree of names, children in order of their start. */
function treeOf(spans: readonly CollectedSpan[], parent: string): unknown[] {
  return spans
    .filter((span) => span.parentSpanId === parent)
    .toSorted((left, right) =>
      Number(BigInt(left.startTimeUnixNano) - BigInt(right.startTimeUnixNano)),
    )
    .map((span) => {
      const children = treeOf(spans, span.spanId);
      return children.length === 0 ? span.name : [span.name, children];
    });
}

function find(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const span = spans.find((candidate) => candidate.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
}

it('follows a request from the caller through queue and thread, and says nothing of what is stored', async () => {
  const collector = await startTraceCollector();
  const server = await startTracedServer(collector.url);
  const traceparent = `00-${CALLER}-${CALLER_SPAN}-01`;
  const input = { key: 'canary_key', value: 'canary_value', metadata: { m: 'canary_metadata' } };
  await request(server.url, StoreMemory, { input }, { traceparent, 'x-request-id': 'traced-1' });
  await request(server.url, ListMemories, { first: 20 }, { traceparent });
  await server.stop();
  const spans = collector.spans.filter(({ traceId }) => traceId === CALLER);
  const database = (name: string) => [`sqlite ${name}`, ['queue', 'thread']];
  expect(treeOf(spans, CALLER_SPAN)).toEqual([
    ['POST /graphql', [['mutation StoreMemory', [['engine store', [database('commitGroup')]]]]]],
    ['POST /graphql', [['query ListMemories', [['engine list', [database('list')]]]]]],
  ]);
  expect(find(spans, 'POST /graphql')).toMatchObject({
    kind: 2,
    service: 'memory-of-test',
    attributes: {
      'http.request.method': 'POST',
      'url.path': '/graphql',
      'http.response.status_code': 200,
      'trinitas.request_id': 'traced-1',
    },
  });
  expect(find(spans, 'sqlite list').attributes).toEqual({
    'db.system.name': 'sqlite',
    'db.operation.name': 'list',
  });
  expect(collector.text).not.toContain('canary');
  // Times come from two threads, yet they nest: a request is as long as its queue and its thread at least.
  const [outer, queue, thread] = ['sqlite list', 'queue', 'thread'].map((name) =>
    find(
      spans.filter(({ parentSpanId, spanId }) =>
        [parentSpanId, spanId].includes(find(spans, 'sqlite list').spanId),
      ),
      name,
    ),
  );
  expect(queue?.startTimeUnixNano).toBe(outer?.startTimeUnixNano);
  expect(thread?.startTimeUnixNano).toBe(queue?.endTimeUnixNano);
  expect(BigInt(thread?.endTimeUnixNano ?? 0)).toBeLessThanOrEqual(
    BigInt(outer?.endTimeUnixNano ?? 0),
  );
});

it('follows transactions and WebSockets, and marks what failed with its code', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer of-collector');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const collector = await startTraceCollector();
  const server = await startTracedServer(collector.url);
  const transaction = await TransactionClient.begin(server.url, { isolation: 'SERIALIZABLE' });
  await transaction.request(GetMemory, { by: { key: 'k' } });
  await send(server.url, ListMemories, { first: -1 });
  const socket = await FrameSocket.connect(server.url);
  socket.subscribe('1', 'query OverSocket { memories { totalCount } }');
  await socket.frame('complete', '1');
  await server.stop();
  const { spans } = collector;
  expect(collector.headers[0]?.authorization).toBe('Bearer of-collector');
  const names = spans.map(({ name }) => name);
  expect(names).toContain('sqlite beginSnapshot');
  expect(treeOf(spans, find(spans, 'query GetMemory').spanId)).toEqual([
    ['engine getMany', [['sqlite transactionStep', ['queue', 'thread']]]],
  ]);
  const refused = spans.filter(({ attributes }) => attributes['error.type'] === 'VALIDATION');
  expect(refused.map(({ name, status }) => [name, status])).toEqual([
    ['engine list', 2],
    ['query ListMemories', 2],
  ]);
  const overSocket = find(spans, 'query OverSocket');
  expect(overSocket.parentSpanId).toBe('');
  expect(treeOf(spans, overSocket.spanId)).toEqual([
    ['engine list', [['sqlite list', ['queue', 'thread']]]],
  ]);
});

it('keeps apart what runs at the same time, and leaves out what the caller does not sample', async () => {
  const collector = await startTraceCollector();
  const server = await startTracedServer(collector.url, 0);
  const trace = (index: number): string => String(index).padStart(32, '0');
  const query = 'query Many($key: String!) { memory(by: { key: $key }) { value } }';
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      post(
        server.url,
        { query, variables: { key: `k${index}` } },
        {
          traceparent: `00-${trace(index + 1)}-${CALLER_SPAN}-01`,
        },
      ),
    ),
  );
  await post(server.url, { query }, { traceparent: `00-${CALLER}-${CALLER_SPAN}-00` });
  await post(server.url, { query });
  await server.stop();
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(20);
  for (let index = 1; index <= 20; index += 1) {
    const spans = collector.spans.filter(({ traceId }) => traceId === trace(index));
    expect(treeOf(spans, CALLER_SPAN)).toEqual([
      [
        'POST /graphql',
        [['query Many', [['engine getMany', [['sqlite getMany', ['queue', 'thread']]]]]]],
      ],
    ]);
  }
});

it('serves on while the collector is away, and says so in the log', async () => {
  const server = await startTracedServer('http://127.0.0.1:9/v1/traces');
  expect((await send(server.url, ListMemories, {})).status).toBe(200);
  await server.stop();
  const warnings = server.log.filter(({ level }) => level === 40);
  expect(warnings).not.toEqual([]);
  for (const { msg } of warnings) expect(msg).toMatch(/^tracing/);
});

it('loads nothing of tracing or metrics until it is asked for', async () => {
  const script = `
    import { createRequire } from 'node:module';
    await import('./src/server/start-server.ts');
    await import('./src/serve.ts');
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify(loaded.filter((path) => /opentelemetry|prom-client/.test(path))));`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd },
  );
  expect(JSON.parse(stdout)).toEqual([]);
});
