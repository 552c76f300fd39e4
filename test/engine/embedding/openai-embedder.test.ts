import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/gate.ts';
import { caught } from './caught.ts';
import { type Answer, right, send, vectorOf } from './openai-test-server.ts';
import { items, KEY, never, startOpenAi, status } from './start-open-ai.ts';

function unit(text: string): readonly number[] {
  const vector = vectorOf(text);
  const length = Math.hypot(...vector);
  return [...Float32Array.from(vector, (value) => value / length)];
}

const vectorsOf = (vectors: readonly (Float32Array | null)[]) =>
  vectors.map((vector) => vector && [...vector]);

describe('a right answer', () => {
  it('gives unit vectors in the order of the texts', async () => {
    const { embedder, server } = await startOpenAi([right]);
    const vectors = await embedder.embed(['one', 'three', 'x'], 'document', never());
    expect(vectorsOf(vectors)).toEqual([unit('one'), unit('three'), unit('x')]);
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: { model: 'nomic-embed-text', input: ['one', 'three', 'x'], encoding_format: 'float' },
    });
    expect(server.calls[0]?.body).not.toHaveProperty('dimensions');
  });

  it('may come in any order of index, and without one', async () => {
    const reversed: Answer = ({ body }, response) => {
      const data = body.input.map((text, index) => ({ index, embedding: vectorOf(text) }));
      send(response, 200, { data: data.toReversed() });
    };
    const bare = items(({ embedding }) => ({ embedding }));
    const { embedder } = await startOpenAi([reversed, bare]);
    for (let round = 0; round < 2; round++) {
      const vectors = await embedder.embed(['a', 'bb', 'ccc'], 'document', never());
      expect(vectorsOf(vectors)).toEqual([unit('a'), unit('bb'), unit('ccc')]);
    }
  });

  it('is asked for in batches, without the blank texts', async () => {
    const { embedder, server } = await startOpenAi([right], { batch_size: 2 });
    const texts = ['a', ' \n', 'bb', 'ccc', '', 'dddd', 'e'];
    const vectors = await embedder.embed(texts, 'document', never());
    expect(server.calls.map(({ body }) => body.input)).toEqual([
      ['a', 'bb'],
      ['ccc', 'dddd'],
      ['e'],
    ]);
    expect(vectorsOf(vectors)).toEqual(
      texts.map((text) => (text.trim() === '' ? null : unit(text))),
    );
    expect(await embedder.embed([], 'query', never())).toEqual([]);
    expect(server.calls).toHaveLength(3);
  });

  it('is asked for with the prefix of its purpose, with the dimension, and without a key when there is none', async () => {
    const more = { query_prefix: 'Q: ', document_prefix: 'D: ', dimension: 3 };
    const { embedder, server } = await startOpenAi([right], more, null);
    await embedder.embed(['x'], 'query', never());
    await embedder.embed(['x'], 'document', never());
    expect(server.calls.map(({ body }) => body.input)).toEqual([['Q: x'], ['D: x']]);
    expect(server.calls[0]).toMatchObject({ path: '/v1/embeddings', body: { dimensions: 3 } });
    expect(server.calls[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('another attempt', () => {
  it.each([
    ['500', status(500)],
    ['503 with a page', status(503, '<html>')],
    ['429 with retry-after', status(429, {}, { 'retry-after': '0' })],
    ['429 with a date', status(429, {}, { 'retry-after': new Date(0).toUTCString() })],
    ['408', status(408)],
    ['a closed socket', ((_, response) => response.socket?.destroy()) satisfies Answer],
    [
      'a body that breaks off',
      ((_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"data":', () => response.socket?.destroy());
      }) satisfies Answer,
    ],
  ])('follows %s', async (_, first) => {
    const { embedder, server } = await startOpenAi([first, right]);
    expect(vectorsOf(await embedder.embed(['a'], 'query', never()))).toEqual([unit('a')]);
    expect(server.calls).toHaveLength(2);
  });

  it('follows a timeout', async () => {
    const { embedder, server } = await startOpenAi([() => {}, right], { timeout: 1 });
    expect(vectorsOf(await embedder.embed(['a'], 'query', never()))).toEqual([unit('a')]);
    expect(server.calls).toHaveLength(2);
  });

  it('is made as often as configured, for one batch alone', async () => {
    const busy = status(429, { error: { message: 'slow down' } }, { 'retry-after': '0' });
    const { embedder, server } = await startOpenAi([right, busy], { batch_size: 1, retries: 2 });
    const error = await caught(embedder.embed(['a', 'b', 'c'], 'document', never()));
    expect(server.calls.map(({ body }) => body.input[0])).toEqual(['a', 'b', 'b', 'b']);
    expect(error).toMatchObject({ retryable: true, data: { reason: 'REFUSED', status: 429 } });
    expect(error.message).toContain('slow down');
  });

  it('is left to the caller when the server wants a long pause', async () => {
    const { embedder, server } = await startOpenAi([
      status(429, {}, { 'retry-after': '3600' }),
      right,
    ]);
    const error = await caught(embedder.embed(['a'], 'query', never()));
    expect(error).toMatchObject({ retryable: true, data: { retryAfterMs: 3_600_000 } });
    expect(server.calls).toHaveLength(1);
  });
});

describe('an end', () => {
  it('comes with the timeout when the server hangs, before or inside its answer', async () => {
    const half: Answer = (_, response) => {
      response.writeHead(200);
      response.write('{"data":[');
    };
    const { embedder } = await startOpenAi([() => {}, half], { timeout: 0.1, retries: 0 });
    for (let round = 0; round < 2; round++) {
      const error = await caught(embedder.embed(['a'], 'query', never()));
      expect(error).toMatchObject({ retryable: true, data: { reason: 'TIMEOUT' } });
    }
  });

  it('comes with the abort of the caller, and the server sees the connection go', async () => {
    const arrived = new Gate();
    const gone = new Gate();
    const { embedder, server } = await startOpenAi([
      (_, response) => {
        void once(response, 'close').then(() => gone.open());
        arrived.open();
      },
    ]);
    const controller = new AbortController();
    const reason = new Error('nobody waits');
    const call = embedder.embed(['a'], 'query', controller.signal);
    await arrived.opened;
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await gone.opened;
    await expect(embedder.embed(['a'], 'query', controller.signal)).rejects.toBe(reason);
    expect(server.calls).toHaveLength(1);
  });

  it('comes with the abort during a pause between attempts', async () => {
    const controller = new AbortController();
    const pause: Answer = (_, response) => {
      send(response, 503, {}, { 'retry-after': '29' });
      setImmediate(() => controller.abort(new Error('enough')));
    };
    const { embedder, server } = await startOpenAi([pause, right]);
    await expect(embedder.embed(['a'], 'query', controller.signal)).rejects.toThrow('enough');
    expect(server.calls).toHaveLength(1);
  });

  it('comes with close, for what runs and what follows', async () => {
    const arrived = new Gate();
    const { embedder } = await startOpenAi([() => arrived.open()]);
    const running = caught(embedder.embed(['a'], 'query', never()));
    await arrived.opened;
    await embedder.close();
    await embedder.close();
    const later = caught(embedder.embed(['a'], 'query', never()));
    for (const error of [await running, await later]) {
      expect(error).toMatchObject({ retryable: false, data: { reason: 'CLOSED' } });
    }
  });

  it('is clear when nobody listens', async () => {
    const { embedder, server } = await startOpenAi([right], { retries: 0 });
    await server.close();
    const error = await caught(embedder.embed(['a'], 'query', never()));
    expect(error.message).toMatch(/127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect(error).toMatchObject({ retryable: true, data: { reason: 'UNREACHABLE' } });
  });
});
