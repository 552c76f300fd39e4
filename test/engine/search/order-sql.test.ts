import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import { compareCodePoints } from '../../../src/engine/search/code-points.ts';
import type { OrderField, OrderTerm } from '../../../src/engine/search/filter.ts';
import {
  DEFAULT_ORDER,
  keysetOf,
  ORDER_FIELDS,
  parseOrder,
} from '../../../src/engine/search/order.ts';
import { compileOrder } from '../../../src/engine/search/order-sql.ts';
import { MemoryTable, memoryRecord } from './memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const ALL = { sql: '1', params: [] };

const small = fc.integer({ min: 1, max: 3 });
const record: fc.Arbitrary<MemoryRecord> = fc
  .record({
    key: fc.constantFrom('a', 'B', '\uFF21', '\u{1F600}', 'é'),
    importance: fc.constantFrom(0, 0.1, 0.3, 1),
    createdAt: small,
    updatedAt: small,
    version: small,
    accessCount: fc.integer({ min: 0, max: 2 }),
    accessed: small,
  })
  .map(({ accessed, ...fields }) =>
    memoryRecord({ ...fields, accessedAt: fields.accessCount > 0 ? accessed : fields.createdAt }),
  );

const order: fc.Arbitrary<readonly OrderTerm[]> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...(Object.keys(ORDER_FIELDS) as OrderField[])),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  }),
  { maxLength: 3, selector: ({ field }) => field },
);

/** The order as plain comparison of keysets. */
function compareRecords(
  terms: readonly OrderTerm[],
  left: MemoryRecord,
  right: MemoryRecord,
): number {
  const used = terms.length === 0 ? DEFAULT_ORDER : terms;
  for (const { field, direction } of used) {
    const [a, b] = [left[field], right[field]];
    const compared =
      typeof a === 'string' && typeof b === 'string'
        ? compareCodePoints(a, b)
        : Number(a) - Number(b);
    if (compared !== 0) return direction === 'desc' ? -compared : compared;
  }
  return used.at(-1)?.direction === 'desc' ? right.id - left.id : left.id - right.id;
}

describe('compileOrder', () => {
  const table = new MemoryTable();
  afterAll(() => table.close());

  it(`sorts and pages in both directions like a sorted array (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 15 }),
        order,
        fc.nat(14),
        fc.nat(14),
        (drawn, terms, first, second) => {
          const records = drawn.map((item, index) => ({
            ...item,
            id: index + 1,
            namespace: `n${index}`,
          }));
          table.clear();
          for (const item of records) table.insert(item);
          const sorted = records.toSorted((left, right) => compareRecords(terms, left, right));
          const ids = sorted.map(({ id }) => id);
          expect(table.ids(ALL, compileOrder({ order: terms }).orderBy)).toEqual(ids);
          const [after, before] = [sorted[first], sorted[second]];
          if (after === undefined || before === undefined) return;
          const position = { after: keysetOf(after, terms), before: keysetOf(before, terms) };
          const forward = compileOrder({ order: terms, after: position.after });
          expect(table.ids(forward.condition ?? ALL, forward.orderBy, 4)).toEqual(
            ids.slice(first + 1, first + 5),
          );
          const backward = compileOrder({ order: terms, before: position.before, fromEnd: true });
          expect(table.ids(backward.condition ?? ALL, backward.orderBy, 4)).toEqual(
            ids.slice(0, second).toReversed().slice(0, 4),
          );
          const both = compileOrder({ order: terms, ...position });
          expect(table.ids(both.condition ?? ALL, both.orderBy)).toEqual(
            ids.slice(first + 1, Math.max(first + 1, second)),
          );
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('compares row values when all directions agree, otherwise step by step', () => {
    const uniform = compileOrder({
      order: [{ field: 'createdAt', direction: 'desc' }],
      after: [5, 1],
    });
    expect(uniform.condition).toEqual({ sql: '(m.created_at, m.id) < (?, ?)', params: [5, 1] });
    const mixed = compileOrder({
      order: [
        { field: 'importance', direction: 'desc' },
        { field: 'key', direction: 'asc' },
      ],
      after: [0.5, 'k', 1],
    });
    expect(mixed.condition?.sql).toBe(
      '(m.importance <= ? AND (m.importance < ? OR (m.key >= ? AND (m.key > ? OR m.id > ?))))',
    );
    expect(mixed.condition?.params).toEqual([0.5, 0.5, 'k', 'k', 1]);
  });

  it('is newest first by default and has no condition without a position', () => {
    expect(compileOrder({ order: [] })).toEqual({
      orderBy: 'm.created_at DESC, m.id DESC',
      condition: null,
    });
    expect(compileOrder({ order: [], fromEnd: true }).orderBy).toBe('m.created_at ASC, m.id ASC');
  });

  it('refuses a position of another order', () => {
    expect(() => compileOrder({ order: [], after: [1] })).toThrow(RangeError);
    expect(() => compileOrder({ order: [], after: [null, 1] })).toThrow(RangeError);
  });
});

describe('parseOrder', () => {
  it.each<[unknown, readonly OrderTerm[]]>([
    [undefined, DEFAULT_ORDER],
    [null, DEFAULT_ORDER],
    [[], DEFAULT_ORDER],
    [[{ field: 'key' }], [{ field: 'key', direction: 'asc' }]],
    [
      [
        { field: 'importance', direction: 'DESC' },
        { field: 'key', direction: 'asc' },
      ],
      [
        { field: 'importance', direction: 'desc' },
        { field: 'key', direction: 'asc' },
      ],
    ],
  ])('reads %j', (input, terms) => {
    expect(parseOrder(input)).toEqual(terms);
  });

  it.each<[unknown, RegExp]>([
    ['key', /^orderBy: must be a list/],
    [['key'], /^orderBy\.0: must be an object/],
    [[{ field: 'persona' }], /^orderBy\.0\.field: must be one of key, importance, /],
    [[{ field: '__proto__' }], /must be one of/],
    [[{ field: 'key', direction: 'up' }], /^orderBy\.0\.direction: must be one of asc, desc/],
    [[{ field: 'key', direction: 1 }], /direction/],
    [[{ field: 'key', nulls: 'first' }], /^orderBy\.0\.nulls: unknown name/],
    [[{ field: 'key' }, { field: 'key' }], /^orderBy\.1\.field: key is named twice/],
    [Array(8).fill({ field: 'key' }), /at most once/],
  ])('refuses %j', (input, message) => {
    expect(() => parseOrder(input, ['orderBy'])).toThrow(ValidationError);
    expect(() => parseOrder(input, ['orderBy'])).toThrow(message);
  });
});
