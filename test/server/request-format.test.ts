import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/start-test-server.ts';
import { type Answer, codesOf, post, read } from '../support/test-client.ts';

const QUERY = { query: '{ health { state } }' };
const JSON_TYPE = 'application/json';

describe('the form of a request', () => {
  const refused: readonly [
    name: string,
    status: number,
    code: string,
    body: unknown,
    headers: Record<string, string>,
  ][] = [
    [
      'another charset',
      415,
      'UNSUPPORTED_CHARSET',
      QUERY,
      { 'content-type': `${JSON_TYPE}; charset="ISO-8859-1"` },
    ],
    ['a compressed body', 415, 'UNSUPPORTED_ENCODING', QUERY, { 'content-encoding': 'gzip' }],
    [
      'an unknown media type',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      QUERY,
      { 'content-type': 'application/xml' },
    ],
    [
      'what a page of another site could send',
      403,
      'CROSS_SITE_REQUEST',
      QUERY,
      { 'content-type': 'text/plain' },
    ],
    [
      'a type that nobody reads, allowed by a header',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      QUERY,
      { 'content-type': 'text/plain', 'x-trinitas-csrf': '1' },
    ],
  ];
  it('is refused where it would be read wrongly, with what to do', async () => {
    const { url } = await startTestServer();
    for (const [name, status, code, body, headers] of refused) {
      const answer = await post(url, body, headers);
      expect({ name, status: answer.status, codes: codesOf(answer) }).toEqual({
        name,
        status,
        codes: [code],
      });
      expect(answer.errors[0]?.extensions?.['remedy']).toContain('Send');
    }
  });

  for (const type of [JSON_TYPE, `${JSON_TYPE};charset=utf-8`]) {
    it(`stores no other bytes than were sent, as ${type}`, async () => {
      const { url } = await startTestServer();
      const text =
        '{"query":"mutation { storeMemory(input: { key: \\"bytes\\", value: \\"\u00ff\\" }) { __typename } }"}';
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type },
        body: Buffer.from(text, 'latin1'),
      });
      const answer = await read(response);
      expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
        status: 400,
        codes: ['BAD_REQUEST'],
      });
      expect(answer.errors[0]?.extensions?.['remedy']).toContain('UTF-8');
      const stored = await post(url, { query: '{ memory(by: { key: "bytes" }) { key } }' });
      expect(stored.data).toEqual({ memory: null });
      // The same text in UTF-8 is fine by this way too.
      expect((await post(url, text, { 'content-type': type })).data).toEqual({
        storeMemory: { __typename: 'WritePayload' },
      });
      await post(url, {
        query: 'mutation { deleteMemory(input: { by: { key: "bytes" } }) { __typename } }',
      });
    });
  }

  it('has a media type in whatever case, with space behind it or none', async () => {
    const { url } = await startTestServer();
    for (const type of [
      'Application/JSON',
      'APPLICATION/JSON; Charset=UTF-8',
      'application/json ; charset=utf-8',
    ]) {
      const answer = await post(url, { query: '{ __typename }' }, { 'content-type': type });
      expect({ status: answer.status, data: answer.data }).toEqual({
        status: 200,
        data: { __typename: 'Query' },
      });
    }
    const simple = await post(url, QUERY, { 'content-type': 'Text/Plain' });
    expect(codesOf(simple)).toEqual(['CROSS_SITE_REQUEST']);
  });

  it('is refused when its answer would not be taken, before it runs, with what to accept', async () => {
    const { url } = await startTestServer();
    const mutation = 'mutation { storeMemory(input: { key: "unread", value: 1 }) { __typename } }';
    for (const accept of ['text/html', 'application/json;charset=latin1', 'image/*, text/csv']) {
      const answer = await post(url, { query: mutation }, { accept });
      expect({ accept, status: answer.status, codes: codesOf(answer) }).toEqual({
        accept,
        status: 406,
        codes: ['NOT_ACCEPTABLE'],
      });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.errors[0]?.extensions?.['remedy']).toContain('"accept: application/json"');
    }
    const stored = await post(url, { query: '{ memory(by: { key: "unread" }) { key } }' });
    expect(stored.data).toEqual({ memory: null });
    for (const accept of ['application/*', 'text/html, */*;q=0.8', 'Application/JSON'])
      expect((await post(url, QUERY, { accept })).status, accept).toBe(200);
  });

  it('begins no stream for a client that accepts none', async () => {
    const { url } = await startTestServer({ limits: { subscriptionsPerClient: 1 } });
    const query = 'subscription { stats(intervalMs: 60000) { windowSeconds } }';
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await post(url, { query }, { accept });
      expect({ accept, status: answer.status, codes: codesOf(answer) }).toEqual({
        accept,
        status: 406,
        codes: ['NOT_ACCEPTABLE'],
      });
      expect(answer.errors[0]?.extensions?.['remedy']).toContain('"accept: text/event-stream"');
    }
    // The only place is still free.
    const stream = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    const reader = stream.body?.getReader();
    let text = '';
    while (!text.includes('event: next')) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) break;
      text += Buffer.from(chunk.value).toString();
    }
    await reader?.cancel();
    expect(text).toContain('windowSeconds');
  });

  it('says that parameters of a URL are no JSON', async () => {
    const { url } = await startTestServer();
    const get = async (query: string): Promise<Answer<unknown>> =>
      await read(await fetch(`${url}?query=%7B__typename%7D&${query}`));
    for (const parameter of ['variables', 'extensions']) {
      const answer = await get(`${parameter}=%7B`);
      expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
        status: 400,
        codes: ['BAD_REQUEST'],
      });
      expect(answer.errors[0]?.extensions?.['remedy']).toContain('JSON');
    }
    expect((await get('variables=%7B%7D')).data).toEqual({ __typename: 'Query' });
  });

  it('allows no other method, whether it has a body or not', async () => {
    const { url } = await startTestServer();
    for (const method of ['DELETE', 'PUT', 'OPTIONS', 'HEAD']) {
      const status = await new Promise((resolve, reject) => {
        const request = httpRequest(url, { method }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.once('error', reject).end();
      });
      expect(status, method).toBe(405);
    }
  });

  it('takes nesting that overflows the stack of the parser for the fault of the client', async () => {
    const { url } = await startTestServer();
    for (const query of ['{a'.repeat(4_000), `{ node(id: ${'['.repeat(4_000)}`]) {
      const answer = await post(url, { query });
      expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
        status: 400,
        codes: ['DEPTH_LIMIT_EXCEEDED'],
      });
    }
  });
});
