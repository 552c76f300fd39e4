import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../../src/engine/backends/history-reads.ts';
import type { ReadMap } from '../../../src/engine/backends/read-map.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import type { Filter, OrderTerm } from '../../../src/engine/search/filter.ts';
import { keysetOf } from '../../../src/engine/search/order.ts';
import { storing } from '../../support/memory-space.ts';
import { type BackendKind, openTestSpace } from '../../support/open-test-backend.ts';
import { HistoryRecorder } from './history-recorder.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
/** Opening a store with threads takes longer. */
const RUNS: Readonly<Record<BackendKind, number>> = { sqlite: 5, sqlite_sync: 20 };
const START = 1_700_000_000_000;
const KEYS = ['a', 'ключ', '東京', 'e\u0301'.normalize('NFC'), '\u{1F600}', 'b', 'c', 'd'];

const key = fc.constantFrom(...KEYS);
const store = fc
  .record({
    key,
    value: fc.integer({ min: 0, max: 3 }),
    tags: fc.subarray(['t', 'タグ']),
    persona: fc.constantFrom(null, 'Athena', 'Ὅμηρος'),
    importance: fc.constantFrom(0, 0.5, 1),
    ttl: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 3 }),
  })
  .map((drawn) => ({ kind: 'store' as const, ...drawn }));
const change = fc.oneof(
  { weight: 4, arbitrary: store },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('increment' as const), key }) },
);
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('unit' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('prune' as const),
      age: fc.integer({ min: 0, max: 200 }),
      keep: fc.integer({ min: 0, max: 8 }),
    }),
  },
);
/** The clock may be set back. */
const timed = fc.record({ action, step: fc.integer({ min: -30, max: 60 }) });

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Timed = typeof timed extends fc.Arbitrary<infer T> ? T : never;

const FILTERS: readonly (Filter | null)[] = [
  null,
  { operand: { field: 'persona' }, comparison: { operator: 'eq', value: 'Ὅμηρος' } },
  { operand: { field: 'persona' }, comparison: { operator: 'exists', value: false } },
  { operand: { field: 'persona' }, comparison: { operator: 'startsWith', value: 'A' } },
  { tags: 'any', values: ['タグ'] },
  { tags: 'all', values: ['t', 'タグ'] },
  { not: { tags: 'any', values: ['t'] } },
  { operand: { json: 'value', path: ['n'] }, comparison: { operator: 'gte', value: 2 } },
  { operand: { field: 'key' }, comparison: { operator: 'gte', value: 'ключ' } },
  { operand: { field: 'version' }, comparison: { operator: 'gt', value: 1 } },
  { operand: { field: 'accessCount' }, comparison: { operator: 'eq', value: 0 } },
];
const ORDERS: readonly (readonly OrderTerm[])[] = [
  [],
  [{ field: 'key', direction: 'asc' }],
  [
    { field: 'importance', direction: 'desc' },
    { field: 'updatedAt', direction: 'asc' },
  ],
  [{ field: 'accessedAt', direction: 'desc' }],
];

function toOperation(drawn: Change, now: number): WriteOperation {
  const target = { key: drawn.key };
  if (drawn.kind === 'delete') return { kind: 'delete', target };
  if (drawn.kind === 'increment') return { kind: 'increment', target, path: ['n'], by: 1 };
  const { tags, persona, importance, ttl, value } = drawn;
  const expiresAt = ttl === null ? null : now + ttl;
  return storing(drawn.key, { n: value }, { tags, persona, importance, expiresAt });
}

async function play(recorder: HistoryRecorder, drawn: readonly Timed[]): Promise<void> {
  let now = START;
  for (const { action, step } of drawn) {
    now += step;
    if (action.kind === 'unit') {
      const operations = action.changes.map((item) => toOperation(item, now));
      await recorder.write(operations, now);
    } else if (action.kind === 'elsewhere') {
      await recorder.writeElsewhere(storing('a', 0), now);
    } else if (action.kind === 'sweep') {
      await recorder.sweep(now);
    } else {
      const { age, keep } = action;
      await recorder.space.backend.prune({ changesBefore: now - age, keepChanges: keep, now });
    }
  }
}

type ListArgs = ReadMap['listAsOf']['args'];

function listArgs(recorder: HistoryRecorder, moment: Moment, args: Partial<ListArgs>): ListArgs {
  const { namespace } = recorder.space;
  const all = { filter: null, order: [], limit: 100, after: null, before: null, fromEnd: false };
  return { namespace, ...all, withTotal: true, ...args, moment };
}

