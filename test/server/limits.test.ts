import { request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { FrameSocket } from '../support/frame-socket.ts';
import { ListMemories } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, post, send } from '../support/test-client.ts';

it('refuses a document that is too deep, and allows the introspection of GraphiQL', async () => {
  const { url } = await startTestServer({ limits: { depth: 3 } });
  const deep = await post(url, {
    query: '{ memories { edges { node { rememberedBy { id } } } } }',
  });
  expect(deep.status).toBe(400);
  expect(codesOf(deep)).toEqual(['DEPTH_LIMIT_EXCEEDED']);
  const fragments = await post(url, {
    query:
      '{ memories { ...a } } fragment a on MemoryConnection { edges { ...b } } fragment b on MemoryEdge { node { rememberedBy { id } } }',
  });
  expect(codesOf(fragments)).toEqual(['DEPTH_LIMIT_EXCEEDED']);
  const { getIntrospectionQuery } = await import('graphql');
  expect(
    (await post(url, { query: getIntrospectionQuery({ descriptions: true }) })).errors,
  ).toEqual([]);
});

it('refuses too many aliases, directives and tokens', async () => {
  const { url } = await startTestServer({ limits: { aliases: 5, directives: 5, tokens: 200 } });
  const aliases = Array.from({ length: 6 }, (_, index) => `a${index}: health { state }`).join(' ');
  expect(codesOf(await post(url, { query: `{ ${aliases} }` }))).toEqual(['ALIAS_LIMIT_EXCEEDED']);
  const directives = `{ health { state ${'@include(if: true) '.repeat(6)} } }`;
  expect(codesOf(await post(url, { query: directives }))).toContain('DIRECTIVE_LIMIT_EXCEEDED');
  const tokens = await post(url, { query: `{ ${'health { state } '.repeat(60)} }` });
  expect(tokens.status).toBe(400);
  expect(codesOf(tokens)).toEqual(['TOKEN_LIMIT_EXCEEDED']);
  expect(codesOf(await post(url, { query: '{ a: health { state } }' }))).toEqual([]);
});

it('counts the size of pages in the cost, at every size and however the document was cached', async () => {
  const { url } = await startTestServer({ limits: { cost: 1_000 } });
  for (const [first, allowed] of [
    [1, true],
    [100, false],
    [1, true],
    [100, false],
  ] as const) {
    const answer = await send(url, ListMemories, { first });
    expect(codesOf(answer), String(first)).toEqual(allowed ? [] : ['COST_LIMIT_EXCEEDED']);
    if (!allowed) expect(answer.status).toBe(400);
  }
});

it('does not let negative or huge sizes make an operation cheap', async () => {
  const { url } = await startTestServer({ limits: { cost: 100 } });
  const query =
    'query($first: Int!) { cheap: memories(first: $first) { nodes { key } } dear: memories(first: 100) { nodes { key value } } }';
  for (const first of [-1_000_000, 0, 2_147_483_647]) {
    expect(codesOf(await post(url, { query, variables: { first } }))[0], String(first)).toBe(
      'COST_LIMIT_EXCEEDED',
    );
  }
});

it('measures the operation that runs, not the first one of the document', async () => {
  const { url } = await startTestServer({ limits: { cost: 100 } });
  const query =
    'subscription Cheap { stats { at } } subscription Dear { memoryChanges(batchSize: 500) { ... on MemoryChangeBatch { changes { kind } } } } ' +
    'query Big { memories(first: 100) { nodes { key value } } }';
  const subscribed = await post(
    url,
    { query, operationName: 'Dear' },
    { accept: 'text/event-stream' },
  );
  expect(subscribed.status).toBe(400);
  expect(codesOf(await post(url, { query, operationName: 'Big' }))).toEqual([
    'COST_LIMIT_EXCEEDED',
  ]);
});

it('bounds the operations of a batch and isolates their failures', async () => {
  const { url } = await startTestServer({ limits: { batch: 2 } });
  const operation = { query: '{ health { state } }' };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([operation, { query: '{ nope }' }]),
  });
  expect(await response.json()).toMatchObject([
    { data: { health: { state: 'OK' } } },
    { errors: [{}] },
  ]);
  const tooMany = await post(url, [operation, operation, operation]);
  expect(tooMany.status).toBe(413);
  expect(codesOf(tooMany)).toEqual(['BATCH_LIMIT_EXCEEDED']);
});

it('begins no subscription inside of a batch, where nobody would read its stream', async () => {
  const { url } = await startTestServer({ limits: { subscriptionsPerClient: 1 } });
  const stream = { query: 'subscription { stats(intervalMs: 250) { at } }' };
  const sendBatch = async (accept: string): Promise<unknown> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify([stream, { query: '{ health { state } }' }]),
    });
    return await response.json();
  };
  // More than once, since the first one must not have taken the only place.
  for (const accept of ['*/*', '*/*', 'application/json'])
    expect(await sendBatch(accept), accept).toMatchObject([
      { errors: [{ extensions: { code: 'BAD_REQUEST', remedy: expect.any(String) } }] },
      { data: { health: { state: 'OK' } } },
    ]);
});

it('refuses a body that is too long or of unknown length without reading it', async () => {
  const { url } = await startTestServer({ limits: { bodyBytes: 1_024 } });
  const long = await post(url, { query: `{ health { state } } # ${'x'.repeat(2_000)}` });
  expect(long.status).toBe(413);
  expect(codesOf(long)).toEqual(['BODY_TOO_LARGE']);
  const chunked = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end('{"query":"{ health { state } }"}');
  });
  expect(chunked).toBe(411);
  expect((await post(url, { query: '{ health { state } }' })).data).toEqual({
    health: { state: 'OK' },
  });
});

it('bounds the subscriptions of one client over WebSocket and SSE together, and frees them', async () => {
  const { url } = await startTestServer({ limits: { subscriptionsPerClient: 2 } });
  const socket = await FrameSocket.connect(url);
  socket.subscribe('1', 'subscription { stats(intervalMs: 250) { at } }');
  await socket.frame('next', '1');
  const abort = new AbortController();
  const body = JSON.stringify({ query: 'subscription { stats(intervalMs: 250) { at } }' });
  const sse = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body,
  };
  const stream = await fetch(url, { ...sse, signal: abort.signal });
  await stream.body?.getReader().read();
  socket.subscribe('2', 'subscription { stats(intervalMs: 250) { at } }');
  const { payload } = await socket.frame('error', '2');
  expect(payload).toMatchObject([
    { extensions: { code: 'OVERLOADED', limit: 2, retryable: true } },
  ]);
  socket.send({ type: 'complete', id: '1' });
  socket.subscribe('3', '{ health { state } }');
  await socket.frame('complete', '3');
  socket.subscribe('4', 'subscription { stats(intervalMs: 250) { at } }');
  await socket.frame('next', '4');
  abort.abort();
});

it('can switch introspection off', async () => {
  const { url } = await startTestServer({ introspection: false });
  const answer = await post(url, { query: '{ __schema { queryType { name } } }' });
  expect(answer.status).toBe(400);
  expect((await post(url, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
});
