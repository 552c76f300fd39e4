import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import { findOutcome } from '../../../src/engine/sqlite/lost-acknowledgement.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { commitUnit, openWriteSession } from '../../support/open-write-session.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const HISTORY = { createdAt: 1, updatedAt: 1, accessedAt: 1, accessCount: 0 };

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom(1, 2);
const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  fc.tuple(key, value).map(([name, n]) => storing(name, n)),
  fc.tuple(key, value).map(([name, n]) => storing(`${name}-old`, n, { imported: HISTORY })),
  fc.tuple(key, value).map(([name, n]) => storing(name, n, { expiresAt: 1_500 })),
  key.map((name): WriteOperation => ({ kind: 'delete', target: { key: name } })),
  key.map(
    (name): WriteOperation => ({ kind: 'increment', target: { key: name }, path: [], by: 1 }),
  ),
);
const units = fc.array(fc.array(operation, { minLength: 1, maxLength: 5 }), { maxLength: 6 });

it(`finds for every committed unit what its caller would have been told (seed ${SEED})`, async () => {
  const session = openWriteSession(await makeTestPath());
  let found = 0;
  let run = 0;
  fc.assert(
    fc.property(units, (list) => {
      run += 1;
      for (const [index, operations] of list.entries()) {
        // Every second unit comes after the expiry of what the others stored.
        const now = index % 2 === 0 ? 1_000 : 2_000;
        const unit = unitOf(`run-${run}`, operations, { now });
        const afterSeq = Number(
          session.database.prepare('SELECT change_seq FROM engine_meta').pluck().get(),
        );
        const [result] = session.commitGroup([unit]).results;
        const lookedUp = findOutcome(session.statements, unit, afterSeq);
        if (result === undefined || 'error' in result) {
          expect(lookedUp).toBeUndefined();
          continue;
        }
        const { csn, outcomes } = result.outcome;
        // What changed nothing has no entry in the log of outcomes: running it again gives the same answer.
        if (outcomes.every(({ kind }) => kind === 'unchanged')) {
          expect(lookedUp).toBeUndefined();
          continue;
        }
        found += 1;
        expect(lookedUp?.csn).toBe(csn);
        expect(lookedUp?.outcomes.map(({ kind }) => kind)).toEqual(
          outcomes.map(({ kind }) => kind),
        );
        for (const [position, outcome] of outcomes.entries()) {
          const other = lookedUp?.outcomes[position];
          if (outcome.kind === 'unchanged') expect(other?.record?.key).toBe(outcome.record.key);
          else expect(other).toEqual(outcome);
        }
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
  expect(found).toBeGreaterThan(100);
});

it('finds what a neighbour of the same group deleted afterwards', async () => {
  const session = openWriteSession(await makeTestPath());
  const imported = storing('same', 1, { imported: HISTORY });
  const before = commitUnit(session, unitOf('main', [imported])).outcomes[0];
  const unit = unitOf('main', [imported, storing('new', 1)]);
  session.commitGroup([unit, unitOf('main', [{ kind: 'delete', target: { key: 'same' } }])]);
  const found = findOutcome(session.statements, unit, 1);
  expect(found?.outcomes).toMatchObject([
    { kind: 'unchanged', record: before?.record },
    { kind: 'created', record: { key: 'new' } },
  ]);
});

it('tells links by their rows, and duplicates by looking again', async () => {
  const session = openWriteSession(await makeTestPath());
  commitUnit(session, unitOf('main', [storing('a', 'one two'), storing('b'), storing('c')]));
  const link = (kind: 'link' | 'unlink', from: string, to: string): WriteOperation => ({
    kind,
    from: { key: from },
    to: { key: to },
    link: 'relates',
  });
  commitUnit(session, unitOf('main', [link('link', 'a', 'b')]));
  const unit = unitOf('main', [
    link('link', 'b', 'a'),
    link('link', 'a', 'c'),
    storing('d', 'one  two', { onDuplicate: 'return_existing' }),
    storing('e', 'ONE two', { onDuplicate: 'supersede' }),
    storing('f', 'three'),
    link('unlink', 'a', 'b'),
  ]);
  const { csn, outcomes } = commitUnit(session, unit);
  expect(outcomes.map(({ kind }) => kind)).toEqual([
    'linked',
    'linked',
    'unchanged',
    'created',
    'created',
    'unlinked',
  ]);
  const found = findOutcome(session.statements, unit, 3);
  expect(found?.csn).toBe(csn);
  expect(found?.outcomes.map(({ kind, record }) => [kind, record?.key])).toEqual([
    ['linked', undefined],
    ['linked', undefined],
    // What the unit superseded itself is not found any more: the memory that took its place is.
    ['unchanged', 'e'],
    ['created', 'e'],
    ['created', 'f'],
    ['unlinked', undefined],
  ]);
  expect(found?.outcomes[1]).toMatchObject({ changed: true });
});

it('knows nothing of a unit that never committed', async () => {
  const session = openWriteSession(await makeTestPath());
  commitUnit(session, unitOf('main', [storing('k')]));
  expect(findOutcome(session.statements, unitOf('main', [storing('k')]), 0)).toBeUndefined();
});
