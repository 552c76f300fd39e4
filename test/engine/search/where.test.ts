import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import type { Filter } from '../../../src/engine/search/filter.ts';
import { parseWhere } from '../../../src/engine/search/where.ts';

const key = { field: 'key' } as const;
const importance = { field: 'importance' } as const;

describe('parseWhere', () => {
  it.each<[string, unknown, Filter | null]>([
    ['nothing', null, null],
    ['undefined', undefined, null],
    ['an empty object', {}, null],
    ['undefined properties', { key: undefined, and: undefined }, null],
    ['a scalar', { key: 'a' }, { operand: key, comparison: { operator: 'eq', value: 'a' } }],
    [
      'null',
      { persona: null },
      { operand: { field: 'persona' }, comparison: { operator: 'eq', value: null } },
    ],
    [
      'a list',
      { key: ['a', 'b'] },
      { operand: key, comparison: { operator: 'in', values: ['a', 'b'] } },
    ],
    [
      'v4 filters',
      { section: 'semantic_memory', persona: 'athena' },
      {
        and: [
          {
            operand: { field: 'section' },
            comparison: { operator: 'eq', value: 'semantic_memory' },
          },
          { operand: { field: 'persona' }, comparison: { operator: 'eq', value: 'athena' } },
        ],
      },
    ],
    [
      'several operators',
      { importance: { gte: 0.5, lt: 1, ne: undefined } },
      {
        and: [
          { operand: importance, comparison: { operator: 'gte', value: 0.5 } },
          { operand: importance, comparison: { operator: 'lt', value: 1 } },
        ],
      },
    ],
    [
      'between',
      { importance: { between: [0, 1] } },
      { operand: importance, comparison: { operator: 'between', low: 0, high: 1 } },
    ],
    [
      'exists',
      { expiresAt: { exists: false } },
      { operand: { field: 'expiresAt' }, comparison: { operator: 'exists', value: false } },
    ],
    [
      'an upper-case section',
      { section: { in: ['CACHE'] } },
      { operand: { field: 'section' }, comparison: { operator: 'in', values: ['cache'] } },
    ],
    [
      'a Date',
      { createdAt: new Date(5) },
      { operand: { field: 'createdAt' }, comparison: { operator: 'eq', value: 5 } },
    ],
    [
      'Unix ms',
      { createdAt: { gt: 5 } },
      { operand: { field: 'createdAt' }, comparison: { operator: 'gt', value: 5 } },
    ],
    [
      'an ISO time with a zone',
      { createdAt: { gt: '1970-01-01T01:00:00+01:00' } },
      { operand: { field: 'createdAt' }, comparison: { operator: 'gt', value: 0 } },
    ],
    [
      'an ISO time without a zone, as UTC',
      { createdAt: { gt: '1970-01-01 00:00:01.5' } },
      { operand: { field: 'createdAt' }, comparison: { operator: 'gt', value: 1500 } },
    ],
    [
      'a date',
      { createdAt: '1970-01-02' },
      { operand: { field: 'createdAt' }, comparison: { operator: 'eq', value: 86_400_000 } },
    ],
    [
      'decomposed names',
      { key: 'cafe\u0301' },
      { operand: key, comparison: { operator: 'eq', value: 'café' } },
    ],
    ['tags as a list', { tags: ['a'] }, { tags: 'all', values: ['a'] }],
    [
      'tags by quantifier',
      { tags: { any: ['a'], none: ['b'] } },
      {
        and: [
          { tags: 'any', values: ['a'] },
          { tags: 'none', values: ['b'] },
        ],
      },
    ],
    [
      'paths as an object',
      { value: { 'a.b[0]': true } },
      {
        operand: { json: 'value', path: ['a', 'b', 0] },
        comparison: { operator: 'eq', value: true },
      },
    ],
    [
      'paths as a list',
      { metadata: [{ path: 'type', startsWith: 'x', exists: true }] },
      {
        and: [
          {
            operand: { json: 'metadata', path: ['type'] },
            comparison: { operator: 'startsWith', value: 'x' },
          },
          {
            operand: { json: 'metadata', path: ['type'] },
            comparison: { operator: 'exists', value: true },
          },
        ],
      },
    ],
    [
      'and, or, not',
      { and: [{ key: 'a' }, {}], or: [], not: { key: 'b' } },
      {
        and: [
          { and: [{ operand: key, comparison: { operator: 'eq', value: 'a' } }, { and: [] }] },
          { or: [] },
          { not: { operand: key, comparison: { operator: 'eq', value: 'b' } } },
        ],
      },
    ],
    [
      'a __proto__ path',
      { value: JSON.parse('{"__proto__":1}') as unknown },
      { operand: { json: 'value', path: ['__proto__'] }, comparison: { operator: 'eq', value: 1 } },
    ],
  ])('reads %s', (_name, where, filter) => {
    expect(parseWhere(where)).toEqual(filter);
  });

  it.each<[string, unknown, RegExp]>([
    ['a string', 'x', /^where: must be an object, not string$/],
    ['a list', [], /^where: must be an object, not a list$/],
    [
      'an unknown field',
      { age: 1 },
      /^where\.age: unknown filter "age"; allowed: and, or, not, key, section, .*tags, value, metadata$/,
    ],
    ['a snake-case field', { created_at: 1 }, /unknown filter "created_at"/],
    ['__proto__', JSON.parse('{"__proto__":{"key":"a"}}'), /unknown filter "__proto__"/],
    ['an inherited name', { toString: 1 }, /unknown filter "toString"/],
    [
      'an unknown operator',
      { key: { like: 'a' } },
      /^where\.key\.like: unknown operator "like"; allowed: eq, ne, in, nin, /,
    ],
    [
      'a __proto__ operator',
      { key: JSON.parse('{"__proto__":1}') as unknown },
      /unknown operator "__proto__"/,
    ],
    [
      'a text to look for that is too long',
      { key: { contains: 'é'.repeat(513) } },
      /^where\.key\.contains: must be at most 1024 bytes of UTF-8$/,
    ],
    [
      'a text to look for in a value that is too long',
      { value: [{ path: 'a', contains: 'x'.repeat(1_025) }] },
      /contains: must be at most 1024 bytes of UTF-8$/,
    ],
    ['contains on a number', { importance: { contains: 'a' } }, /unknown operator "contains"/],
    ['order on a section', { section: { gt: 'cache' } }, /unknown operator "gt"/],
    ['an unknown section', { section: 'attic' }, /must be one of working_memory, .*not "attic"/],
    ['a number for a string', { key: 5 }, /^where\.key: must be a string, not number$/],
    ['a string for a number', { importance: '0.5' }, /must be a number, not string/],
    [
      'a boolean for a time',
      { createdAt: true },
      /must be a Date, an ISO 8601 time or Unix milliseconds/,
    ],
    ['NaN', { importance: { gt: Number.NaN } }, /must be a finite number, not NaN/],
    ['infinity', { value: { a: Number.POSITIVE_INFINITY } }, /finite/],
    ['an invalid Date', { createdAt: new Date(Number.NaN) }, /must be a Date/],
    ['a vague time', { createdAt: 'yesterday' }, /ISO 8601/],
    ['an impossible date', { createdAt: '2024-13-45' }, /ISO 8601/],
    ['a lone surrogate', { key: '\ud800' }, /lone surrogate/],
    ['NUL', { metadata: { a: 'x\0' } }, /NUL/],
    ['a lone surrogate in a tag', { tags: ['\udc00'] }, /where\.tags\.0: .*lone surrogate/],
    ['long text', { key: 'x'.repeat(8_193) }, /at most 8192 bytes/],
    ['null order', { importance: { gt: null } }, /must be a number, not null/],
    ['boolean order', { value: { a: { gt: true } } }, /must be a string or a number/],
    ['one bound', { importance: { between: [1] } }, /two bounds, not 1/],
    ['mixed bounds', { value: { a: { between: [1, 'b'] } } }, /same type/],
    ['a scalar for in', { key: { in: 'a' } }, /^where\.key\.in: must be a list/],
    [
      'a hole in a list',
      { key: { in: Object.assign([], { 1: 'a' }) } },
      /^where\.key\.in\.0: must be a string, not undefined$/,
    ],
    ['exists with a number', { key: { exists: 1 } }, /true or false/],
    ['and as an object', { and: {} }, /must be a list, not object/],
    ['not as a list', { not: [] }, /must be an object, not a list/],
    ['a tag as a string', { tags: 'a' }, /must be a list of tags or an object, not string/],
    ['an unknown quantifier', { tags: { some: ['a'] } }, /allowed: any, all, none/],
    ['a broken path', { value: { 'a..b': 1 } }, /where\.value\.a\.\.b: path "a\.\.b" needs a name/],
    [
      'a list entry without a path',
      { value: [{ eq: 1 }] },
      /where\.value\.0\.path: must be a string/,
    ],
    ['a list entry without an operator', { value: [{ path: 'a' }] }, /needs an operator/],
    ['an object as a value', { metadata: { user: { name: 'x' } } }, /unknown operator "name"/],
    [
      'an object in a list',
      { value: { a: [{}] } },
      /must be a string, a number or a boolean, not object/,
    ],
    ['a bigint', { value: { a: 1n } }, /not bigint/],
    [
      'too deep',
      { not: { not: { not: { not: { not: { not: { key: 'a' } } } } } } },
      /at most 6 levels/,
    ],
    ['too many terms', { or: Array.from({ length: 65 }, () => ({})) }, /at most 64 items/],
    [
      'too many terms in parts',
      { value: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 1])) },
      /at most 64 terms/,
    ],
    ['too many values', { key: Array(1_001).fill('a') }, /at most 1000 items/],
  ])('refuses %s', (_name, where, message) => {
    const parse = (): unknown => parseWhere(where, ['where']);
    expect(parse).toThrow(ValidationError);
    expect(parse).toThrow(message);
  });

  it('accepts six levels', () => {
    expect(parseWhere({ not: { not: { not: { not: { not: { key: 'a' } } } } } })).not.toBeNull();
  });
});
