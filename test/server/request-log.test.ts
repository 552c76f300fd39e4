import { request as httpRequest } from 'node:http';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogger } from '../../src/server/logger.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { post, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

interface RequestLine {
  readonly requestId: string;
  readonly operations: readonly Record<string, unknown>[];
}

/** Lines are written when connections have closed, so the server is stopped first. */
async function requestLines(server: TestServer): Promise<readonly RequestLine[]> {
  await server.stop();
  return server.log.filter(({ msg }) => msg === 'request') as unknown as RequestLine[];
}

it('writes one line per request: id, operation, outcome, transaction, time', async () => {
  const server = await startTestServer();
  const { url } = server;
  const named = { 'x-request-id': 'named-1' };
  await request(url, StoreMemory, { input: { key: 'k', value: 1 } }, named);
  const transaction = await TransactionClient.begin(url);
  await transaction.request(GetMemory, { by: { key: 'k' } });
  const document =
    'mutation Both @transaction { storeMemory(input: { key: "a", value: 1 }) { __typename } }';
  const both = await post(url, { query: document }, { 'x-request-id': 'document-1' });
  await post(url, { query: '{ nope }' }, { 'x-request-id': 'invalid-1' });
  await post(url, { variables: {} }, { 'x-request-id': 'refused-1' });
  await post(
    url,
    [{ query: 'query One { __typename }' }, { query: '{ memories(first: -1) { totalCount } }' }],
    {
      'x-request-id': 'batch-1',
    },
  );
  await fetch(new URL('/-/live', url), { headers: { 'x-request-id': 'live-1' } });
  const lines = await requestLines(server);
  const operationsOf = (id: string) => lines.find((line) => line.requestId === id)?.operations;
  const took = expect.any(Number);
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatchObject({ method: 'POST', path: '/graphql', status: 200, tookMs: took });
  expect(operationsOf('named-1')).toEqual([
    { operation: 'StoreMemory', kind: 'mutation', outcome: 'OK', transaction: null, tookMs: took },
  ]);
  expect(lines[2]?.operations).toMatchObject([
    { operation: 'GetMemory', kind: 'query', outcome: 'OK', transaction: transaction.name },
  ]);
  const { name } = both.extensions['transaction'] as { name: string };
  expect(operationsOf('document-1')).toMatchObject([{ operation: 'Both', transaction: name }]);
  expect(operationsOf('invalid-1')).toMatchObject([
    { operation: null, kind: null, outcome: 'GRAPHQL_VALIDATION_FAILED' },
  ]);
  expect(operationsOf('refused-1')).toMatchObject([{ outcome: 'BAD_REQUEST' }]);
  expect(operationsOf('batch-1')).toMatchObject([
    { operation: 'One', outcome: 'OK' },
    { operation: null, kind: 'query', outcome: 'VALIDATION' },
  ]);
  expect(operationsOf('live-1')).toEqual([]);
});

it('writes one line per operation over WebSocket', async () => {
  const server = await startTestServer();
  const socket = await FrameSocket.connect(server.url);
  socket.subscribe('1', 'query Look { memories { totalCount } }');
  await socket.frame('complete', '1');
  socket.subscribe('2', 'subscription Ticks { stats { at } }');
  await socket.frame('next', '2');
  socket.subscribe('3', '{ nope }');
  await socket.frame('error', '3');
  const lines = await requestLines(server);
  expect(lines.flatMap(({ operations }) => operations)).toMatchObject([
    { operation: 'Look', kind: 'query', outcome: 'OK' },
    { operation: 'Ticks', kind: 'subscription', outcome: 'STREAM' },
    { operation: null, outcome: 'GRAPHQL_VALIDATION_FAILED' },
  ]);
});

it('never writes what clients sent or what is stored', async () => {
  const server = await startTestServer({ logLevel: 'trace' });
  const { url } = server;
  const canary = (what: string): string => `canary_${what}_7f3a9c`;
  const headers = {
    authorization: `Bearer ${canary('token')}`,
    cookie: `session=${canary('cookie')}`,
    'x-trinitas-transaction': canary('transaction'),
  };
  const input = {
    key: canary('key'),
    value: { text: canary('value') },
    metadata: { note: canary('metadata') },
    tags: [canary('tag')],
    persona: canary('persona'),
  };
  await request(url, StoreMemory, { input });
  await send(url, StoreMemory, { input: { ...input, ifVersion: 7 } });
  await send(url, GetMemory, { by: { key: canary('key') } }, headers);
  await send(url, ListMemories, { after: canary('cursor') });
  await post(url, { query: `{ memory(by: { key: "${canary('literal')}" }) { value } }` });
  await post(url, { query: `{ ${canary('field')} }`, operationName: canary('operationName') });
  await post(url, { query: '{ broken', [canary('parameter')]: 1 });
  await post(url, `{"query": ${canary('json')}`);
  await post(url, {
    query: 'query($first: Int!) { memories(first: $first) { totalCount } }',
    variables: { first: canary('variable') },
  });
  const transaction = await TransactionClient.begin(url);
  await transaction.send(StoreMemory, { input: { ...input, value: canary('inside') } });
  const socket = await FrameSocket.connect(url);
  socket.subscribe('1', `{ memory(by: { key: "${canary('socket')}" }) { value } }`);
  await socket.frame('complete', '1');
  socket.subscribe('2', '{ memories(first: $x) { totalCount } }', { x: canary('frame') });
  await socket.frame('error', '2');
  await fetch(new URL(`/${canary('path')}?token=${canary('query')}`, url), { headers });
  await new Promise<void>((resolve) => {
    const foreign = httpRequest(url, { headers: { host: canary('host') } }, (response) => {
      response.resume().on('end', resolve);
    });
    foreign.end();
  });
  const lines = await requestLines(server);
  expect(lines.length).toBeGreaterThan(13);
  const written = JSON.stringify(server.log);
  expect(written.match(/canary_\w+/g)).toBeNull();
  expect(written).not.toContain(transaction.id);
});

it('keeps passwords of URLs out of unexpected errors', async () => {
  const server = await startTestServer({
    wrap: (memories) =>
      spyOperations(memories, [], (name) => {
        if (name === 'list')
          throw new Error('connect to redis://user:hunter2@127.0.0.1:6379 failed');
      }),
  });
  await send(server.url, ListMemories, {});
  const line = server.log.find(({ level }) => level === 50);
  expect(line).toMatchObject({
    err: { message: 'connect to redis://[…]@127.0.0.1:6379 failed', stack: expect.any(String) },
  });
  expect(JSON.stringify(server.log)).not.toContain('hunter2');
});

it('costs no note when debug lines are not written', async () => {
  const server = await startTestServer({ logLevel: 'info' });
  await request(server.url, ListMemories, {});
  expect(await requestLines(server)).toEqual([]);
});

it('writes something of whatever was thrown', () => {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  createLogger('error', destination).error({ err: 'https://a:b@c.example is down' }, 'failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: 'https://[…]@c.example is down' });
});
