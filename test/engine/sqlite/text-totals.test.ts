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
  saveTotals(session.statements, () => right.map((total, at) => (at === 0 ? total + 512 : total)));
  expect(verifyPath(path, 'full', () => undefined).findings).toMatchObject([
    { area: 'text', scope: 'entry', problem: expect.stringContaining('totals') },
  ]);
  expect(session.rebuildText(0, MEMORIES + 1)).toMatchObject({ done: MEMORIES, lastId: null });
  expect(readTotals(session.statements)).toEqual(right);
  expect(verifyPath(path, 'full', () => undefined).ok).toBe(true);
});

it('a rebuild that finds no row of the index counts them right too', async () => {
  const session = openWriteSession(await makeTestPath());
  fill(session);
  const right = readTotals(session.statements);
  // Leaves the totals as they are.
  session.statements.run('DELETE FROM memories_text');
  session.rebuildText(0, MEMORIES + 1);
  expect(readTotals(session.statements)).toEqual(right);
});

it('a rebuild that meets damage on its way begins again', async () => {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  fill(session);
  const half = MEMORIES / 2;
  const { lastId } = session.rebuildText(0, half);
  // The structure of the index (fts5_index.c).
  session.statements.runUnguarded(
    "UPDATE memories_text_data SET block = x'00000000ff7fff7f' WHERE id = 10",
  );
  const found = session.rebuildText(Number(lastId), half);
  expect(found).toEqual({ done: half, lastId: 0 });
  for (let next: number | null = found.lastId; next !== null; )
    next = session.rebuildText(next, half).lastId;
  expect(verifyPath(path, 'full', () => undefined).findings).toEqual([]);
});

it('sizes that no text can have are counted without end neither in time nor in number', async () => {
  const session = openWriteSession(await makeTestPath());
  fill(session);
  const endless = Buffer.alloc(200, 0xff).fill(0x7f, 199);
  session.statements.runUnguarded('UPDATE memories_text_docsize SET sz = ? WHERE id = 1', endless);
  saveTotals(session.statements, () => countTotals(session.statements));
  expect(readTotals(session.statements)[1]).toBe(Number.MAX_SAFE_INTEGER);
});
