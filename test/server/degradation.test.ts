import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { HealthStream, WholeHealth } from '../support/health-documents.graphql.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, request } from '../support/test-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const TERABYTE = 1_000_000_000_000;

it('a full disk: writes are refused by type, reads go on, and health, status and stats say READ_ONLY', async () => {
  const { url } = await startTestServer({ memory: { min_free_bytes: TERABYTE } });
  const { storeMemory } = await request(url, StoreMemory, { input: { key: 'k', value: 1 } });
  expect(expectType(storeMemory, 'StorageFullError')).toMatchObject({
    code: 'STORAGE_FULL',
    retryable: true,
    remedy: expect.stringContaining('Free space'),
  });
  const { health, status, stats } = await request(url, WholeHealth, {});
  expect(health.checks.find(({ name }) => name === 'writer')).toMatchObject({
    state: 'READ_ONLY',
    message: expect.stringContaining('full'),
  });
  expect([health.state, status?.state, stats?.state]).toEqual([
    'READ_ONLY',
    'READ_ONLY',
    'READ_ONLY',
  ]);
  expect(stats?.backend.disk).toMatchObject({ minFreeBytes: TERABYTE, ballastBytes: 0 });
  expect(stats?.backend.disk.freeBytes).toBeGreaterThan(0);
  expect((await fetch(new URL('/-/ready', url))).status).toBe(200);
});

it('a passed threshold: a degraded check names it, also in the stream, and clears', async () => {
  const { url } = await startTestServer({ performance: { p95_ms: 0.001, window: 0.5 } });
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  onTestFinished(async () => await client.dispose());
  let loaded = true;
  const load = async (): Promise<void> => {
    while (loaded) await request(url, StoreMemory, { input: { key: 'k', value: 1 } });
  };
  const loading = load();
  await expect
    .poll(async () => (await request(url, WholeHealth, {})).health)
    .toMatchObject({
      state: 'DEGRADED',
      checks: expect.arrayContaining([
        {
          name: 'performance.p95_ms',
          state: 'DEGRADED',
          message: expect.stringContaining('performance.p95_ms is 0.001'),
        },
      ]),
      thresholds: [{ name: 'p95_ms', threshold: 0.001, exceeded: true, value: expect.any(Number) }],
    });
  const stream = client.iterate<{ stats: { state: string } | null }>({
    query: HealthStream.toString(),
  });
  for await (const { data } of stream) {
    if (data?.stats?.state === 'DEGRADED') {
      loaded = false;
      await loading;
    }
    if (data?.stats?.state === 'OK' && !loaded) break;
  }
});

it('the log has one line for each change: warn when worse, info when well again', async () => {
  const server = await startServerProcess(join(await makeTestFolder(), 'test.db'), {
    TRINITAS_PERFORMANCE__P95_MS: '0.001',
    TRINITAS_PERFORMANCE__WINDOW: '0.3',
  });
  await request(server.url, StoreMemory, { input: { key: 'k', value: 1 } });
  const lines = (): readonly Record<string, unknown>[] =>
    server
      .errors()
      .split('\n')
      .filter((line) => line.includes('health:'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await expect.poll(() => lines().length).toBe(2);
  expect(lines()).toMatchObject([
    { level: 40, check: 'performance.p95_ms', from: 'OK', to: 'DEGRADED', state: 'DEGRADED' },
    { level: 30, check: 'performance.p95_ms', from: 'DEGRADED', to: 'OK', state: 'OK' },
  ]);
  expect(await server.end('SIGTERM')).toBe(0);
});
