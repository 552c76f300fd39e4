import { describe, expect, it } from 'vitest';
import { withoutExclusions } from '../../src/engine/search/query-terms.ts';
import { openTestEngine } from '../support/open-test-engine.ts';

describe('what a query excludes', () => {
  it.each([
    ['piano -dog', 'piano'],
    ['piano -"guide dog" concert', 'piano   concert'],
    ['-dog piano', 'piano'],
    ['well-known', 'well-known'],
    ['minus -5 degrees', 'minus -5 degrees'],
    ['-dog', '-dog'],
    ['-dog -cat', '-dog -cat'],
  ])('is no part of what is embedded: %s', (query, embedded) => {
    expect(withoutExclusions(query)).toBe(embedded);
  });

  it.each(['TEXT', 'SEMANTIC', 'HYBRID'] as const)('is never a hit of %s', async (mode) => {
    const memories = (await openTestEngine()).namespace('main');
    await memories.store({ key: 'concert', value: 'She plays the piano at the concert' });
    await memories.store({ key: 'walk', value: 'The dog listens to the piano in the park' });
    const keysOf = async (query: string): Promise<readonly string[]> =>
      (await memories.recall({ query, mode })).hits.map(({ key }) => key).sort();
    expect(await keysOf('piano')).toEqual(['concert', 'walk']);
    expect(await keysOf('piano -dog')).toEqual(['concert']);
    expect(await keysOf('piano -"the park"')).toEqual(['concert']);
    expect(await keysOf('-dog')).toContain('walk');
  });
});
