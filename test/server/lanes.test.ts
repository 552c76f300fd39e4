import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type MemoryManager, MemoryManagerFactory } from '../../src/engine/index.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';

const FIELDS = 'key value valueText metadata version';
const ONE = `query One($key: String!) { memory(by: { key: $key }) { ${FIELDS} } }`;
const TWO_OPERATIONS = 'query A { a: __typename } query B { b: health { state } }';
const STREAM = 'subscription { stats(intervalMs: 60000) { windowSeconds } }';
const BIG = 'b'.repeat(1_000_000);

/** Name, body (all but a string is sent as JSON), headers. */
type Request = readonly [name: string, body: unknown, headers?: Record<string, string>];

/** What each way must answer alike. */
const REQUESTS: readonly Request[] = [
  ['one memory', { query: ONE, variables: { key: 'plain' }, operationName: 'One' }],
  ['the value null', { query: ONE, variables: { key: 'null' } }],
  ['an integer beyond 2^53', { query: ONE, variables: { key: 'long' } }],
  ['quotes, escapes and what looks like a stand-in', { query: ONE, variables: { key: 'odd' } }],
  ['a large value', { query: ONE, variables: { key: 'big' } }],
  ['nothing', { query: ONE, variables: { key: 'none' } }],
  [
    'a list',
    { query: `{ memories(first: 3) { totalCount nodes { ${FIELDS} v: value m: metadata } } }` },
  ],
  [
    'variables null',
    { query: '{ __typename }', variables: null, extensions: null, operationName: null },
  ],
  ['one of two operations', { query: TWO_OPERATIONS, operationName: 'B' }],
  ['the other of two operations', { query: TWO_OPERATIONS, operationName: 'A' }],
  ['neither of two operations', { query: TWO_OPERATIONS }],
  ['an unknown operation', { query: TWO_OPERATIONS, operationName: 'C' }],
  [
    'two members of a oneOf',
    {
      query: 'query($by: MemoryBy!) { memory(by: $by) { key } }',
      variables: { by: { id: '1', key: 'k' } },
    },
  ],
  [
    'null in a oneOf',
    {
      query: 'query($by: MemoryBy!) { memory(by: $by) { key } }',
      variables: { by: { key: null } },
    },
  ],
  ['a missing variable', { query: ONE }],
  ['a variable of a wrong type', { query: ONE, variables: { key: 1 } }],
  ['a syntax error', { query: '{ memory( }' }],
  ['an unknown field', { query: '{ nope }' }],
  [
    'two failing fields beside a good one',
    {
      query:
        '{ a: memories(first: -1) { totalCount } health { state } b: memories(after: "x") { totalCount } }',
    },
  ],
  [
    'too high a cost',
    {
      query:
        '{ memories(first: 100) { nodes { related(first: 100) { node { key value metadata tags section } } } } }',
    },
  ],
  [
    'a transaction that is not open',
    { query: '{ memories { totalCount } }' },
    { 'x-trinitas-transaction': 'none' },
  ],
  [
    'a transaction named in the extensions',
    { query: '{ memories { totalCount } }', extensions: { transaction: 'none' } },
  ],
  [
    'a member of an error union',
    {
      query:
        'mutation { deleteMemory(input: { by: { key: "none" } }) { __typename ... on NotFoundError { code message } } }',
    },
  ],
  ['a batch', [{ query: '{ __typename }' }, { query: '{ nope }' }]],
  ['an unknown parameter', { query: '{ __typename }', more: 1 }],
  ['no query', { variables: {} }],
  ['a query that is no string', { query: 1 }],
  ['variables that are no object', { query: '{ __typename }', variables: [1] }],
  ['a body that is no object', '"text"'],
  ['a body that is null', 'null'],
  ['an empty body', ''],
  ['a broken body', '{"query":'],
  ['a byte order mark', '\ufeff{"query":"{ __typename }"}'],
  ['a subscription as JSON', { query: STREAM }, { accept: 'application/json' }],
  ['another content type', { query: '{ __typename }' }, { 'content-type': 'text/plain' }],
  [
    'a content type with charset',
    { query: '{ __typename }' },
    { 'content-type': 'application/json; charset=utf-8' },
  ],
  [
    'a content type in capitals',
    { query: '{ __typename }' },
    { 'content-type': 'Application/JSON' },
  ],
  [
    'another charset',
    { query: '{ __typename }' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
  ],
  ['a compressed body', 'x', { 'content-encoding': 'gzip' }],
  ['an unknown media type', 'x', { 'content-type': 'application/xml' }],
  ['a document that overflows the stack of the parser', { query: '{a'.repeat(4_000) }],
  ['an origin', { query: '{ __typename }' }, { origin: 'https://foreign.example' }],
];
const ACCEPTS = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/json, */*',
  'application/graphql-response+json, application/json;q=0.9',
  'text/html',
  'application/json;charset=latin1',
];

describe('the fast lane', () => {
  let folder: string;
  let manager: MemoryManager;
  let fast: RunningServer;
  let yoga: RunningServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
    const defaults = loadConfig({ environment: {}, directory: folder }).server;
    const config = { ...defaults, port: 0, logLevel: 'silent' };
    manager = await MemoryManagerFactory.getManager({
      memory: { sqlite_path: join(folder, 'test.db') },
    });
    fast = await startServer(config, manager);
    yoga = await startServer(config, manager, undefined, { fastLane: false });
    const odd = {
      '"': 'a"b\\c\u2028\u0000\ud83d\ude00',
      mark: '0e8a1f0e-0000-4000-8000-0000000000000"',
    };
    await manager.store('plain', { text: 'owls', list: [1, 1.5, true, null] }, { source: 'test' });
    await manager.store('null', null);
    await manager.store('odd', odd, odd);
    await manager.store('big', BIG);
    await manager
      .namespace('default')
      .store({ key: 'long', valueText: '{"n":12345678901234567890,"f":1.0}' });
  });
  afterAll(async () => {
    await Promise.all([fast.close(), yoga.close()]);
    await manager.cleanup();
    await rm(folder, { recursive: true, force: true });
  });

  async function answerOf(url: string, body: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    });
    const { status } = response;
    const answered = Object.fromEntries(response.headers);
    const type = answered['content-type'];
    if (type === 'text/event-stream') await response.body?.cancel();
    const answer = type?.includes('json') === true ? ((await response.json()) as unknown) : null;
    return { status, type, allow: answered['allow'], answer };
  }

  for (const [name, body, headers] of REQUESTS) {
    it(`answers ${name} as Yoga does`, async () => {
      const expected = await answerOf(yoga.url, body, headers);
      expect(await answerOf(fast.url, body, headers)).toEqual(expected);
      const strict = { accept: 'application/graphql-response+json', ...headers };
      const strictly = await answerOf(yoga.url, body, strict);
      expect(await answerOf(fast.url, body, strict)).toEqual(strictly);
    });
  }

  it.each(ACCEPTS)('answers Accept: %s as Yoga does', async (accept) => {
    for (const query of ['{ __typename }', '{ nope }', '{ memories(first: -1) { totalCount } }']) {
      const expected = await answerOf(yoga.url, { query }, { accept });
      expect(await answerOf(fast.url, { query }, { accept })).toEqual(expected);
    }
  });

  it('leaves a subscription to Yoga, which streams it', async () => {
    const { status, type } = await answerOf(fast.url, { query: STREAM }, { accept: '*/*' });
    expect([status, type]).toEqual([200, 'text/event-stream']);
  });

  it('writes stored texts as they are', async () => {
    const answer = await answerOf(fast.url, { query: ONE, variables: { key: 'odd' } });
    const memory = (await manager.get('odd'))?.toJSON();
    expect(answer.answer).toEqual({
      data: {
        memory: {
          key: 'odd',
          value: memory?.['value'],
          valueText: JSON.stringify(memory?.['value']),
          metadata: memory?.['metadata'],
          version: 1,
        },
      },
    });
  });

  it('forgets a request whose client went away with half of its body', async () => {
    const { hostname, port } = new URL(fast.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query":`,
    );
    socket.end();
    await once(socket.resume(), 'close');
    expect((await answerOf(fast.url, { query: '{ __typename }' })).status).toBe(200);
  });
});
