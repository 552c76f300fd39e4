import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import { FULL_TEXT_RANK } from '../../../src/engine/search/text-query.ts';
import { countTotals, readTotals, saveTotals } from '../../../src/engine/sqlite/text-totals.ts';
import { verifyPath } from '../../../src/engine/sqlite/verify/verify-path.ts';
import type { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { commit, openWriteSession } from '../../support/open-write-session.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const MEMORIES = 20;
const UPDATES = 200;

function fill(session: WriteSession): void {
  for (let index = 0; index < MEMORIES; index += 1)
    commit(session, storing(`k${index}`, `owl ${index % 2 === 0 ? 'barn' : 'snow white'}`));
}

function ranksOf({ statements }: WriteSession, word: string): readonly unknown[] {
  const sql = `SELECT rowid, rank FROM memories_text WHERE memories_text MATCH ? AND rank MATCH '${FULL_TEXT_RANK}' ORDER BY rowid`;
  return statements.rows(sql, word);
}

it('updates and deletions leave no trace in the scores of others', async () => {
  const once = openWriteSession(await makeTestPath());
  const often = openWriteSession(await makeTestPath());
  fill(once);
  fill(often);
  for (let round = 0; round < UPDATES; round += 1) {
    commit(often, storing('k1', `a text of round ${round} that is a good deal longer`));
    commit(often, storing('passing', 'snow'), { kind: 'delete', target: { key: 'passing' } });
    commit(often, storing('passing', 'snow'));
    commit(often, { kind: 'delete', target: { key: 'passing' } });
  }
  commit(often, storing('k1', 'owl snow white'));
  for (const word of ['owl', 'barn', 'snow'])
    expect(ranksOf(often, word)).toEqual(ranksOf(once, word));
});

const key = fc.constantFrom('a', 'b', 'c');
const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  fc.tuple(key, fc.nat(300)).map(([name, words]) => storing(name, 'owl '.repeat(words))),
  key.map((name): WriteOperation => ({ kind: 'delete', target: { key: name } })),
  key.map(
    (name): WriteOperation => ({ kind: 'increment', target: { key: name }, path: [], by: 1 }),
  ),
);

it(`the totals are those of the rows after any group of units (seed ${SEED})`, async () => {
  const session = openWriteSession(await makeTestPath());
  const groups = fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1 });
  fc.assert(
    fc.property(groups, (units) => {
      session.commitGroup(units.map((operations) => unitOf('main', operations)));
      expect(readTotals(session.statements)).toEqual(countTotals(session.statements));
    }),
    { seed: SEED, numRuns: 100 },
  );
});

it('totals that say something else are found by verify, and mended by a rebuild', async () => {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  fill(session);
  const right = readTotals(session.statements);
  saveTotals(
    session.statements,
    right.map((total, at) => (at === 0 ? total + 512 : total)),
  );
  expect(verifyPath(path, 'full', () => undefined).findings).toMatchObject([
    { area: 'text', scope: 'entry', problem: expect.stringContaining('totals') },
  ]);
  expect(session.rebuildText(0, MEMORIES + 1)).toMatchObject({ done: MEMORIES, lastId: null });
  expect(readTotals(session.statements)).toEqual(right);
  expect(verifyPath(path, 'full', () => undefined).ok).toBe(true);
});
