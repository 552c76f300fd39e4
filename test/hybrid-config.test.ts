import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { toEngineOptions } from '../src/engine/index.ts';

const load = (environment: Record<string, string>) => loadConfig({ environment, directory: '/' });

describe('the configuration of Redis and Chroma', () => {
  it('has its defaults', () => {
    expect(toEngineOptions(load({}))).toMatchObject({
      commitMode: 'available',
      prepareTimeoutMs: 500,
      redisSections: ['working_memory', 'cache', 'performance_metrics'],
    });
  });

  it('is read from variables', () => {
    const config = load({
      TRINITAS_MEMORY__COMMIT_MODE: 'strict',
      TRINITAS_MEMORY__PREPARE_TIMEOUT: '1.5',
      TRINITAS_MEMORY__REDIS_SECTIONS: 'cache, semantic_memory',
    });
    expect(toEngineOptions(config)).toMatchObject({
      commitMode: 'strict',
      prepareTimeoutMs: 1_500,
      redisSections: ['cache', 'semantic_memory'],
    });
  });

  it.each([
    ['COMMIT_MODE', 'eventual'],
    ['PREPARE_TIMEOUT', '0'],
    ['PREPARE_TIMEOUT', '11'],
    ['REDIS_SECTIONS', 'attic'],
  ])('names %s=%s as wrong', (key, text) => {
    const name = `TRINITAS_MEMORY__${key}`;
    const problem = new RegExp(`memory\\.${key.toLowerCase()}.*\\(from ${name}\\)`);
    expect(() => load({ [name]: text })).toThrow(problem);
  });
});
