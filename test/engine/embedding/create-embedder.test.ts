import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createEmbedder,
  type SlowEmbedderConfig,
} from '../../../src/engine/embedding/create-embedder.ts';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';
import { embedderConfigSchema } from '../../../src/engine/embedding/embedder-config.ts';
import { ValidationError } from '../../../src/engine/errors.ts';
import { OpenAiTestServer, right } from './openai-test-server.ts';

const opened: Embedder[] = [];
afterEach(async () => {
  for (const embedder of opened.splice(0)) await embedder.close();
});

function create(input: object, environment: Record<string, string | undefined> = {}): Embedder {
  const config = embedderConfigSchema.parse(input) as SlowEmbedderConfig;
  const embedder = createEmbedder(config, { directory: '/nowhere', environment });
  opened.push(embedder);
  return embedder;
}

const openai = { provider: 'openai', model: 'm' };
const transformers = { provider: 'transformers', model: 'owner/name' };
const chroma = { provider: 'chroma', package: '@chroma-core/ollama', config: { model: 'm' } };

describe('the name of a model', () => {
  it.each([
    [openai, /^openai\/m$/],
    [{ ...openai, dimension: 512 }, /^openai\/m@512$/],
    [transformers, /^transformers\/owner\/name#[0-9a-f]{12}$/],
    [{ ...transformers, model: '/var/models/owner/name' }, /^transformers\/owner\/name#/],
    [{ ...transformers, model: './owner/name/' }, /^transformers\/owner\/name#/],
    [chroma, /^chroma\/@chroma-core\/ollama\/m$/],
    [{ provider: 'chroma', package: 'p' }, /^chroma\/p$/],
  ])('of %j is short and readable', (config, name) => {
    expect(create(config).model).toMatch(name);
  });

  it.each([
    [openai, { model: 'n' }],
    [openai, { dimension: 3 }],
    [openai, { document_prefix: 'D: ' }],
    [transformers, { model: 'owner/other' }],
    [transformers, { dtype: 'q4' }],
    [transformers, { pooling: 'cls' }],
    [transformers, { document_prefix: 'D: ' }],
    [chroma, { package: 'other' }],
    [chroma, { export: 'X' }],
    [chroma, { config: { model: 'n' } }],
    [chroma, { config: { model: 'm', dimensions: 3 } }],
    [chroma, { config: { model: 'm', task: { kind: 'x' } } }],
    [chroma, { config: { model: 'm', maxTokens: 3 } }],
  ])('of %j changes with %j', (config, change) => {
    expect(create({ ...config, ...change }).model).not.toBe(create(config).model);
  });

  it.each([
    [openai, { url: 'http://localhost:11434/v1', api_key: 'secret', batch_size: 1, timeout: 1 }],
    [openai, { query_prefix: 'Q: ', retries: 0 }],
    [
      transformers,
      { model: '/elsewhere/owner/name', threads: 2, batch_size: 4, query_prefix: 'Q' },
    ],
    [transformers, { cache_directory: 'x', allow_download: false }],
    [
      chroma,
      {
        config: { model: 'm', url: 'http://x', apiKey: 'secret', apiKeyEnvVar: 'z', apiBase: 'y' },
        timeout: 2,
      },
    ],
  ])('of %j does not change with %j', (config, change) => {
    expect(create({ ...config, ...change }).model).toBe(create(config).model);
  });

  it('does not depend on the order of keys', () => {
    const one = create({ ...chroma, config: { a: 1, b: 2 } }).model;
    expect(create({ ...chroma, config: { b: 2, a: 1 } }).model).toBe(one);
  });
});

describe('the key of a server', () => {
  async function authorization(
    more: object,
    environment: Record<string, string | undefined>,
  ): Promise<string | undefined> {
    await using server = await OpenAiTestServer.start(right);
    const embedder = create({ ...openai, url: server.url, ...more }, environment);
    await embedder.embed(['x'], 'query', new AbortController().signal);
    return server.calls[0]?.headers.authorization;
  }

  it.each([
    [{}, {}, undefined],
    [{}, { OPENAI_API_KEY: '' }, undefined],
    [{}, { OPENAI_API_KEY: 'sk-of-openai' }, undefined],
    [{ api_key_env: 'OPENAI_API_KEY' }, { OPENAI_API_KEY: ' from-env\n' }, 'Bearer from-env'],
    [{ api_key_env: 'MY_KEY' }, { OPENAI_API_KEY: 'a', MY_KEY: 'b' }, 'Bearer b'],
    [{ api_key: 'direct' }, { OPENAI_API_KEY: 'a' }, 'Bearer direct'],
  ])('with %j and the environment %j', async (more, environment, expected) => {
    expect(await authorization(more, environment)).toBe(expected);
  });

  it.each([
    [{}, 'Bearer sk-of-openai'],
    [{ url: 'https://api.openai.com/v1/' }, 'Bearer sk-of-openai'],
    [{ url: 'https://API.OPENAI.COM:443/v1' }, 'Bearer sk-of-openai'],
    [{ url: 'http://api.openai.com/v1' }, null],
    [{ url: 'https://api.openai.com:8443/v1' }, null],
    [{ url: 'https://api.openai.com.example.org/v1' }, null],
    [{ url: 'https://eu.api.openai.com/v1' }, null],
    [{ url: 'https://example.org/https://api.openai.com/v1' }, null],
  ])('of OPENAI_API_KEY goes to its owner alone: %j', async (more, expected) => {
    let sent: Headers | undefined;
    vi.stubGlobal('fetch', async (_url: string, { headers }: { headers: HeadersInit }) => {
      sent = new Headers(headers);
      return Response.json({ data: [{ index: 0, embedding: [1, 2, 3] }] });
    });
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const embedder = create({ ...openai, ...more }, { OPENAI_API_KEY: 'sk-of-openai' });
    await embedder.embed(['x'], 'query', new AbortController().signal);
    expect(sent?.get('authorization')).toBe(expected);
  });

  it('is refused without being shown when no header can carry it', () => {
    const make = (): Embedder => create(openai, { OPENAI_API_KEY: 'two words' });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/OPENAI_API_KEY holds characters/);
    expect(make).not.toThrow(/two words/);
  });
});
