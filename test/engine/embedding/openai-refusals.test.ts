import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { caught } from './caught.ts';
import { type Answer, right } from './openai-test-server.ts';
import { items, KEY, never, startOpenAi, status } from './start-open-ai.ts';

describe('a refusal', () => {
  it.each<[string, Answer, string, RegExp]>([
    [
      'status 400',
      status(400, { error: { message: 'no such model' } }),
      'REFUSED',
      /400: no such model/,
    ],
    [
      'status 404 as Ollama writes it',
      status(404, { error: 'pull it' }),
      'REFUSED',
      /404: pull it/,
    ],
    [
      'a redirect',
      status(302, '', { location: 'http://127.0.0.1:1/' }),
      'REFUSED',
      /answered 302$/,
    ],
    ['other than JSON', status(200, '<html>not an API</html>'), 'ANSWER', /is not JSON/],
    ['other JSON', status(200, { vectors: [] }), 'ANSWER', /no `data` list/],
    ['JSON null', status(200, 'null'), 'ANSWER', /no `data` list/],
    ['too few vectors', status(200, { data: [] }), 'ANSWER', /0 vectors for 2 texts/],
    [
      'an index twice',
      items((item) => ({ ...item, index: 0 })),
      'ANSWER',
      /no vector with index 1/,
    ],
    ['an index beyond', items((item) => ({ ...item, index: item.index + 1 })), 'ANSWER', /index 0/],
    [
      'NaN, which JSON writes as null',
      items((item) => ({ ...item, embedding: [1, null, 2] })),
      'VECTOR',
      /finite/,
    ],
    [
      '1e999',
      status(200, '{"data":[{"embedding":[1e999,1]},{"embedding":[1,1]}]}'),
      'VECTOR',
      /finite/,
    ],
    ['zeros', items((item) => ({ ...item, embedding: [0, 0, -0] })), 'VECTOR', /is zero/],
    ['no vector', items((item) => ({ ...item, embedding: [] })), 'VECTOR', /has 0 numbers/],
    ['base64', items((item) => ({ ...item, embedding: 'AAAA' })), 'VECTOR', /not a list/],
    [
      'lengths that differ',
      items((item) => ({ ...item, embedding: Array(item.index + 2).fill(1) })),
      'VECTOR',
      /has 3 numbers where 2/,
    ],
    ['an endless body', (_, response) => flood(response), 'ANSWER', /longer than \d+ bytes/],
  ])('of %s is not repeated', async (_, answer, reason, message) => {
    const { embedder, server } = await startOpenAi([answer]);
    const error = await caught(embedder.embed(['first', 'second'], 'document', never()));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      retryable: false,
      data: { reason, embedder: 'openai/nomic-embed-text' },
    });
    expect(server.calls).toHaveLength(1);
  });

  it('of a vector names its text in the whole list', async () => {
    const bad = items((item) => ({ ...item, embedding: [0] }));
    const good = items((item) => ({ ...item, embedding: [1] }));
    const { embedder } = await startOpenAi([good, bad], { batch_size: 2 });
    const error = await caught(embedder.embed(['a', '', 'b', 'c'], 'document', never()));
    expect(error.data).toMatchObject({ reason: 'VECTOR', text: 3 });
  });

  it.each([
    ['than configured', [right], { dimension: 4 }, /3 numbers where 4/],
    [
      'than before',
      [right, items((item) => ({ ...item, embedding: [1, 2] }))],
      {},
      /2 numbers where 3/,
    ],
  ])('of another dimension %s', async (_, answers, more, message) => {
    const { embedder } = await startOpenAi(answers, more);
    const twice = async (): Promise<void> => {
      await embedder.embed(['a'], 'query', never());
      await embedder.embed(['a'], 'query', never());
    };
    const error = await caught(twice());
    expect(error.message).toMatch(message);
    expect(error.retryable).toBe(false);
  });

  it('shows neither the key nor a text, whatever the server says', async () => {
    const text = 'my private diary entry';
    const said = { error: { message: `${KEY} may not embed "${text}"\r\nline two` } };
    const { embedder } = await startOpenAi([status(400, said), status(401, said)]);
    const errors = [
      await caught(embedder.embed([text], 'document', never())),
      await caught(embedder.embed([text], 'document', never())),
    ];
    for (const error of errors) {
      const shown = JSON.stringify([error.message, error.data, error.remedy, error.stack]);
      expect(shown).not.toContain(KEY);
      expect(shown).not.toContain('diary');
      expect(error.cause).toBeUndefined();
    }
    expect(errors[0]?.message).toMatch(/answered 400: \[…\] may not embed "\[…\]" line two$/);
    expect(errors[1]?.message).toMatch(/answered 401$/);
    expect(errors[1]?.remedy).toContain('api_key');
  });
});

/** Writes until the client has had enough. */
function flood(response: ServerResponse): void {
  response.writeHead(200);
  const chunk = ' '.repeat(65_536);
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}
