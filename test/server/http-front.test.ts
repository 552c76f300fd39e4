import { expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/index.ts';
import { assertBindAllowed, isLoopback } from '../../src/server/bind-address.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, post, read } from '../support/test-client.ts';

function at(url: string, path: string): string {
  return new URL(path, url).href;
}

it('answers its probes at their exact paths only', async () => {
  const { url } = await startTestServer();
  const live = await fetch(at(url, '/-/live'));
  expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
  const ready = await fetch(at(url, '/-/ready'));
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', state: 'OK' }]);
  expect(ready.headers.get('cache-control')).toBe('no-store');
  expect((await fetch(at(url, '/-/live?x=1'))).status).toBe(200);
  for (const path of ['/health', '/ready', '/x/-/live', '/-/live/', '/-/READY', '/favicon.ico']) {
    expect((await fetch(at(url, path))).status, path).toBe(404);
  }
  for (const path of [
    '/graphql?x=/-/live',
    '/graphql?x=/health',
    '/graphql?query={health{state}}&x=/-/ready',
  ]) {
    const answer = await read(
      await fetch(at(url, path), { headers: { accept: 'application/json' } }),
    );
    expect(answer.data ?? answer.errors, path).toBeTruthy();
  }
});

it('is live but not ready while the store cannot serve, and says no more than the state', async () => {
  const states = ['DEGRADED', 'READ_ONLY', 'RECOVERING', 'QUARANTINE', 'CLOSED'] as const;
  for (const state of states) {
    const { url } = await startTestServer({
      wrap: (memories) => ({
        ...spyOperations(memories, []),
        namespace: memories.namespace,
        health: () => ({
          role: 'OWNER',
          state,
          checks: [{ name: 'writer', state, latencyMs: null, message: 'secret detail', at: 0 }],
          thresholds: [],
        }),
      }),
    });
    const ready = await fetch(at(url, '/-/ready'));
    const serves = state === 'DEGRADED' || state === 'READ_ONLY';
    expect(ready.status, state).toBe(serves ? 200 : 503);
    expect(await ready.text()).not.toContain('secret');
    expect((await fetch(at(url, '/-/live'))).status).toBe(200);
  }
});

it('gives every answer a request id, and keeps an acceptable one', async () => {
  const { url } = await startTestServer();
  const own = await post(url, { query: '{ __typename }' });
  expect(own.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const kept = await post(url, { query: '{ __typename }' }, { 'x-request-id': 'trace-1' });
  expect(kept.headers.get('x-request-id')).toBe('trace-1');
  const replaced = await post(url, { query: '{ __typename }' }, { 'x-request-id': 'bad id {}' });
  expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('leads people from / to GraphiQL and tells programs where the API is', async () => {
  const { url } = await startTestServer();
  const root = await fetch(at(url, '/'), { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql']);
  const nowhere = await read(await fetch(at(url, '/api')));
  expect([nowhere.status, codesOf(nowhere)]).toEqual([404, ['NO_SUCH_PATH']]);
});

it('listens on loopback only while there are no credentials', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'])
    expect(isLoopback(host), host).toBe(true);
  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.1',
    'example.org',
    '127.0.0.1.example.org',
    '::ffff:10.0.0.1',
  ]) {
    expect(() => assertBindAllowed(host), host).toThrow(ValidationError);
  }
  expect(() => assertBindAllowed('0.0.0.0')).toThrow(/refuses to listen on 0\.0\.0\.0/);
});

it('refuses to start on another address', async () => {
  await expect(startTestServer({ host: '0.0.0.0' })).rejects.toThrow(/no credentials/);
});
