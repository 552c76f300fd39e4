import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { FrameSocket } from '../support/frame-socket.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, post, read } from '../support/test-client.ts';

const FOREIGN = 'https://evil.example';
const FRIEND = 'https://app.example';
const QUERY = '{ health { state } }';

it('refuses the simple requests that a foreign page can send without asking', async () => {
  const { url } = await startTestServer();
  const mutation = 'mutation { storeMemory(input: { key: "csrf", value: 1 }) { __typename } }';
  const simple = [
    ['text/plain', JSON.stringify({ query: mutation })],
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(mutation)}`],
    [
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"${QUERY}"}\r\n--x--`,
    ],
  ] as const;
  for (const [type, body] of simple) {
    const answer = await post(url, body, { 'content-type': type });
    expect(answer.status, type).toBe(403);
  }
  const stored = await post(url, { query: '{ memory(by: { key: "csrf" }) { key } }' });
  expect(stored.data).toEqual({ memory: null });
});

it('allows a form when a header shows that it was allowed to ask', async () => {
  const { url } = await startTestServer();
  const answer = await post(url, `query=${encodeURIComponent(QUERY)}`, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-trinitas-csrf': '1',
  });
  expect(answer.data).toEqual({ health: { state: 'OK' } });
});

it('refuses a GET that the browser marks as coming from another site', async () => {
  const { url } = await startTestServer();
  const get = async (headers: Record<string, string>): Promise<number | undefined> => {
    const request = httpRequest(`${url}?query=${encodeURIComponent(QUERY)}`, {
      headers: { accept: 'application/json', ...headers },
    });
    request.end();
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await get({})).toBe(200);
  expect(await get({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await get({ 'sec-fetch-site': 'none' })).toBe(200);
  expect(await get({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await get({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await get({ origin: FOREIGN })).toBe(403);
  expect(await get({ origin: FOREIGN, 'x-trinitas-csrf': '1' })).toBe(200);
});

it('gives no CORS headers by default', async () => {
  const { url } = await startTestServer();
  const answer = await post(url, { query: QUERY }, { origin: FOREIGN });
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
    [],
  );
});

it('lets only the listed origins read answers, without cookies', async () => {
  const { url } = await startTestServer({ corsOrigins: [FRIEND, 'https://other.example'] });
  const friend = await post(url, { query: QUERY }, { origin: FRIEND });
  expect(friend.headers.get('access-control-allow-origin')).toBe(FRIEND);
  expect(friend.headers.get('access-control-allow-credentials')).not.toBe('true');
  const foreign = await post(url, { query: QUERY }, { origin: FOREIGN });
  expect(foreign.headers.get('access-control-allow-origin')).not.toBe(FOREIGN);
  expect(foreign.headers.get('access-control-allow-origin')).not.toBe('*');
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: FRIEND,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(FRIEND);
  expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
    'content-type',
  );
});

it('opens WebSockets only for its own origin, listed ones, and clients that are no browsers', async () => {
  const { url } = await startTestServer({ corsOrigins: [FRIEND] });
  const own = new URL(url).origin;
  for (const origin of [undefined, own, FRIEND]) {
    const socket = new FrameSocket(
      url,
      'graphql-transport-ws',
      origin === undefined ? {} : { origin },
    );
    await once(socket.socket, 'open');
  }
  for (const origin of [FOREIGN, 'null', 'http://127.0.0.1:1', `${FRIEND}.evil.example`]) {
    const socket = new FrameSocket(url, 'graphql-transport-ws', { origin });
    const [error] = await once(socket.socket, 'error');
    expect(String(error), origin).toContain('403');
  }
});

it('answers only to names of this machine, so that DNS rebinding finds nobody', async () => {
  const { url } = await startTestServer();
  const { hostname, port } = new URL(url);
  const ask = async (host: string): Promise<number | undefined> => {
    const request = httpRequest({
      hostname,
      port,
      path: '/graphql',
      method: 'POST',
      headers: { host, 'content-type': 'application/json' },
    });
    request.end(JSON.stringify({ query: QUERY }));
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await ask(`127.0.0.1:${port}`)).toBe(200);
  expect(await ask(`localhost:${port}`)).toBe(200);
  expect(await ask(`[::1]:${port}`)).toBe(200);
  expect(await ask(`evil.example:${port}`)).toBe(421);
  expect(await ask('127.0.0.1.evil.example')).toBe(421);
  const socket = new FrameSocket(url, 'graphql-transport-ws', {
    headers: { host: `evil.example:${port}` },
    origin: `http://evil.example:${port}`,
  });
  const [error] = await once(socket.socket, 'error');
  expect(String(error)).toContain('421');
});

it('may not be framed', async () => {
  const { url } = await startTestServer();
  const answer = await read(await fetch(url, { headers: { accept: 'text/html' } }));
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(codesOf(answer)).toEqual([]);
});
