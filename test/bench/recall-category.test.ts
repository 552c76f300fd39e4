import { describe, expect, it } from 'vitest';
import { type BenchContext, QUICK_PLAN } from '../../bench/category.ts';
import type { Contender } from '../../bench/contender.ts';
import { recallCategory } from '../../bench/recall-category.ts';

/** A system that only counts what it is asked. */
function counting(name: string, embeds: boolean, isBaseline = false) {
  const counts = { filled: 0, recalls: 0, embedded: 0, closed: 0 };
  const contender: Contender = {
    name,
    isBaseline,
    open: async () => ({
      store: async () => undefined,
      fill: async (items) => {
        counts.filled += items.length;
      },
      recall: async () => {
        counts.recalls += 1;
        return 0;
      },
      embedQuery: embeds
        ? () => {
            counts.embedded += 1;
          }
        : null,
      count: async () => counts.filled,
      close: async () => {
        counts.closed += 1;
      },
    }),
  };
  return { contender, counts };
}

function contextOf(contenders: readonly Contender[]): BenchContext {
  return {
    plan: { ...QUICK_PLAN, rounds: 2, blockMs: 0, recallSizes: [5, 20], recallsPerKind: 3 },
    seed: 1,
    contenders,
    engineUrl: 'none',
    textsPath: null,
    withDirectory: (use) => use('nowhere'),
    progress: () => undefined,
  };
}

describe('the recall category', () => {
  it('asks all systems the same number of queries and measures embedding apart', async () => {
    const systems = [
      counting('text', false),
      counting('hybrid', true),
      counting('v4', false, true),
    ] as const;
    const contenders = systems.map(({ contender }) => contender);
    const measurements = await recallCategory.run(contextOf(contenders));
    // Two sizes, two rounds, three kinds of query, three queries and one to warm up.
    const queries = 2 * 2 * 3 * 4;
    for (const { counts } of systems)
      expect(counts).toMatchObject({ filled: 20, recalls: queries, closed: 1 });
    expect(systems.map(({ counts }) => counts.embedded)).toEqual([0, queries, 0]);

    const tables = recallCategory.tables(measurements, contenders);
    expect(tables).toHaveLength(3);
    for (const table of tables)
      expect(table.rows.map(([name]) => name)).toEqual(contenders.map(({ name }) => name));
    expect(tables[0]?.notes.join()).toMatch(
      /vector of the query.*topic .* µs, project .* µs, question .* µs/,
    );
    expect(tables[2]?.notes).toEqual([]);
  });

  it('says nothing of embedding when no system embeds', async () => {
    const { contender } = counting('text', false, true);
    const measurements = await recallCategory.run(contextOf([contender]));
    const tables = recallCategory.tables(measurements, [contender]);
    expect(tables.flatMap(({ notes }) => notes)).toEqual([]);
  });
});
