import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WriteUnit } from '../../../src/engine/model/unit-of-work.ts';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import type { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { openWriteSession } from '../../support/open-write-session.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const CONTENT = [
  'csn, change_seq, last_memory_id FROM engine_meta',
  ...['memories', 'personas', 'memory_tags', 'changes', 'tx_log'].map((table) => `* FROM ${table}`),
  'id, sz FROM memories_text_docsize',
];

/** A store of the key `broken` fails when its memory is written and its entry in the change log is not. */
async function openFaulty(): Promise<WriteSession> {
  const session = openWriteSession(await makeTestPath());
  session.database.exec(
    `CREATE TRIGGER broken BEFORE INSERT ON changes WHEN NEW.key = 'broken' BEGIN SELECT RAISE(ABORT, 'half-way'); END`,
  );
  return session;
}

function contentOf({ database }: WriteSession): unknown {
  return CONTENT.map((rows) => database.prepare(`SELECT ${rows} ORDER BY 1`).all());
}

function answersOf(session: WriteSession, units: readonly WriteUnit[]): readonly unknown[] {
  return session
    .commitGroup(units)
    .results.map((result) => ('error' in result ? result.error.message : result.outcome));
}

const key = fc.constantFrom('a', 'b', 'broken');
const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  { weight: 3, arbitrary: key.map((name) => storing(name, 1, { persona: name, tags: [name] })) },
  key.map((name): WriteOperation => ({ kind: 'delete', target: { key: name } })),
  key.map(
    (name): WriteOperation => ({ kind: 'increment', target: { key: name }, path: [], by: 1 }),
  ),
);
const groups = fc.array(fc.array(operation, { minLength: 1, maxLength: 2 }), {
  minLength: 2,
  maxLength: 6,
});

it(`writes of a group what its units would write alone, and nothing of those that fail (seed ${SEED})`, async () => {
  const together = await openFaulty();
  const alone = await openFaulty();
  let halfWay = 0;
  fc.assert(
    fc.property(groups, (list) => {
      const units = list.map((operations) => unitOf('main', operations, { now: 1_000 }));
      const answers = answersOf(together, units);
      expect(answers).toEqual(units.flatMap((unit) => answersOf(alone, [unit])));
      expect(contentOf(together)).toEqual(contentOf(alone));
      halfWay += answers.filter((answer) => String(answer).includes('half-way')).length;
    }),
    { seed: SEED, numRuns: 80 },
  );
  expect(halfWay).toBeGreaterThan(20);
});

it('gives an id again that a member had when it failed half-way', async () => {
  const session = await openFaulty();
  const units = ['a', 'broken', 'b'].map((name) => unitOf('main', [storing(name, 1)]));
  expect(answersOf(session, units)).toMatchObject([
    { csn: 1, outcomes: [{ record: { id: 1 }, seq: 1 }] },
    expect.stringContaining('half-way'),
    { csn: 2, outcomes: [{ record: { id: 2 }, seq: 2 }] },
  ]);
});
