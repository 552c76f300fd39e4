import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { selectionFactor } from '../../../src/engine/search/rank.ts';
import { FULL_TEXT_RANK } from '../../../src/engine/search/text-query.ts';
import { storing } from '../../support/memory-space.ts';
import { openTestSpace } from '../../support/open-test-backend.ts';
import { randomFrom } from '../../support/random.ts';
import { recallArguments } from '../../support/recall-arguments.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const MEMORIES = 2_400;
/** As many as text-arm.ts weighs at least. */
const WEIGHED = 500;

it(`of a term in thousands of memories the best by text are weighed, whatever the filter (seed ${SEED})`, async () => {
  const below = randomFrom(SEED);
  const space = await openTestSpace('sqlite');
  const filler = (): string => 'other '.repeat(below(40));
  for (let from = 0; from < MEMORIES; from += 400) {
    await space.write(
      Array.from({ length: 400 }, (_, index) =>
        storing(`k${from + index}`, `needle ${filler()}`, {
          importance: below(101) / 100,
          section: (from + index) % 60 === 0 ? 'cache' : 'semantic_memory',
        }),
      ),
    );
  }
  const now = Date.now();
  const database = new Database(space.backend.info.path, { readonly: true });
  const rows = database
    .prepare<unknown[], [number, number, number, number, string]>(
      `SELECT m.id, -memories_text.rank, m.importance, m.updated_at, m.section FROM memories_text CROSS JOIN memories m
       WHERE memories_text MATCH '"needle"' AND memories_text.rank MATCH '${FULL_TEXT_RANK}' AND m.id = memories_text.rowid
       ORDER BY memories_text.rank, m.id`,
    )
    .raw(true)
    .all();
  database.close();
  expect(rows).toHaveLength(MEMORIES);
  const bestOf = (some: typeof rows): readonly number[] =>
    some
      .map(([id, bm25, importance, updatedAt]) => ({
        id,
        weight: bm25 * selectionFactor({ importance, updatedAt, named: false }, now),
      }))
      .sort((left, right) => right.weight - left.weight || left.id - right.id)
      .slice(0, 10)
      .map(({ id }) => id);
  const idsOf = async (section: string | null): Promise<readonly number[]> => {
    const filter =
      section === null
        ? null
        : ({
            operand: { field: 'section' },
            comparison: { operator: 'eq', value: section },
          } as const);
    const args = recallArguments('main', 'needle', { filter, limit: 10, now });
    return (await space.backend.read('recall', args)).hits.map(({ record }) => record.id);
  };
  // 40 memories pass this filter, so that the best 500 of all do not hold enough of them.
  const few = rows.filter(([, , , , section]) => section === 'cache');
  expect(few).toHaveLength(40);
  expect(await idsOf('cache')).toEqual(bestOf(few));
  expect(await idsOf(null)).toEqual(bestOf(rows.slice(0, WEIGHED)));
});
