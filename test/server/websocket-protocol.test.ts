import { once } from 'node:events';
import { expect, it } from 'vitest';
import { FrameSocket } from '../support/frame-socket.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { waitForSubscribers } from '../support/wait-for-subscribers.ts';

/*
 * graphql-transport-ws, frame by frame. The close codes and their meaning are those of the protocol's specification.
 */

const STATS = 'subscription { stats(intervalMs: 250) { at } }';
const CHANGES =
  'subscription($after: ChangeCursor) { memoryChanges(after: $after) { __typename } }';

it('closes with 4400 on a message that is not of the protocol', async () => {
  const { url } = await startTestServer();
  for (const message of [
    'not json',
    '{"type":"unknown"}',
    '{"type":"subscribe","payload":{}}',
    '[]',
  ]) {
    const socket = await FrameSocket.connect(url);
    socket.send(message);
    expect((await socket.closed).code, message).toBe(4400);
  }
});

it('closes with 4401 on a subscribe before the acknowledgement', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.open(url);
  socket.subscribe('1', STATS);
  expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
});

it('closes with 4406 when the sub-protocol is another one', async () => {
  const { url } = await startTestServer();
  const socket = new FrameSocket(url, 'graphql-ws');
  // The ws client refuses a server that does not choose its protocol, other clients wait for the close frame.
  const failure = await once(socket.socket, 'error').then(([error]) => String(error));
  expect(failure).toContain('Server sent no subprotocol');
  const raw = await startRawHandshake(url);
  expect(raw).toContain('101 Switching Protocols');
  expect(raw).not.toContain('sec-websocket-protocol: graphql-ws');
  expect(raw).toContain('4406');
});

it('closes with 4408 when connection_init does not come in time', async () => {
  const { url } = await startTestServer({ limits: { wsInitTimeoutMs: 50 } });
  const socket = await FrameSocket.open(url);
  expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
});

it('closes with 4409 on a second operation with the same id', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  socket.subscribe('1', STATS);
  await socket.frame('next', '1');
  socket.subscribe('1', STATS);
  expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
});

it('closes with 4429 on a second connection_init', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  socket.send({ type: 'connection_init' });
  expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
});

it('answers ping with pong and the same payload, before and after the acknowledgement', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.open(url);
  socket.send({ type: 'ping' });
  expect(await socket.frame('pong')).toEqual({ type: 'pong' });
  socket.send({ type: 'connection_init' });
  expect(await socket.frame('connection_ack')).toEqual({ type: 'connection_ack' });
  socket.send({ type: 'ping', payload: { beat: 1 } });
  expect(await socket.frame('pong')).toEqual({ type: 'pong', payload: { beat: 1 } });
});

it('runs queries and mutations too: one next, then complete', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  socket.subscribe('q', '{ health { state } }');
  expect(await socket.frame('next', 'q')).toMatchObject({
    payload: { data: { health: { state: 'OK' } } },
  });
  expect(await socket.frame('complete', 'q')).toEqual({ id: 'q', type: 'complete' });
});

it('sends an error frame and no complete when the operation is wrong', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  socket.subscribe('v', 'subscription { noSuchField }');
  const frame = await socket.frame('error', 'v');
  expect(frame.payload).toMatchObject([
    { message: 'Cannot query field "noSuchField" on type "Subscription".' },
  ]);
  socket.subscribe('after', '{ health { state } }');
  await socket.frame('complete', 'after');
  expect(socket.rest.filter((rest) => rest.id === 'v')).toEqual([]);
});

it('ends a stream on complete from the client and gives its slot back', async () => {
  const server = await startTestServer({ limits: { subscriptionsPerClient: 1 } });
  const socket = await FrameSocket.connect(server.url);
  for (const id of ['1', '2', '3']) {
    socket.subscribe(id, CHANGES);
    await waitForSubscribers(server.url, 1);
    socket.send({ type: 'complete', id });
    await waitForSubscribers(server.url, 0);
  }
  expect(socket.rest).toEqual([]);
});

it('keeps sibling subscriptions alive through a syntax error', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  socket.subscribe('sibling', STATS);
  await socket.frame('next', 'sibling');
  socket.subscribe('broken', 'subscription { stats( }');
  const { payload } = await socket.frame('error', 'broken');
  expect(payload).toMatchObject([{ message: expect.stringContaining('Syntax Error') }]);
  await socket.frame('next', 'sibling');
  await socket.frame('next', 'sibling');
});

