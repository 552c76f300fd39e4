import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextQuery } from '../../../src/engine/backends/recall-reads.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import { selectionFactor } from '../../../src/engine/search/rank.ts';
import { FULL_TEXT_RANK, matchExpression } from '../../../src/engine/search/text-query.ts';
import { textScore } from '../../../src/engine/search/text-score.ts';
import { openDatabase, type SqliteDatabase } from '../../../src/engine/sqlite/database.ts';
import { DeadlineClock } from '../../../src/engine/sqlite/deadline-clock.ts';
import { insertText } from '../../../src/engine/sqlite/full-text.ts';
import { insertMemory } from '../../../src/engine/sqlite/memories.ts';
import { migrate } from '../../../src/engine/sqlite/migrations/migrate.ts';
import { RecallScope } from '../../../src/engine/sqlite/recall-scope.ts';
import { storedForm } from '../../../src/engine/sqlite/record-row.ts';
import { FILE_SOURCE } from '../../../src/engine/sqlite/record-source.ts';
import { StatementCache } from '../../../src/engine/sqlite/statement-cache.ts';
import { TermCounts } from '../../../src/engine/sqlite/term-counts.ts';
import type { ScoredMatch } from '../../../src/engine/sqlite/term-matches.ts';
import { textArm } from '../../../src/engine/sqlite/text-arm.ts';
import { recallArguments } from '../../support/recall-arguments.ts';
import { memoryRecord } from '../search/memory-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const MEMORIES = 900;
/** From nearly everywhere to nearly nowhere. */
const WORDS = Array.from({ length: 14 }, (_, index) => `word${'abcdefghijklmn'[index]}`);

/** A match, scored in full, with what decides its place. */
interface Weighed {
  readonly id: number;
  readonly bm25: number;
  readonly found: number;
  readonly weight: number;
}

function isClose(left: number | undefined, right: number | undefined): boolean {
  return left !== undefined && right !== undefined && Math.abs(left - right) < 1e-9;
}

describe('textArm', () => {
  const records = new Map<number, MemoryRecord>();
  let directory: string;
  let database: SqliteDatabase;
  let statements: StatementCache;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trinitas-recall-'));
    const path = join(directory, 'memory.db');
    database = openDatabase({
      path,
      role: 'writer',
      synchronous: 'NORMAL',
      mmapSize: 0,
      embedder: null,
    });
    migrate(database, NOW);
    new DeadlineClock(database);
    statements = new StatementCache(database);
    const drawn = fc.sample(
      fc.record({
        dice: fc.array(fc.nat(999), { minLength: WORDS.length * 3, maxLength: WORDS.length * 3 }),
        importance: fc.nat(10),
        age: fc.nat(90),
        place: fc.nat(19),
        named: fc.nat(9).map((die) => die === 0),
      }),
      { seed: SEED, numRuns: MEMORIES },
    );
    database.transaction(() => {
      statements.run(
        "INSERT INTO personas (id, namespace, name, created_at) VALUES (1, 'here', 'Ada', 0), (2, 'elsewhere', 'Ada', 0)",
      );
      for (const [index, { dice, importance, age, place, named }] of drawn.entries()) {
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
          persona: named ? 'Ada' : null,
        });
        records.set(record.id, record);
        const ada = record.namespace === 'here' ? 1 : 2;
        insertMemory(statements, record, storedForm(record), named ? ada : null);
        insertText(statements, record);
      }
    })();
  });
  afterAll(async () => {
    database.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Every match scored, term by term; the best first. */
  function scoreAll(
    query: TextQuery,
    section: string | null,
    named: readonly string[],
  ): readonly Weighed[] {
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
    return [...sums]
      .flatMap(([id, { bm25, found }]) => {
        const record = records.get(id);
        if (record?.namespace !== 'here' || (record.expiresAt ?? NOW + 1) <= NOW) return [];
        if (section !== null && record.section !== section) return [];
        const { importance, updatedAt, persona } = record;
        const isNamed = persona !== null && named.includes(persona);
        const factor = selectionFactor({ importance, updatedAt, named: isNamed }, NOW);
        return [
          { id, bm25, found, weight: textScore(bm25, found, query.expressions.length) * factor },
        ];
      })
      .sort((left, right) => right.weight - left.weight || left.id - right.id);
  }

  /** Sums in another order differ in their last digits, so equal texts may change places among each other. */
  function expectSame(
    matches: readonly ScoredMatch[],
    all: readonly Weighed[],
    limit: number,
  ): void {
    expect(matches).toHaveLength(Math.min(limit, all.length));
    expect(new Set(matches.map(({ id }) => id)).size).toBe(matches.length);
    const byId = new Map(all.map((match) => [match.id, match]));
    // One assertion for all of them: a thousand are checked in each of hundreds of runs.
    const wrong = matches.filter(({ id, bm25, found, importance, updatedAt }, index) => {
      const match = byId.get(id);
      const record = records.get(id);
      return (
        !isClose(match?.weight, all[index]?.weight) ||
        !isClose(match?.bm25, bm25) ||
        match?.found !== found ||
        record?.importance !== importance ||
        record.updatedAt !== updatedAt
      );
    });
    expect(wrong).toEqual([]);
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
    const counts = new TermCounts();
    fc.assert(
      fc.property(
        query,
        fc.constantFrom(1, 3, 10, 100, 1_000),
        fc.constantFrom(null, 'cache', 'semantic_memory'),
        fc.constantFrom([], ['Ada'], ['Grace']),
        fc.boolean(),
        (text, limit, section, named, alone) => {
          const args = recallArguments('here', text, {
            filter:
              section === null
                ? null
                : { operand: { field: 'section' }, comparison: { operator: 'eq', value: section } },
            named,
            // When another arm follows, the candidates count instead of the hits.
            vectors: alone ? [] : [{ model: 'another', values: Float32Array.of(1) }],
            limit: alone ? limit : 7,
            candidates: { text: alone ? 1_000 : limit, semantic: 1 },
            now: NOW,
          });
          if (args.query === null) throw new Error('a query without terms');
          const scope = new RecallScope(statements, args, FILE_SOURCE);
          const { matches, terms, asked } = textArm(scope, counts);
          found += matches.length;
          expectSame(matches, scoreAll(args.query, section, named), limit);
          expect(asked).toBe(args.query.expressions.length);
          expect(terms.map(({ rows }) => rows)).toEqual(
            terms.map(({ rows }) => rows).toSorted((left, right) => left - right),
          );
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
    expect(found).toBeGreaterThan(1_000);
  });
});
