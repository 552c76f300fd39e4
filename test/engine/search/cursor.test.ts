import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import { decodeListCursor, encodeListCursor } from '../../../src/engine/search/cursor.ts';
import type { OrderTerm } from '../../../src/engine/search/filter.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const BY_KEY: readonly OrderTerm[] = [
  { field: 'key', direction: 'asc' },
  { field: 'importance', direction: 'desc' },
];
const encoded = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

describe('list cursors', () => {
  it.each<[readonly OrderTerm[], readonly (string | number)[]]>([
    [[], [1_700_000_000_000, 7]],
    [BY_KEY, ['東京 "x" \u0001', 0.1 + 0.2, 1]],
    [BY_KEY, ['\u0001'.repeat(512), 1, Number.MAX_SAFE_INTEGER]],
  ])('come back exactly (%#)', (order, keyset) => {
    const cursor = encodeListCursor(order, keyset);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeListCursor(cursor, order)).toEqual(keyset);
  });

  it('treat an absent order as the default one', () => {
    const cursor = encodeListCursor([], [5, 1]);
    expect(decodeListCursor(cursor, [{ field: 'createdAt', direction: 'desc' }])).toEqual([5, 1]);
  });

  it.each<[readonly OrderTerm[]]>([
    [BY_KEY],
    [[{ field: 'createdAt', direction: 'asc' }]],
    [[{ field: 'updatedAt', direction: 'desc' }]],
  ])('are refused with another order (%#)', (order) => {
    const decode = (): unknown => decodeListCursor(encodeListCursor([], [5, 1]), order, ['after']);
    expect(decode).toThrow(ValidationError);
    expect(decode).toThrow(/^after: the cursor belongs to another order/);
  });

  it.each<[string, unknown]>([
    ['no string', 5],
    ['empty', ''],
    ['not base64url', 'a b+/='],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['no list', encoded({ a: 1 })],
    ['an empty list', encoded([])],
    ['too few values', encoded(['createdAt-', 1])],
    ['too many values', encoded(['createdAt-', 1, 2, 3])],
    ['a string for a time', encoded(['createdAt-', '1', 2])],
    ['null', encoded(['createdAt-', null, 2])],
    ['an object', encoded(['createdAt-', {}, 2])],
    ['a fractional id', encoded(['createdAt-', 1, 2.5])],
    ['infinity', Buffer.from('["createdAt-",1e999,2]').toString('base64url')],
    ['endless', 'a'.repeat(6_001)],
  ])('are refused when broken: %s', (_name, cursor) => {
    expect(() => decodeListCursor(cursor, [], ['after'])).toThrow(ValidationError);
    expect(() => decodeListCursor(cursor, [], ['after'])).toThrow(
      /^after: is not a cursor of this list/,
    );
  });

  it.each<[string, unknown]>([
    ['a long key', 'x'.repeat(513)],
    ['NUL', 'a\0'],
    ['a lone surrogate', '\ud800'],
    ['a number', 1],
  ])('are refused with a key that cannot be one: %s', (_name, key) => {
    expect(() => decodeListCursor(encoded(['key+importance-', key, 0, 1]), BY_KEY)).toThrow(
      ValidationError,
    );
  });

  it(`never fail in another way (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          expect(() => decodeListCursor(text, BY_KEY)).toThrow(ValidationError);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });
});
