import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchableText } from '../../../src/engine/search/searchable-text.ts';
import { foldText, normalizeText } from '../../../src/engine/search/text-normalize.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

describe('foldText', () => {
  it.each([
    ['Hello World', 'hello world'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ﾃﾞｰﾀ', 'データ'],
    ['ﬁne', 'fine'],
    ['CAFE\u0301', 'café'],
    ['a\0b', 'ab'],
    ['é\0', 'é'],
    ['', ''],
  ])('%j becomes %j', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });
});

describe('normalizeText', () => {
  it.each([
    ['plain text', 'plain text'],
    ['東京', ' 東京 京 '],
    ['東京都', ' 東京 京都 都 '],
    ['京', ' 京 '],
    ['iPhoneを買う', 'iphone を買 買う う '],
    ['ﾗｰﾒﾝ', ' ラー ーメ メン ン '],
    ['佐々木', ' 佐々 々木 木 '],
    ['𠮷野', ' 𠮷野 野 '],
    ['학교에서 공부', ' 학교 교에 에서 서   공부 부 '],
    ['東京、大阪', ' 東京 京 、 大阪 阪 '],
  ])('%j becomes %j', (text, normalized) => {
    expect(normalizeText(text)).toBe(normalized);
  });

  it('keeps カキ apart from ガギ', () => {
    expect(normalizeText('ガギ')).not.toContain('カキ');
  });
});

describe('searchableText', () => {
  it.each([
    ['"plain"', 'plain'],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['42', '42'],
    ['-1.5e-7', '-1.5e-7'],
    ['null', ''],
    ['true', ''],
    ['[]', ''],
    ['{"name":"Ann","age":30,"ok":true,"none":null}', 'Ann 30'],
    ['{"a":{"b":["x",[1,"y"]]},"c\\"d":"e\\\\"}', 'x 1 y e\\'],
    ['[9007199254740993123]', '9007199254740993123'],
    ['["a:b","c"]', 'a:b c'],
    ['["\\\\",":"]', '\\ :'],
    ['{"":""}', ''],
    ['["東京","\\u0001"]', '東京 \u0001'],
  ])('of %j is %j', (json, text) => {
    expect(searchableText(json)).toBe(text);
  });

  it(`holds exactly the strings and numbers of a parsed document, and is never longer than it (seed ${SEED})`, () => {
    const leaves = (value: unknown): string[] => {
      if (typeof value === 'string') return [value];
      if (typeof value === 'number') return [JSON.stringify(value)];
      return typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(leaves)
        : [];
    };
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = JSON.stringify(value);
        expect(searchableText(json)).toBe(leaves(JSON.parse(json)).join(' '));
        expect(searchableText(json).length).toBeLessThanOrEqual(json.length);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it.each([
    ['many escapes', `["${'\\n'.repeat(400_000)}"]`, 400_000],
    ['many leaves', `[${Array(200_000).fill('"x"').join(',')}]`, 399_999],
    ['many backslashes', `["${'\\\\'.repeat(400_000)}"]`, 400_000],
  ])('reads a megabyte of %s', (_name, json, length) => {
    expect(searchableText(json)).toHaveLength(length);
  });
});
