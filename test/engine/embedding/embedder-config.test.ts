import { describe, expect, it } from 'vitest';
import { embedderConfigSchema } from '../../../src/engine/embedding/embedder-config.ts';

describe('memory.embedder', () => {
  it('is the shipped table when it is not given', () => {
    expect(embedderConfigSchema.parse(undefined)).toEqual({ provider: 'static' });
  });

  it.each([
    [{ provider: 'static', path: 'table.bin' }, {}],
    [{ provider: 'none' }, {}],
    [
      { provider: 'openai', model: 'm' },
      {
        url: 'https://api.openai.com/v1',
        batch_size: 64,
        timeout: 10,
        retries: 3,
        query_prefix: '',
        document_prefix: '',
      },
    ],
    [
      { provider: 'transformers', model: 'onnx-community/all-MiniLM-L6-v2-ONNX' },
      {
        pooling: 'mean',
        batch_size: 16,
        query_prefix: '',
        document_prefix: '',
        allow_download: true,
        threads: 1,
        timeout: 60,
        load_timeout: 600,
      },
    ],
    [
      { provider: 'chroma', package: '@chroma-core/ollama', config: { any: [1, { thing: null }] } },
      { batch_size: 64, timeout: 30 },
    ],
    [
      { provider: 'chroma', package: './mine.js' },
      { config: {}, batch_size: 64, timeout: 30 },
    ],
  ])('takes %j', (input, defaults) => {
    expect(embedderConfigSchema.parse(input)).toEqual({ ...defaults, ...input });
  });

  const openai = { provider: 'openai', model: 'm' };
  const transformers = { provider: 'transformers', model: 'a/b' };
  const chroma = { provider: 'chroma', package: 'p' };
  it.each([
    [{}, 'provider'],
    [{ provider: 'magic' }, 'provider'],
    [{ provider: 'none', model: 'm' }, ''],
    [{ provider: 'static', path: '' }, 'path'],
    [{ provider: 'openai' }, 'model'],
    [{ ...openai, apiKey: 'k' }, ''],
    [{ ...openai, url: 'ftp://host/v1' }, 'url'],
    [{ ...openai, url: 'not a url' }, 'url'],
    [{ ...openai, url: 'https://user:pass@host/v1' }, 'url'],
    [{ ...openai, url: 'https://host/v1?key=secret' }, 'url'],
    [{ ...openai, api_key: 'two words' }, 'api_key'],
    [{ ...openai, api_key: '' }, 'api_key'],
    [{ ...openai, api_key_env: 'A B' }, 'api_key_env'],
    [{ ...openai, dimension: 8_193 }, 'dimension'],
    [{ ...openai, dimension: 0 }, 'dimension'],
    [{ ...openai, batch_size: 0 }, 'batch_size'],
    [{ ...openai, batch_size: 257 }, 'batch_size'],
    [{ ...openai, timeout: 0 }, 'timeout'],
    [{ ...openai, timeout: 601 }, 'timeout'],
    [{ ...openai, retries: 11 }, 'retries'],
    [{ ...openai, retries: 1.5 }, 'retries'],
    [{ ...openai, document_prefix: 'x'.repeat(1_001) }, 'document_prefix'],
    [{ ...transformers, model: 'a/b/c' }, 'model'],
    [{ ...transformers, model: 'https://host/model' }, 'model'],
    [{ ...transformers, dtype: 'q3' }, 'dtype'],
    [{ ...transformers, pooling: 'max' }, 'pooling'],
    [{ ...transformers, threads: 0 }, 'threads'],
    [{ ...transformers, load_timeout: 86_401 }, 'load_timeout'],
    [{ ...transformers, secret: 1 }, ''],
    [{ ...chroma, package: '' }, 'package'],
    [{ ...chroma, config: 'text' }, 'config'],
    [{ ...chroma, timeout: -1 }, 'timeout'],
  ])('refuses %j at %j', (input, path) => {
    const { error } = embedderConfigSchema.safeParse(input);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(JSON.stringify(error?.issues)).not.toMatch(/pass@|key=secret|two words/);
  });
});
