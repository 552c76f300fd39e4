import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import type { JsonPath, JsonValue } from '../../../src/engine/model/json-value.ts';
import { parseJsonPath, toSqlitePath, valueAt } from '../../../src/engine/search/json-path.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

describe('parseJsonPath', () => {
  it.each<[string, JsonPath]>([
    ['balance', ['balance']],
    ['a.b[0]', ['a', 'b', 0]],
    ['"odd key".x', ['odd key', 'x']],
    ['$.a', ['a']],
    ['$[2].id', [2, 'id']],
    ['[0][1]', [0, 1]],
    ['$', []],
    ['', []],
    ['$cost', ['$cost']],
    ['a.$.b', ['a', '$', 'b']],
    ['"a.b[0]"', ['a.b[0]']],
    ['""', ['']],
    ['名前.姓', ['名前', '姓']],
    ['a-b_c', ['a-b_c']],
    ['0', ['0']],
    ['__proto__.x', ['__proto__', 'x']],
  ])('reads %j', (text, segments) => {
    expect(parseJsonPath(text)).toEqual(segments);
  });

  it.each<[string, RegExp]>([
    ['.a', /needs a name at character 1/],
    ['a.', /needs a name at character 3/],
    ['a..b', /needs a name at character 3/],
    ['a b', /needs a dot or a bracket at character 2/],
    ['a[x]', /needs a list position such as \[0\] at character 2/],
    ['a[-1]', /list position/],
    ['a[0', /list position/],
    ['a[0]b', /needs a dot or a bracket at character 5/],
    ['"a', /needs a name at character 1/],
    ['"a"b', /needs a dot or a bracket/],
    ['a[1000000]', /from 0 to 999999/],
    ['"a\\b"', /cannot hold quotes, backslashes/],
    ['"a\u0007b"', /control characters/],
    ['"\ud800"', /lone surrogates/],
    [Array(33).fill('a').join('.'), /more than 32 segments/],
    ['a'.repeat(5_000), /longer than 4096 characters/],
  ])('refuses %j', (text, message) => {
    const parse = (): unknown => parseJsonPath(text, ['path']);
    expect(parse).toThrow(ValidationError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^path: /);
  });

  it('accepts 32 segments', () => {
    expect(parseJsonPath(Array(32).fill('a').join('.'))).toHaveLength(32);
  });
});

describe('toSqlitePath', () => {
  it('quotes every label', () => {
    expect(toSqlitePath(['a', 'b c', 0, '$'])).toBe('$."a"."b c"[0]."$"');
    expect(toSqlitePath([])).toBe('$');
  });

  it.each([[['a"b']], [['a\\b']], [['a\0']], [[-1]], [[0.5]], [[Number.NaN]]])(
    'refuses %j',
    (path) => {
      expect(() => toSqlitePath(path)).toThrow(ValidationError);
    },
  );
});

describe('valueAt', () => {
  const database = new Database(':memory:');
  afterAll(() => database.close());

  it('reaches own properties and list positions only', () => {
    const json: JsonValue = { a: [{ b: null }, 'text'], '0': 'zero' };
    expect(valueAt(json, ['a', 0, 'b'])).toBeNull();
    expect(valueAt(json, ['a', '0'])).toBeUndefined();
    expect(valueAt(json, [0])).toBeUndefined();
    expect(valueAt(json, ['0'])).toBe('zero');
    expect(valueAt(json, ['a', 1, 'length'])).toBeUndefined();
    expect(valueAt(json, ['a', 'length'])).toBeUndefined();
    expect(valueAt(json, ['constructor'])).toBeUndefined();
    expect(valueAt(json, ['__proto__'])).toBeUndefined();
    expect(valueAt(json, [])).toBe(json);
    expect(valueAt(JSON.parse('{"__proto__":1}') as JsonValue, ['__proto__'])).toBe(1);
  });

  it(`agrees with SQLite on what is present (seed ${SEED})`, () => {
    const label = fc
      .string({ unit: 'grapheme', maxLength: 3 })
      .filter((text) => !/["\\\p{Cc}]/u.test(text));
    const json = fc.jsonValue({ stringUnit: 'grapheme' });
    const typeOf = database.prepare<[string, string]>('SELECT json_type(?, ?)').pluck();
    fc.assert(
      fc.property(
        fc.dictionary(label, json),
        label,
        fc.array(fc.oneof(label, fc.nat(3)), { maxLength: 3 }),
        (object, first, rest) => {
          for (const path of [
            [first, ...rest],
            ...Object.keys(object).map((key) => [key, ...rest]),
          ]) {
            const present = typeOf.get(JSON.stringify(object), toSqlitePath(path)) !== null;
            expect(valueAt(object as JsonValue, path) !== undefined).toBe(present);
          }
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
