import { describe, expect, it } from 'vitest';
import { engineConfigSchema, ValidationError } from '../../src/engine/index.ts';
import { embedderName, evaluationOptions } from '../../src/evaluation/evaluation-store.ts';

const configOf = (memory: object) => engineConfigSchema.parse({ memory });

describe('the engine of an evaluation', () => {
  it('is the configured one without what would blur or share the measurement', () => {
    const config = configOf({
      backend: 'hybrid',
      cache_size: 500,
      max_connections: 3,
      embedder: { provider: 'none' },
    });
    expect(evaluationOptions(config, undefined)).toMatchObject({
      backend: 'sqlite',
      cacheSize: 0,
      maxConnections: 3,
      embedder: { provider: 'none' },
    });
    const sync = configOf({ backend: 'sqlite_sync' });
    expect(evaluationOptions(sync, undefined).backend).toBe('sqlite_sync');
  });

  it.each([
    [{ provider: 'none' }, 'none'],
    [{ provider: 'static' }, 'static'],
    [{ provider: 'static', path: './mine.bin' }, 'static ./mine.bin'],
    [{ provider: 'openai', model: 'small', api_key: 'sk-secret' }, 'openai small'],
    [{ provider: 'transformers', model: './model' }, 'transformers ./model'],
    [{ provider: 'chroma', package: '@a/b', config: { token: 'secret' } }, 'chroma @a/b'],
  ])('names the embedder %j and keeps its secrets', (embedder, name) => {
    // Another one is configured: the given one takes its place as a whole.
    const config = configOf({ embedder: { provider: 'openai', model: 'large' } });
    expect(embedderName(evaluationOptions(config, embedder))).toBe(name);
  });

  it('refuses an embedder that does not exist', () => {
    expect(() => evaluationOptions(configOf({}), { provider: 'none', model: 'a' })).toThrow(
      ValidationError,
    );
  });
});
