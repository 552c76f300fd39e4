import { describe, expect, it } from 'vitest';
import { NotFoundError, ValidationError } from '../../src/engine/errors.ts';
import { MAX_VALUE_BYTES } from '../../src/engine/limits.ts';
import type { JsonPath } from '../../src/engine/model/json-value.ts';
import type { MemorySpace } from '../support/memory-space.ts';

/** increment and append. */
export function describeEdits(open: () => MemorySpace): void {
  /** The value text after adding `by` at the path of a value. */
  async function incremented(valueText: string, path: JsonPath, by: number): Promise<string> {
    const space = open();
    await space.store('k', null, { valueText });
    const target = { key: 'k' };
    const { record } = await space.apply({ kind: 'increment', target, path, by });
    expect(await space.get('k')).toEqual(record);
    expect(record.version).toBe(2);
    return record.valueText;
  }

  async function appended(valueText: string, path: JsonPath, itemsText: string): Promise<string> {
    const space = open();
    await space.store('k', null, { valueText });
    const target = { key: 'k' };
    const { record } = await space.apply({ kind: 'append', target, path, itemsText });
    expect(await space.get('k')).toEqual(record);
    return record.valueText;
  }

  describe('increment', () => {
    it.each([
      ['the value itself', '5', [], 2, '7'],
      ['down', '5', [], -7, '-2'],
      ['a path', '{"a":[{"n":1}]}', ['a', 0, 'n'], 1, '{"a":[{"n":2}]}'],
      ['a key that needs quoting', '{"a.b [0]":1}', ['a.b [0]'], 1, '{"a.b [0]":2}'],
      ['an exact 64-bit integer', '9007199254740993', [], 2, '9007199254740995'],
      ['up to 2^63-1', '9223372036854775806', [], 1, '9223372036854775807'],
      ['down to -2^63', '-9223372036854775807', [], -1, '-9223372036854775808'],
      ['a real stays real', '1.5', [], 0.5, '2.0'],
      ['a real with an integer', '1.5', [], 1, '2.5'],
      ['an integer by a real', '1', [], 0.25, '1.25'],
      ['a large real stays real', '1152921504606846976.0', [], 0, '1152921504606847000.0'],
      ['nothing counts as 0', '{"a":{}}', ['a', 'n'], 3, '{"a":{"n":3}}'],
      ['missing steps are made', '{}', ['a', 'b', 0], 3, '{"a":{"b":[3]}}'],
      ['one past the end of a list', '{"a":[1]}', ['a', 1], 3, '{"a":[1,3]}'],
      [
        'leaves other digits alone',
        '{"far":1e400,"big":9007199254740993,"n":1}',
        ['n'],
        1,
        '{"far":1e400,"big":9007199254740993,"n":2}',
      ],
    ] as const)('%s', async (_name, before, path, by, after) => {
      expect(await incremented(before, path, by)).toBe(after);
    });

    it.each([
      ['a string', '{"n":"1"}', ['n'], 1],
      ['null', '{"n":null}', ['n'], 1],
      ['a boolean', 'true', [], 1],
      ['an array', '[1]', [], 1],
      ['an object', '{}', [], 1],
      ['a step beyond the end of a list', '{"a":[1]}', ['a', 3], 1],
      ['a step through null', '{"a":null}', ['a', 'b'], 1],
      ['a step through a number', '{"a":1}', ['a', 'b'], 1],
      ['more than 2^63-1', '9223372036854775807', [], 1],
      ['less than -2^63', '-9223372036854775808', [], -1],
      ['an integer that was beyond 64 bits before', '18446744073709551617', [], 1],
      ['a real beyond all reals', '1.7976931348623157e308', [], 1.7976931348623157e308],
    ] as const)(
      'refuses %s and leaves the memory as it was',
      async (_name, valueText, path, by) => {
        const space = open();
        const before = await space.store('k', null, { valueText });
        await expect(
          space.apply({ kind: 'increment', target: { key: 'k' }, path, by }),
        ).rejects.toBeInstanceOf(ValidationError);
        expect(await space.get('k')).toEqual(before);
      },
    );

    it('refuses what does not exist', async () => {
      await expect(
        open().apply({ kind: 'increment', target: { key: 'none' }, path: [], by: 1 }),
      ).rejects.toBeInstanceOf(NotFoundError);
    });

    it('adds up when many callers count at once', async () => {
      const space = open();
      await space.store('k', { n: 0 });
      const counts = Array.from({ length: 50 }, (_, index) =>
        space.apply({ kind: 'increment', target: { key: 'k' }, path: ['n'], by: index }),
      );
      const outcomes = await Promise.all(counts);
      expect(await space.valueText('k')).toBe('{"n":1225}');
      expect(new Set(outcomes.map(({ record }) => record.version)).size).toBe(50);
    });
  });

  describe('append', () => {
    it.each([
      ['to an array', '[1]', [], '[2,3]', '[1,2,3]'],
      ['to an empty array', '{"a":[]}', ['a'], '[{"x":null}]', '{"a":[{"x":null}]}'],
      ['nothing', '[1]', [], '[]', '[1]'],
      ['where nothing was', '{}', ['a', 'b'], '[1]', '{"a":{"b":[1]}}'],
      ['text to text', '{"s":"a\\"b"}', ['s'], '["c","\\u00e9"]', '{"s":"a\\"bcé"}'],
      [
        'keeps every digit',
        '[9007199254740993]',
        [],
        '[18446744073709551617,1.10]',
        '[9007199254740993,18446744073709551617,1.10]',
      ],
    ] as const)('%s', async (_name, before, path, items, after) => {
      expect(await appended(before, path, items)).toBe(after);
    });

    it.each([
      ['a number', '1', [], '[1]'],
      ['an object', '{}', [], '[1]'],
      ['null', 'null', [], '[1]'],
      ['a string that would get a number', '"a"', [], '[1]'],
      ['a step through a number', '{"a":1}', ['a', 'b'], '[1]'],
    ] as const)(
      'refuses %s and leaves the memory as it was',
      async (_name, valueText, path, items) => {
        const space = open();
        const before = await space.store('k', null, { valueText });
        await expect(
          space.apply({ kind: 'append', target: { key: 'k' }, path, itemsText: items }),
        ).rejects.toBeInstanceOf(ValidationError);
        expect(await space.get('k')).toEqual(before);
      },
    );

    it('refuses to grow a value beyond its bound', async () => {
      const space = open();
      const before = await space.store('k', ['x'.repeat(MAX_VALUE_BYTES - 10)]);
      await expect(
        space.apply({
          kind: 'append',
          target: { key: 'k' },
          path: [],
          itemsText: '["more than fits"]',
        }),
      ).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(await space.get('k')).toEqual(before);
    });
  });
}
