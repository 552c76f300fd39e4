import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import type { MemoryRecord } from '../../src/engine/model/memory-record.ts';
import { SECTIONS } from '../../src/engine/model/section.ts';
import { compareCodePoints } from '../../src/engine/search/code-points.ts';
import type { Filter, OrderField, OrderTerm } from '../../src/engine/search/filter.ts';
import { evaluateFilter } from '../../src/engine/search/filter-evaluate.ts';
import { keysetOf, orderOrDefault } from '../../src/engine/search/order.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const RUNS = 150;
const SIZE = 60;

type ListArgs = Pick<ReadMap['list']['args'], 'filter' | 'order' | 'limit'>;

/** Few distinct values, so that ties are the rule. */
function sample(index: number): ReturnType<typeof storing> {
  return storing(
    `${['é', 'a', '東', 'B', '\u{1f600}', '\uffee'][index % 6]}${index % 7}-${index}`,
    { n: index % 5, s: `w${index % 3}`, ...(index % 4 === 0 ? { extra: [index] } : {}) },
    {
      section: SECTIONS[index % 3] ?? 'cache',
      importance: (index % 4) / 4,
      persona: index % 3 === 0 ? `P${index % 2}` : null,
      tags: index % 2 === 0 ? ['even', `t${index % 3}`] : [],
    },
  );
}

const filter: fc.Arbitrary<Filter | null> = fc.option(
  fc.letrec<{ tree: Filter; leaf: Filter }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      tie('leaf'),
      fc.record({ and: fc.array(tie('tree'), { maxLength: 2 }) }),
      fc.record({ or: fc.array(tie('tree'), { maxLength: 2 }) }),
      fc.record({ not: tie('tree') }),
    ),
    leaf: fc.oneof(
      fc.record({
        tags: fc.constantFrom('any' as const, 'all' as const, 'none' as const),
        values: fc.subarray(['even', 't0', 't1', 'never'], { minLength: 1 }),
      }),
      fc.record({
        operand: fc.constantFrom(
          { field: 'importance' as const },
          { json: 'value' as const, path: ['n'] },
          { field: 'createdAt' as const },
        ),
        comparison: fc.record({
          operator: fc.constantFrom('gt' as const, 'lte' as const),
          value: fc.constantFrom(0, 0.25, 0.5, 2, 1_003),
        }),
      }),
      fc.record({
        operand: fc.constantFrom(
          { field: 'persona' as const },
          { field: 'section' as const },
          { json: 'value' as const, path: ['s'] },
          { json: 'value' as const, path: ['extra', 0] },
        ),
        comparison: fc.record({
          operator: fc.constantFrom('eq' as const, 'ne' as const),
          value: fc.constantFrom('P0', SECTIONS[0], 'w1', 4, null),
        }),
      }),
    ),
  })).tree,
);

const ORDER_FIELDS: readonly OrderField[] = [
  'key',
  'importance',
  'createdAt',
  'updatedAt',
  'accessedAt',
  'accessCount',
  'version',
];
const order: fc.Arbitrary<OrderTerm[]> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...ORDER_FIELDS),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  }),
  { maxLength: 3, selector: ({ field }) => field },
);

/** What a list has to answer, by sorting everything in JS. */
function naive(records: readonly MemoryRecord[], { filter, order }: ListArgs): MemoryRecord[] {
  const terms = orderOrDefault(order);
  const compare = (left: MemoryRecord, right: MemoryRecord): number => {
    for (const { field, direction } of terms) {
      const [a, b] = [left[field], right[field]];
      const sign = typeof a === 'string' ? compareCodePoints(a, String(b)) : Number(a) - Number(b);
      if (sign !== 0) return direction === 'asc' ? sign : -sign;
    }
    return terms.at(-1)?.direction === 'desc' ? right.id - left.id : left.id - right.id;
  };
  return records
    .filter((record) => filter === null || evaluateFilter(filter, record))
    .sort(compare);
}

/** Walks all pages in one direction and joins them. */
async function walk(
  space: MemorySpace,
  args: ListArgs,
  backwards: boolean,
): Promise<readonly MemoryRecord[]> {
  let all: MemoryRecord[] = [];
  let position: ReturnType<typeof keysetOf> | null = null;
  for (;;) {
    const { records, hasMore } = await space.list({
      ...args,
      fromEnd: backwards,
      after: backwards ? null : position,
      before: backwards ? position : null,
    });
    all = backwards ? [...records, ...all] : [...all, ...records];
    const edge = backwards ? records[0] : records.at(-1);
    if (!hasMore || edge === undefined) return all;
    expect(records).toHaveLength(args.limit);
    position = keysetOf(edge, args.order);
  }
}

/** list: filters, orders, keyset pages in both directions and totals agree with a naive model. */
export function describeLists(open: () => MemorySpace): void {
  async function filled(): Promise<MemorySpace> {
    const space = open();
    for (let moment = 0; moment < 4; moment += 1) {
      const part = Array.from({ length: SIZE / 4 }, (_, index) => sample(moment * 15 + index));
      await space.write(part, { now: 1_000 + moment });
    }
    const { records } = await space.list();
    const touched = records.filter(({ id }) => id % 5 === 0);
    await space.backend.touch(
      space.namespace,
      touched.map(({ id }) => ({ memoryId: id, count: (id % 3) + 1, at: 2_000 + (id % 2) })),
    );
    for (const { id } of records.filter((record) => record.id % 7 === 0))
      await space.apply({ kind: 'update', target: { id }, importance: 0.75 }, { now: 3_000 });
    return space;
  }

  describe('list', () => {
    it(`agrees with a naive model in both directions (seed ${SEED})`, async () => {
      const space = await filled();
      const everything = (await space.list()).records;
      expect(everything).toHaveLength(SIZE);
      await fc.assert(
        fc.asyncProperty(
          filter,
          order,
          fc.integer({ min: 1, max: SIZE + 5 }),
          fc.boolean(),
          async (filter, order, limit, backwards) => {
            const args = { filter, order, limit };
            const expected = naive(everything, args);
            const { total } = await space.list({ ...args, withTotal: true });
            expect(total).toBe(expected.length);
            expect(await walk(space, args, backwards)).toEqual(expected);
          },
        ),
        { numRuns: RUNS, seed: SEED },
      );
    });

    it('takes what lies between two positions, from either end', async () => {
      const space = await filled();
      const order: readonly OrderTerm[] = [{ field: 'importance', direction: 'desc' }];
      const all = naive((await space.list()).records, { filter: null, order, limit: 0 });
      const [from, to] = [all[9], all[30]];
      if (from === undefined || to === undefined) throw new Error('too few memories');
      const between = { order, after: keysetOf(from, order), before: keysetOf(to, order) };
      const first = await space.list({ ...between, limit: 5, withTotal: true });
      expect(first).toEqual({ records: all.slice(10, 15), hasMore: true, total: SIZE });
      const last = await space.list({ ...between, limit: 5, fromEnd: true });
      expect(last).toEqual({ records: all.slice(25, 30), hasMore: true, total: null });
      const whole = await space.list({ ...between, limit: 20 });
      expect(whole.records).toEqual(all.slice(10, 30));
      expect(whole.hasMore).toBe(false);
    });
  });
}