it('does not leak notes between plugins into error frames', async () => {
  const { url } = await startTestServer({ limits: { depth: 3, tokens: 60 } });
  const socket = await FrameSocket.connect(url);
  const wrong = {
    syntax: '{',
    validation: '{ nope }',
    depth: '{ memories { edges { node { rememberedBy { id } } } } }',
    tokens: `{ ${'health { state } '.repeat(40)} }`,
    variables: 'query($first: Int!) { memories(first: $first) { totalCount } }',
    cursor: 'subscription { memoryChanges(after: "no cursor") { __typename } }',
  };
  for (const [id, query] of Object.entries(wrong)) socket.subscribe(id, query);
  for (const id of Object.keys(wrong)) {
    const frame = await socket.frame(['error', 'next'], id);
    const text = JSON.stringify(frame.payload);
    expect(text, id).toContain('"message"');
    expect(text, id).not.toContain('"http"');
    expect(text, id).not.toContain('"unexpected"');
    expect(text, id).not.toContain('"stack"');
  }
});

it('applies the limits of HTTP: depth, tokens, cost, with their codes', async () => {
  const { url } = await startTestServer({ limits: { depth: 3, tokens: 60, cost: 50 } });
  const socket = await FrameSocket.connect(url);
  const cases = [
    ['DEPTH_LIMIT_EXCEEDED', '{ memories { edges { node { rememberedBy { id } } } } }'],
    ['TOKEN_LIMIT_EXCEEDED', `{ ${'health { state } '.repeat(40)} }`],
    [
      'COST_LIMIT_EXCEEDED',
      'subscription { memoryChanges(batchSize: 500) { ... on MemoryChangeBatch { changes { kind } } } }',
    ],
  ] as const;
  for (const [code, query] of cases) {
    socket.subscribe(code, query);
    expect((await socket.frame('error', code)).payload).toMatchObject([{ extensions: { code } }]);
  }
  socket.subscribe('q', '{ memories(first: 100) { nodes { key } } }');
  expect((await socket.frame('next', 'q')).payload).toMatchObject({
    errors: [{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }],
  });
});

it('runs the operation that is named, and says so when it cannot tell which', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const query = 'query One { one: health { state } } query Two { two: health { state } }';
  for (const [id, operationName] of [
    ['1', 'Two'],
    ['2', 'One'],
    ['3', 'Two'],
  ] as const) {
    socket.send({ type: 'subscribe', id, payload: { query, operationName } });
    const { payload } = await socket.frame('next', id);
    expect(payload).toEqual({ data: { [operationName.toLowerCase()]: { state: 'OK' } } });
  }
  socket.send({ type: 'subscribe', id: 'none', payload: { query } });
  expect((await socket.frame('error', 'none')).payload).toMatchObject([
    { message: expect.stringContaining('several operations') },
  ]);
  socket.send({ type: 'subscribe', id: 'unknown', payload: { query, operationName: 'Three' } });
  expect((await socket.frame('error', 'unknown')).payload).toMatchObject([
    { message: expect.stringContaining('"Three"') },
  ]);
});

it('closes with 1009 on a frame above the body limit', async () => {
  const { url } = await startTestServer({ limits: { bodyBytes: 2_048 } });
  const socket = await FrameSocket.connect(url);
  socket.subscribe('1', `{ health { state } } # ${'x'.repeat(4_096)}`);
  expect((await socket.closed).code).toBe(1009);
});

it('ends every subscription of a socket that breaks', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  for (const id of ['1', '2', '3']) socket.subscribe(id, CHANGES);
  await waitForSubscribers(url, 3);
  socket.socket.terminate();
  await waitForSubscribers(url, 0);
});

/** Everything a server sends after the handshake for the deprecated sub-protocol, until it closes. */
async function startRawHandshake(url: string): Promise<string> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n',
  );
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    // The last frame: opcode 8 (close), then a length, then the code.
    const bytes = Buffer.concat(chunks);
    const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
    if (body[0] === 0x88) {
      socket.destroy();
      return `${bytes.toString('latin1').toLowerCase().replace('switching protocols', 'Switching Protocols')} ${body.readUInt16BE(2)}`;
    }
  }
  return Buffer.concat(chunks).toString('latin1');
}
