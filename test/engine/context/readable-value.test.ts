import { describe, expect, it } from 'vitest';
import {
  MAX_MEMORY_TEXT_BYTES,
  readableValue,
} from '../../../src/engine/context/readable-value.ts';

describe('a value for a reader', () => {
  it.each([
    ['plain words', 'plain words'],
    ['two\nlines\t and\u2028more\u0007', 'two lines and more '],
    [12.5, '12.5'],
    [12345678901234567890n, '12345678901234567890'],
    [true, 'true'],
    [null, 'null'],
    ['', ''],
    [['a', 1, ['b']], 'a, 1, (b)'],
    [
      { name: 'Ada', born: { year: 1815, in: 'London' }, likes: ['maths', 'horses'] },
      'name: Ada; born: (year: 1815; in: London); likes: (maths, horses)',
    ],
    ['\ufeffmarked', 'marked'],
    ['half \ud83d pair', 'half \ufffd pair'],
    ['東京都\n京都市', '東京都 京都市'],
  ])('reads %o as %j', (value, text) => {
    expect(readableValue(value)).toEqual({ text: text.trim(), truncated: false });
  });

  it.each([
    ['a'.repeat(MAX_MEMORY_TEXT_BYTES), false],
    ['a'.repeat(MAX_MEMORY_TEXT_BYTES + 1), true],
    ['日'.repeat(2_000), true],
    ['😀'.repeat(1_100), true],
    [`${' '.repeat(9_000)}beyond`, true],
    ['x'.repeat(1_000_000), true],
    [Array.from({ length: 100_000 }, (_, index) => `item ${index}`), true],
    [Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, at])), true],
  ])('is bounded and says whether it was cut (case %#)', (value, truncated) => {
    const result = readableValue(value);
    expect(result.truncated).toBe(truncated);
    expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(MAX_MEMORY_TEXT_BYTES);
    expect(result.text.endsWith('…')).toBe(truncated);
    expect(result.text.isWellFormed()).toBe(true);
  });

  it('uses the room it has', () => {
    const { text } = readableValue('日'.repeat(2_000));
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_MEMORY_TEXT_BYTES - 4);
  });
});
