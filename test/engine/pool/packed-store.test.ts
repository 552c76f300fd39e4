import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import { SECTIONS } from '../../../src/engine/model/section.ts';
import type { WriteUnit } from '../../../src/engine/model/unit-of-work.ts';
import type { UnitOutcome } from '../../../src/engine/model/unit-outcome.ts';
import {
  isList,
  packOutcome,
  packStore,
  unpackOutcome,
  unpackStore,
} from '../../../src/engine/pool/packed-store.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

const text = fc.string({ unit: 'binary' });
const time = fc.nat({ max: 2 ** 50 });
const fields = fc.record({
  key: text,
  valueText: text,
  metadataText: text,
  tags: fc.array(text),
  section: fc.constantFrom(...SECTIONS),
  persona: fc.option(text),
  importance: fc.double({ min: 0, max: 1, noNaN: true }),
  expiresAt: fc.option(time),
});
const units = fc
  .record({ txid: text, namespace: text, fields, deadline: time, now: time })
  .map(
    ({ fields, ...unit }): WriteUnit => ({ ...unit, operations: [{ kind: 'store', ...fields }] }),
  );
const numbers = fc.record({
  id: time,
  version: time,
  csn: time,
  createdAt: time,
  updatedAt: time,
  accessedAt: time,
  accessCount: time,
});

const sent = structuredClone;

function storeOf({ operations: [store] }: WriteUnit) {
  if (store?.kind !== 'store') throw new Error('no store');
  const { kind, ...fields } = store;
  return fields;
}

function outcomeOf(record: MemoryRecord, kind: 'created' | 'updated' | 'unchanged', seq: number) {
  return { csn: record.csn, outcomes: [{ kind, record, seq }], replayed: false };
}

describe(`a lone store as a list (SEED=${SEED})`, () => {
  it('crosses threads with its outcome', () => {
    const kinds = fc.constantFrom('created' as const, 'updated' as const);
    fc.assert(
      fc.property(units, numbers, kinds, time, (unit, figures, kind, seq) => {
        const packed = packStore(unit);
        expect(isList(packed)).toBe(true);
        expect(unpackStore(sent(packed))).toEqual(unit);
        const record = { namespace: unit.namespace, ...storeOf(unit), ...figures };
        const outcome = outcomeOf(record, kind, seq);
        const answer = packOutcome(outcome);
        expect(isList(answer)).toBe(true);
        expect(unpackOutcome(sent(answer), unit)).toEqual(outcome);
      }),
      { seed: SEED },
    );
  });

  const [unit] = fc.sample(units, { seed: SEED, numRuns: 1 }) as [WriteUnit];
  const store = { kind: 'store' as const, ...storeOf(unit) };

  it.each<[string, Partial<WriteUnit>]>([
    ['an idempotency key', { idempotency: { key: 'k', requestHash: 'h' } }],
    ['answers of a transaction', { innerRequests: [] }],
    ['what it has read', { validation: { snapshotCsn: 1, versions: [], predicates: [] } }],
    ['a part of a two-phase commit', { participation: {} }],
    ['two operations', { operations: [store, store] }],
    ['no operation', { operations: [] }],
    ['another operation', { operations: [{ kind: 'delete', target: { key: 'k' } }] }],
    ['an expected version', { operations: [{ ...store, ifVersion: 0 }] }],
    ['a reserved id', { operations: [{ ...store, newId: 7 }] }],
    ['a policy for duplicates', { operations: [{ ...store, onDuplicate: 'return_existing' }] }],
    [
      'a history',
      {
        operations: [
          { ...store, imported: { createdAt: 1, updatedAt: 1, accessedAt: 1, accessCount: 0 } },
        ],
      },
    ],
  ])('leaves a unit with %s as it is', (_, more) => {
    const other = { ...unit, ...more };
    expect(packStore(other)).toBe(other);
    expect(unpackStore(other)).toBe(other);
  });

  it('leaves an outcome with more to tell as it is', () => {
    const [figures] = fc.sample(numbers, { seed: SEED, numRuns: 1 }) as [
      typeof numbers extends fc.Arbitrary<infer T> ? T : never,
    ];
    const record = { namespace: unit.namespace, ...storeOf(unit), ...figures };
    const others: readonly UnitOutcome[] = [
      outcomeOf(record, 'unchanged', 3),
      { ...outcomeOf(record, 'created', 3), outbox: [] },
      { ...outcomeOf(record, 'created', 3), pending: ['redis'] },
    ];
    for (const outcome of others) {
      expect(packOutcome(outcome)).toBe(outcome);
      expect(unpackOutcome(outcome, unit)).toBe(outcome);
    }
  });
});
