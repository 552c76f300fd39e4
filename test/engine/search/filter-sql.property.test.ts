import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { toJsonText } from '../../../src/engine/json-text.ts';
import type { JsonPath } from '../../../src/engine/model/json-value.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import { SECTIONS } from '../../../src/engine/model/section.ts';
import type {
  Filter,
  FilterComparison,
  FilterField,
  FilterScalar,
} from '../../../src/engine/search/filter.ts';
import { FILTER_FIELDS } from '../../../src/engine/search/filter.ts';
import { evaluateFilter } from '../../../src/engine/search/filter-evaluate.ts';
import { compileFilter } from '../../../src/engine/search/filter-sql.ts';
import { MemoryTable, memoryRecord, NAMESPACE } from './memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** Few values, so that equal ones meet often; picked where orders, types and encodings differ. */
const STRINGS = [
  '',
  'a',
  'ab',
  'b',
  'A',
  'é',
  'ab\u{1F600}',
  '\u{1F600}',
  '\uFF21',
  '\uD7FF',
  '\uE000',
  '東京',
  '東京都',
  '%',
  '_',
  "'",
  '"',
  '\\',
  '1',
  'true',
  'null',
];
const STORED_STRINGS = [...STRINGS, 'a\0b', '\ud800', '\ud7ff\ud800'];
const NUMBERS = [0, -0, 1, -1, 0.5, 0.1, 1e-7, 1e21, 2 ** 53 - 1, 1_000, 1_001];
const STORED_NUMBERS = [
  ...NUMBERS,
  9_007_199_254_740_993n,
  2n ** 63n,
  2n ** 64n + 1n,
  -(2n ** 63n),
];
const LABELS = ['a', 'b', 'odd key', '0', '__proto__', 'constructor', '東', ''];

const storedLeaf = fc.constantFrom<unknown>(
  ...STORED_STRINGS,
  ...STORED_NUMBERS,
  true,
  false,
  null,
);
const storedJson = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    storedLeaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...LABELS), tie('any')), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).any;
const storedObject = fc
  .array(fc.tuple(fc.constantFrom(...LABELS), storedJson), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

const time = fc.integer({ min: 999, max: 1_003 });
const name = fc.constantFrom(...STRINGS.filter((text) => text !== ''));

const record: fc.Arbitrary<MemoryRecord> = fc
  .record({
    key: name,
    value: storedJson,
    metadata: storedObject,
    tags: fc.uniqueArray(name, { maxLength: 3 }),
    section: fc.constantFrom(...SECTIONS),
    persona: fc.option(name),
    importance: fc.constantFrom(0, 0.1, 0.5, 1),
    version: fc.integer({ min: 1, max: 3 }),
    createdAt: time,
    updatedAt: time,
    accessed: time,
    accessCount: fc.integer({ min: 0, max: 2 }),
    expiresAt: fc.option(time),
  })
  .map(({ value, metadata, accessed, ...fields }) =>
    memoryRecord({
      ...fields,
      valueText: toJsonText(value, []),
      metadataText: toJsonText(metadata, []),
      accessedAt: fields.accessCount > 0 ? accessed : fields.createdAt,
    }),
  );

const scalar = fc.constantFrom<FilterScalar>(...STRINGS, ...NUMBERS, 2 ** 63, true, false, null);
const ordered = fc.constantFrom<string | number>(
  ...STRINGS,
  ...NUMBERS,
  2 ** 63,
  ...SECTIONS.slice(0, 2),
);
const text = fc.constantFrom(...STRINGS);

function comparison(value: fc.Arbitrary<FilterScalar>): fc.Arbitrary<FilterComparison> {
  return fc.oneof(
    fc.record({ operator: fc.constantFrom('eq', 'ne'), value }),
    fc.record({ operator: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: ordered }),
    fc.record({
      operator: fc.constantFrom('in', 'nin'),
      values: fc.array(value, { maxLength: 4 }),
    }),
    fc.record({ operator: fc.constant('between'), low: ordered, high: ordered }),
    fc.record({ operator: fc.constant('exists'), value: fc.boolean() }),
    fc.record({ operator: fc.constantFrom('contains', 'startsWith'), value: text }),
  ) as fc.Arbitrary<FilterComparison>;
}

const field = fc.constantFrom(...(Object.keys(FILTER_FIELDS) as FilterField[]));
const path: fc.Arbitrary<JsonPath> = fc.array(
  fc.oneof(fc.constantFrom(...LABELS), fc.integer({ min: 0, max: 2 })),
  { maxLength: 3 },
);

const term: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    operand: fc.record({ field }),
    comparison: comparison(fc.oneof(scalar, fc.constantFrom(...SECTIONS), time)),
  }),
  fc.record({
    operand: fc.record({ json: fc.constantFrom('value' as const, 'metadata' as const), path }),
    comparison: comparison(scalar),
  }),
  fc.record({
    tags: fc.constantFrom('any' as const, 'all' as const, 'none' as const),
    values: fc.array(name, { maxLength: 3 }),
  }),
);

const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
})).filter;

/** Keys are unique in a namespace, so equal ones get their id appended. */
function numbered(records: readonly MemoryRecord[]): MemoryRecord[] {
  const keys = new Set<string>();
  return records.map((item, index) => {
    const key = keys.has(item.key) ? `${item.key}${index}` : item.key;
    keys.add(key);
    return { ...item, id: index + 1, key };
  });
}

describe('compileFilter', () => {
  const table = new MemoryTable();
  afterAll(() => table.close());

  it(`selects on SQLite exactly what evaluateFilter accepts (seed ${SEED})`, () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 5, maxLength: 20 }),
        fc.array(filter, { minLength: 20, maxLength: 20 }),
        (drawn, filters) => {
          const records = numbered(drawn);
          table.clear();
          for (const item of records) table.insert(item);
          for (const candidate of filters) {
            const wanted = records
              .filter((item) => evaluateFilter(candidate, item))
              .map((item) => item.id);
            accepted += wanted.length;
            refused += records.length - wanted.length;
            const condition = compileFilter(candidate, NAMESPACE);
            expect(table.ids(condition), JSON.stringify(candidate)).toEqual(wanted);
            expect(table.isNullSomewhere(condition), JSON.stringify(candidate)).toBe(false);
          }
        },
      ),
      { seed: SEED, numRuns: Number(process.env['RUNS'] ?? 150) },
    );
    // Filters that accept everything or nothing would prove little.
    expect(Math.min(accepted, refused)).toBeGreaterThan(5_000);
  });
});
