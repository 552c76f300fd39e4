import { describe, expect, it } from 'vitest';
import { embeddableText } from '../../../src/engine/search/embeddable-text.ts';

const textOf = (key: string, value: unknown): string =>
  embeddableText({ key, valueText: JSON.stringify(value) });

describe('embeddableText', () => {
  it.each<[string, string, unknown, string]>([
    ['a text of four words', 'note-1', 'the sun goes down', 'the sun goes down'],
    ['a short text after its key', 'favourite_colour', 'blue', 'favourite colour blue'],
    ['a key in camel case', 'favouriteColour', 'blue', 'favourite Colour blue'],
    ['a key without words', 'k1', 'blue', 'blue'],
    ['numbers', 'roomTemperature', 21.5, 'room Temperature 21.5'],
    ['nothing of true and null', '1', [true, null], ''],
    [
      'leaves without names',
      'x',
      { who: 'Ada', what: ['plays', { a: 'the piano' }] },
      'Ada plays the piano',
    ],
    ['a key for an empty value', 'shopping/list', '', 'shopping list'],
    ['other scripts', 'ключ', 'да', 'ключ да'],
    ['white space around', 'k', '  the sun goes down \n', 'the sun goes down'],
  ])('takes %s', (_name, key, value, expected) => {
    expect(textOf(key, value)).toBe(expected);
  });

  it('is bounded, and cuts no character in half', () => {
    expect(textOf('k', 'word '.repeat(10_000))).toHaveLength(16_384);
    expect(textOf('k', `${'word '.repeat(10)} ${'🚀'.repeat(10_000)}`).isWellFormed()).toBe(true);
    expect(textOf('k', `a b c ${'🚀'.repeat(10_000)}`).isWellFormed()).toBe(true);
    expect(textOf('k', `a b c d ${'🚀'.repeat(10_000)}`).isWellFormed()).toBe(true);
    expect(textOf('k', `a b c de ${'🚀'.repeat(10_000)}`).isWellFormed()).toBe(true);
  });
});