/** All pages of a list, walked by cursor. */
async function walk(
  recorder: HistoryRecorder,
  moment: Moment,
  args: Partial<ListArgs>,
): Promise<readonly MemoryRecord[]> {
  const found: MemoryRecord[] = [];
  const order = args.order ?? [];
  for (let position: readonly (string | number)[] | null = null; ; ) {
    const page = await recorder.space.backend.read(
      'listAsOf',
      listArgs(recorder, moment, {
        ...args,
        limit: 2,
        ...(args.fromEnd ? { before: position } : { after: position }),
      }),
    );
    if ('refused' in page) throw new Error('the first page was not refused');
    if (args.fromEnd) found.unshift(...page.records);
    else found.push(...page.records);
    const last = args.fromEnd ? page.records[0] : page.records.at(-1);
    if (!page.hasMore || last === undefined) return found;
    position = keysetOf(last, order);
  }
}

interface Tally {
  answered: number;
  refused: number;
  /** Memories found in answers. */
  seen: number;
}

async function check(recorder: HistoryRecorder, moment: Moment, tally: Tally, turn: number) {
  const { space } = recorder;
  const { oldestSeq } = await space.changes();
  const { step } = recorder.at(moment);
  const filter = FILTERS[turn % FILTERS.length] ?? null;
  const order = ORDERS[turn % ORDERS.length] ?? [];
  const ids = new Map([...step.state.values()].map(({ id, key: name }) => [name, id]));
  const targets = [
    ...KEYS.map((name) => ({ key: name })),
    ...Array.from(ids.values(), (id) => ({ id })),
  ];
  const got = await space.backend.read('getManyAsOf', {
    namespace: space.namespace,
    targets,
    moment,
  });
  const listed = await space.backend.read(
    'listAsOf',
    listArgs(recorder, moment, { filter, order }),
  );
  // Of a unit that was trimmed, only its end is still known.
  if (('seq' in moment ? moment.seq : step.seq) < oldestSeq - 1) {
    tally.refused += 1;
    const refusal = { refused: 'TRIMMED', start: { seq: oldestSeq - 1 } };
    expect(got).toMatchObject(refusal);
    expect(listed).toMatchObject(refusal);
    return;
  }
  tally.answered += 1;
  const visible = recorder.visible(moment);
  const byKey = KEYS.map((name) => visible.find((record) => record.key === name) ?? null);
  const byId = Array.from(ids.values(), (id) => visible.find((record) => record.id === id) ?? null);
  expect(got).toEqual({ records: [...byKey, ...byId] });
  const expected = recorder.list(moment, filter, order);
  expect(listed).toEqual({ records: expected, hasMore: false, total: expected.length });
  tally.seen += expected.length;
  if (turn % 3 !== 0) return;
  expect(await walk(recorder, moment, { filter, order })).toEqual(expected);
  expect(await walk(recorder, moment, { filter, order, fromEnd: true })).toEqual(expected);
}

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])('reads of the past on %s', (kind) => {
  it(`answer every moment as it was, or refuse it when the log was trimmed (seed ${SEED})`, async () => {
    const runs = Number(process.env['RUNS'] ?? RUNS[kind]);
    const tally: Tally = { answered: 0, refused: 0, seen: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(timed, { minLength: 25, maxLength: 45 }), async (drawn) => {
        const recorder = new HistoryRecorder(await openTestSpace(kind));
        try {
          await play(recorder, drawn);
          let turn = 0;
          for (const { seq, time } of recorder.steps) {
            // One back may lie inside of the unit.
            for (const position of [seq, Math.max(0, seq - 1)])
              await check(recorder, { seq: position }, tally, turn++);
            if (!Number.isFinite(time)) continue;
            for (const at of [time - 1, time, time + 7])
              await check(recorder, { at }, tally, turn++);
          }
        } finally {
          await recorder.space.backend.close();
        }
      }),
      { seed: SEED, numRuns: runs, endOnFailure: process.env['SHRINK'] === undefined },
    );
    // Both ends of the property must have been met.
    expect(tally.answered).toBeGreaterThan(runs * 10);
    expect(tally.seen).toBeGreaterThan(runs * 10);
    expect(tally.refused).toBeGreaterThan(runs);
  });
});
