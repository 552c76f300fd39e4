import { expect, it } from 'vitest';
import { type Family, parseExposition } from '../support/parse-exposition.ts';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, read, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

type Families = ReadonlyMap<string, Family>;

async function scrape(url: string): Promise<Families> {
  const response = await fetch(new URL('/metrics', url));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseExposition(await response.text());
}

function figure(families: Families, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name) ?? families.get(name.replace(/_(sum|count)$/, ''));
  const sample = family?.samples.find(
    (candidate) =>
      candidate.name === name &&
      Object.entries(labels).every(([label, value]) => candidate.labels[label] === value),
  );
  return sample?.value ?? 0;
}

/** Name, labels: what a load of stores, lists and one transaction must move. */
const MOVED: readonly (readonly [string, Record<string, string>])[] = [
  ['trinitas_operations_total', { operation: 'store' }],
  ['trinitas_operations_total', { operation: 'list' }],
  ['trinitas_operations_per_second', { operation: 'store' }],
  ['trinitas_operation_errors_total', { operation: 'store' }],
  ['trinitas_operation_duration_seconds', { operation: 'store', quantile: '0.99' }],
  ['trinitas_operation_duration_seconds_count', { operation: 'store' }],
  ['trinitas_operation_duration_seconds_sum', { operation: 'store' }],
  ['trinitas_transactions_active', {}],
  ['trinitas_transactions_by_state', { state: 'pending' }],
  ['trinitas_snapshots_open', {}],
  ['trinitas_cache_hits_total', {}],
  ['trinitas_cache_invalidations_total', {}],
  ['trinitas_pool_wait_seconds_count', { pool: 'writer' }],
  ['trinitas_pool_run_seconds_count', { pool: 'writer' }],
  ['trinitas_connection_requests_total', { connection: 'reader-1' }],
  ['trinitas_commit_groups_total', {}],
  ['trinitas_commit_units_total', {}],
  ['trinitas_commit_duration_seconds_count', {}],
  ['trinitas_statements_total', { statement: 'commit' }],
  ['trinitas_statement_seconds_total', { statement: 'list' }],
  ['trinitas_wal_bytes', {}],
  ['trinitas_memories', { section: 'working_memory' }],
  ['trinitas_embeddings', { state: 'ready' }],
  ['process_cpu_seconds_total', {}],
];

it('tells at each scrape what the engine did until then', async () => {
  const { url } = await startTestServer();
  const before = await scrape(url);
  for (let index = 0; index < 20; index += 1) {
    await request(url, StoreMemory, { input: { key: `k${index}`, value: 'owls hunt at night' } });
  }
  await send(url, StoreMemory, { input: { key: '', value: 1 } });
  for (let index = 0; index < 3; index += 1) await request(url, ListMemories, { first: 5 });
  for (let index = 0; index < 2; index += 1) await request(url, GetMemory, { by: { key: 'k1' } });
  await request(url, StoreMemory, { input: { key: 'k1', value: 'changed' } });
  await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
  const after = await scrape(url);
  for (const [name, labels] of MOVED) {
    const label = `${name} ${JSON.stringify(labels)}`;
    expect(figure(after, name, labels), label).toBeGreaterThan(figure(before, name, labels));
  }
  expect(figure(after, 'trinitas_operations_total', { operation: 'store' })).toBe(22);
  expect(figure(after, 'trinitas_operation_errors_total', { operation: 'store' })).toBe(1);
  expect(figure(after, 'trinitas_memories', { section: 'working_memory' })).toBe(20);
  for (const name of ['trinitas_event_loop_lag_seconds_count', 'trinitas_uptime_seconds'])
    expect(figure(after, name), name).toBeGreaterThan(0);
});

it('names every metric with its unit and says what it means', async () => {
  const { url } = await startTestServer();
  const own = [...(await scrape(url))].filter(([name]) => name.startsWith('trinitas_'));
  expect(own.length).toBeGreaterThan(50);
  for (const [name, { help, type }] of own) {
    expect(help, name).toMatch(/^[A-Z0-9].{10,}\.$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name, name).not.toMatch(/(_ms|_percent|_milliseconds)(_total)?$/);
    if (type === 'summary') expect(name).toMatch(/_seconds$/);
  }
});

it('tells the state of the engine even when the engine does not answer', async () => {
  const { url } = await startTestServer({
    wrap: (memories) => ({
      ...spyOperations(memories, [], (name) => {
        if (name === 'statistics') throw new Error('gone');
      }),
      namespace: memories.namespace,
      statistics: () => Promise.reject(new Error('gone')),
      status: () => Promise.reject(new Error('gone')),
      health: () => ({
        role: 'OWNER',
        state: 'QUARANTINE',
        checks: [
          { name: 'writer', state: 'QUARANTINE', latencyMs: null, message: 'secret', at: 0 },
        ],
        thresholds: [],
      }),
    }),
  });
  const families = await scrape(url);
  expect(figure(families, 'trinitas_scrape_complete')).toBe(0);
  expect(figure(families, 'trinitas_health_state', { state: 'QUARANTINE' })).toBe(1);
  expect(figure(families, 'trinitas_health_state', { state: 'OK' })).toBe(0);
  expect(figure(families, 'trinitas_health_check_ok', { check: 'writer' })).toBe(0);
  expect(families.get('trinitas_operations_total')?.samples).toEqual([]);
  expect(figure(families, 'process_resident_memory_bytes')).toBeGreaterThan(0);
});

it('is read only, and can be switched off', async () => {
  const { url } = await startTestServer();
  const at = new URL('/metrics', url);
  const head = await fetch(at, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const posted = await read(await fetch(at, { method: 'POST' }));
  expect([posted.status, codesOf(posted)]).toEqual([405, ['METHOD_NOT_ALLOWED']]);
  const off = await startTestServer({ metrics: false });
  expect((await fetch(new URL('/metrics', off.url))).status).toBe(404);
});
