import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextQuery } from '../../../src/engine/backends/backend.ts';
import {
  finalScore,
  type RankedText,
  rankText,
  type TextMatch,
} from '../../../src/engine/search/rank.ts';
import {
  buildTextQuery,
  FULL_TEXT_RANK,
  matchExpression,
} from '../../../src/engine/search/text-query.ts';
import { textScore } from '../../../src/engine/search/text-score.ts';
import { openDatabase, type SqliteDatabase } from '../../../src/engine/sqlite/database.ts';
import { DeadlineClock } from '../../../src/engine/sqlite/deadline-clock.ts';
import { FullTextBatch } from '../../../src/engine/sqlite/full-text.ts';
import { insertMemory } from '../../../src/engine/sqlite/memories.ts';
import { migrate } from '../../../src/engine/sqlite/migrations/migrate.ts';
import { recallText } from '../../../src/engine/sqlite/recall-text.ts';
import { storedForm } from '../../../src/engine/sqlite/record-row.ts';
import { StatementCache } from '../../../src/engine/sqlite/statement-cache.ts';
import type { MemoryRecord } from '../../../src/engine/types.ts';
import { memoryRecord } from '../search/memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const MEMORIES = 900;
/** From nearly everywhere to nearly nowhere. */
const WORDS = Array.from({ length: 14 }, (_, index) => `word${'abcdefghijklmn'[index]}`);

describe('recallText', () => {
  const records = new Map<number, MemoryRecord>();
  let directory: string;
  let database: SqliteDatabase;
  let statements: StatementCache;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trinitas-recall-'));
    const path = join(directory, 'memory.db');
    database = openDatabase({ path, role: 'writer', synchronous: 'NORMAL', mmapSize: 0 });
    migrate(database, NOW);
    new DeadlineClock(database);
    statements = new StatementCache(database);
    const batch = new FullTextBatch();
    const drawn = fc.sample(
      fc.record({
        dice: fc.array(fc.nat(999), { minLength: WORDS.length * 3, maxLength: WORDS.length * 3 }),
        importance: fc.nat(10),
        age: fc.nat(90),
        place: fc.nat(19),
      }),
      { seed: SEED, numRuns: MEMORIES },
    );
    database.transaction(() => {
      for (const [index, { dice, importance, age, place }] of drawn.entries()) {
        const words = WORDS.flatMap((word, rank) =>
          dice
            .slice(rank * 3, rank * 3 + 3)
            .flatMap((die) => (die < 600 / 1.7 ** rank ? [word] : [])),
        );
        const record = memoryRecord({
          id: index + 1,
          key: `k${index}`,
          namespace: place === 0 ? 'elsewhere' : 'here',
          valueText: JSON.stringify(words.join(' ')),
          importance: importance / 10,
          updatedAt: NOW - age * DAY,
          expiresAt: place === 1 ? NOW - 1 : null,
          section: place < 5 ? 'cache' : 'semantic_memory',
        });
        records.set(record.id, record);
        insertMemory(statements, record, storedForm(record), null);
        batch.add(new Map([[record.id, { kind: 'insert', record }]]));
      }
      batch.apply(statements);
    })();
  });
  afterAll(async () => {
    database.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Every match scored, term by term. */
  function scoreAll(query: TextQuery, section: string | null): readonly TextMatch[] {
    const sums = new Map<number, { bm25: number; found: number }>();
    const search = database
      .prepare<[string], [number, number]>(
        `SELECT rowid, -rank FROM memories_text WHERE memories_text MATCH ? AND rank MATCH '${FULL_TEXT_RANK}'`,
      )
      .raw(true);
    for (const expression of query.expressions) {
      for (const [id, bm25] of search.all(matchExpression(expression, query.excluded))) {
        const sum = sums.get(id) ?? { bm25: 0, found: 0 };
        sums.set(id, { bm25: sum.bm25 + bm25, found: sum.found + 1 });
      }
    }
    return [...sums].flatMap(([id, { bm25, found }]) => {
      const record = records.get(id);
      if (record?.namespace !== 'here' || (record.expiresAt ?? NOW + 1) <= NOW) return [];
      if (section !== null && record.section !== section) return [];
      const { importance, updatedAt } = record;
      return [{ id, importance, updatedAt, bm25: textScore(bm25, found, query.terms.length) }];
    });
  }

  const scoreOf = ({ record, normalised }: RankedText): number =>
    finalScore(normalised, record.importance, record.updatedAt, NOW);

  /** Sums in another order differ in their last digits, so equal texts may change places among each other. */
  function expectSame(hits: readonly RankedText[], all: readonly TextMatch[], limit: number): void {
    const expected = rankText(all, limit, NOW);
    expect(hits).toHaveLength(expected.length);
    const byId = new Map(all.map((match) => [match.id, match]));
    const best = Math.max(...all.map(({ bm25 }) => bm25));
    for (const [index, hit] of hits.entries()) {
      const match = byId.get(hit.record.id);
      const place = expected[index];
      if (match === undefined || place === undefined) throw new Error('a hit that matches nothing');
      const wanted = records.get(place.id);
      if (wanted === undefined) throw new Error('no such record');
      expect(scoreOf(hit)).toBeCloseTo(scoreOf({ ...place, record: wanted }), 9);
      expect(hit.bm25).toBeCloseTo(match.bm25, 9);
      expect(hit.normalised).toBeCloseTo(match.bm25 / best, 9);
      expect(hit.rank).toBeGreaterThan(all.filter(({ bm25 }) => bm25 > hit.bm25 + 1e-9).length);
      expect(hit.rank).toBeLessThanOrEqual(
        all.filter(({ bm25 }) => bm25 >= hit.bm25 - 1e-9).length,
      );
    }
    expect(new Set(hits.map(({ record }) => record.id)).size).toBe(hits.length);
  }

  const query = fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }),
      fc.option(fc.constantFrom(...WORDS), { freq: 4 }),
    )
    .map(([words, excluded]) =>
      [...words, ...(excluded === null ? [] : [`-${excluded}`])].join(' '),
    );

  it(`finds what scoring every match finds, in the same order (seed ${SEED})`, () => {
    let found = 0;
    fc.assert(
      fc.property(
        query,
        fc.constantFrom(1, 3, 10, 100),
        fc.constantFrom(null, 'cache', 'semantic_memory'),
        (text, limit, section) => {
          const built = buildTextQuery(text);
          if (built === null) return;
          const { hits } = recallText(statements, {
            namespace: 'here',
            query: built,
            filter:
              section === null
                ? null
                : { operand: { field: 'section' }, comparison: { operator: 'eq', value: section } },
            limit,
            now: NOW,
          });
          found += hits.length;
          expectSame(hits, scoreAll(built, section), limit);
          for (const { record } of hits) expect(record).toEqual(records.get(record.id));
        },
      ),
      { seed: SEED, numRuns: 600 },
    );
    expect(found).toBeGreaterThan(1_000);
  });
});
