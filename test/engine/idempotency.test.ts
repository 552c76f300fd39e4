import { describe, expect, it } from 'vitest';
import { itemIdempotencyKey, itemRequestHash, requestHash } from '../../src/engine/idempotency.ts';

const hash = (valueText: string): string => requestHash('store', { key: 'k', valueText });

describe('request hash', () => {
  it('is a SHA-256 in hex', () => {
    expect(hash('1')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('ignores the order of members and absent members', () => {
    expect(hash('{"a":1,"b":{"c":2,"d":3}}')).toBe(hash('{"b":{"d":3,"c":2},"a":1}'));
    expect(requestHash('store', { a: 1, b: undefined })).toBe(requestHash('store', { a: 1 }));
    expect(requestHash('store', { a: 1, b: 2 })).toBe(requestHash('store', { b: 2, a: 1 }));
  });

  it.each([
    ['{"a":1}', '{"a":2}'],
    ['[1,2]', '[2,1]'],
    ['1', '"1"'],
    ['null', '"null"'],
    ['9007199254740993', '9007199254740992'],
    ['0.1000000000000000000001', '0.1'],
    ['{"a":[1]}', '{"a":1}'],
    ['{"a":null}', '{}'],
  ])('tells %s from %s', (left, right) => {
    expect(hash(left)).not.toBe(hash(right));
  });

  it('takes data for data, whatever its members are called', () => {
    expect(hash('{"noteText":"not JSON"}')).not.toBe(hash('{"noteText":"not json"}'));
  });

  it('tells the operations apart', () => {
    expect(requestHash('store', {})).not.toBe(requestHash('update', {}));
  });

  it('gives each item of a batch a key and a hash of its own', () => {
    expect(itemIdempotencyKey('k', 0)).not.toBe(itemIdempotencyKey('k', 1));
    expect(itemIdempotencyKey('1', 0)).not.toBe(itemIdempotencyKey('0', 1));
    expect(itemIdempotencyKey('k'.repeat(255), 9_999).length).toBeLessThan(255);
    expect(itemRequestHash('h', 0)).not.toBe(itemRequestHash('h', 1));
  });
});
