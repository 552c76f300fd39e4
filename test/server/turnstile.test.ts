import { EventEmitter, once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { Turnstile } from '../../src/server/turnstile.ts';
import { startTestServer } from '../support/start-test-server.ts';

async function ask(url: string, agent: Agent): Promise<string> {
  const body = JSON.stringify({ query: '{ memories(first: 1) { totalCount } }' });
  return await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    request(url, { agent, method: 'POST', headers }, (response) =>
      text(response).then(resolve, reject),
    )
      .once('error', reject)
      .end(body);
  });
}

/** A server of the turnstile alone; `arrived` is told of each request after it entered. */
async function startGate(
  begin: (path: string) => void,
  arrived: (turnstile: Turnstile) => void = () => undefined,
): Promise<number> {
  const turnstile = new Turnstile(10_000);
  const server = createServer((incoming, response) => {
    turnstile.enter(
      incoming,
      () => {
        begin(incoming.url ?? '');
        response.end();
      },
      (waitMs) => response.writeHead(503).end(String(waitMs)),
    );
    arrived(turnstile);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** Requests that arrive together, because they are sent in one piece. */
function pipelined(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `GET /${index} HTTP/1.1\r\nhost: x\r\n\r\n`,
  ).join('');
}

it('answers new connections while many others ask again and again', async () => {
  const { url } = await startTestServer({ logLevel: 'warn' });
  const kept = new Agent({ keepAlive: true });
  const fresh = new Agent();
  onTestFinished(() => {
    kept.destroy();
    fresh.destroy();
  });
  const callers = 100;
  const newcomers = 40;
  let answered = 0;
  let over = false;
  const loops = Array.from({ length: callers }, async () => {
    while (!over) {
      await ask(url, kept);
      answered += 1;
    }
  });
  await expect.poll(() => answered, { timeout: 20_000 }).toBeGreaterThan(callers * 2);
  const before = answered;
  const answers = await Promise.all(Array.from({ length: newcomers }, () => ask(url, fresh)));
  const meanwhile = answered - before;
  over = true;
  await Promise.all(loops);
  expect(new Set(answers)).toEqual(new Set(['{"data":{"memories":{"totalCount":0}}}']));
  // One connection a turn, with all callers answered in each, would be callers * newcomers.
  expect(meanwhile).toBeLessThan(callers * 10);
});

it('begins requests in their order, some in each turn', async () => {
  const count = 100;
  const begun: string[] = [];
  const turns: number[] = [];
  const course = new EventEmitter();
  const done = once(course, 'done');
  const port = await startGate((path) => {
    if (begun.push(path) === 1) {
      const turn = (): void => {
        turns.push(begun.length);
        if (begun.length < count) setImmediate(turn);
        else course.emit('done');
      };
      setImmediate(turn);
    }
  });
  const socket = connect(port, '127.0.0.1', () => socket.write(pipelined(count)));
  onTestFinished(() => void socket.destroy());
  await done;
  expect(begun).toEqual(Array.from({ length: count }, (_, index) => `/${index}`));
  const together = turns.map((sum, index) => sum - (turns[index - 1] ?? 0));
  expect(Math.max(...together)).toBeLessThan(count / 2);
});

it('drops a request whose client went before its turn', async () => {
  const begun: string[] = [];
  let waited = 0;
  const course = new EventEmitter();
  const queued = once(course, 'queued');
  const port = await startGate(
    (path) => {
      if (begun.push(path) === 1) socket.destroy();
    },
    (turnstile) => {
      waited = Math.max(waited, turnstile.waiting);
      if (turnstile.waiting === 80) course.emit('queued', turnstile);
    },
  );
  const socket = connect(port, '127.0.0.1', () => socket.write(pipelined(200)));
  const [turnstile] = (await queued) as [Turnstile];
  await expect.poll(() => turnstile.waiting).toBe(0);
  expect(waited).toBeGreaterThan(80);
  expect(begun.length).toBeLessThan(waited);
});

it('refuses what would wait too long, before it is read, and does all of the rest', async () => {
  const { url } = await startTestServer({ limits: { requestWaitMs: 20 }, logLevel: 'warn' });
  const { hostname, port } = new URL(url);
  const count = 400;
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const bodies = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      query: `mutation { storeMemory(input: { key: "k${index}", value: 1 }) { __typename } }`,
    }),
  );
  const head = 'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n';
  for (const body of bodies) socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  let told = '';
  const statuses = () => told.match(/HTTP\/1\.1 \d+/g) ?? [];
  socket.on('data', (data) => {
    told += data;
  });
  // A probe is answered meanwhile.
  expect((await fetch(new URL('/-/live', url))).status).toBe(200);
  await expect.poll(() => statuses().length, { timeout: 20_000 }).toBe(count);
  const answered = statuses().filter((line) => line.endsWith('200')).length;
  const refused = statuses().filter((line) => line.endsWith('503')).length;
  expect(answered + refused).toBe(count);
  expect(answered).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
  expect(told.match(/"code":"OVERLOADED","retryable":true,"retryAfterMs":\d+/g)).toHaveLength(
    refused,
  );
  expect(told.match(/retry-after: 1\r/g)).toHaveLength(refused);
  const { data } = (await (
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ memories(first: 1) { totalCount } stats { requests { waiting refused } } }"}',
    })
  ).json()) as { readonly data: unknown };
  // What was refused was not stored, and what was answered was.
  expect(data).toEqual({
    memories: { totalCount: answered },
    stats: { requests: { waiting: 0, refused } },
  });
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  expect(metrics).toContain(`\ntrinitas_http_requests_refused_total ${refused}\n`);
});
