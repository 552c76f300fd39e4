import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  IsolationLevel,
  MemoryOperations,
  OpenTransaction,
} from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const KEYS = ['a', 'b', 'c', 'd'] as const;
const TAGS = ['red', 'blue'] as const;

interface Modelled {
  readonly n: number;
  readonly tag: string;
  readonly version: number;
  /** The number in its text, which an increment leaves as it is. */
  readonly word: number;
}
type Model = ReadonlyMap<string, Modelled>;

type Action =
  | { readonly kind: 'store'; readonly key: string; readonly n: number; readonly tag: string }
  | { readonly kind: 'increment' | 'delete'; readonly key: string }
  | { readonly kind: 'savepoint' | 'rollbackTo' | 'release'; readonly name: string };

const key = fc.constantFrom(...KEYS);
const name = fc.constantFrom('s', 't');
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      key,
      n: fc.integer({ min: 0, max: 9 }),
      tag: fc.constantFrom(...TAGS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('increment' as const, 'delete' as const), key }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('savepoint' as const, 'rollbackTo' as const, 'release' as const),
      name,
    }),
  },
);

const shared = shareTestEngine();

describe('random writes, reads and savepoints inside one transaction', () => {
  it.each(['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const)(
    `%s: every read agrees with a Map (seed ${SEED})`,
    async (isolation) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 3 }),
          fc.array(action, { maxLength: 14 }),
          async (before, actions) => play(shared.memories(), isolation, before, actions),
        ),
        { seed: SEED, numRuns: 25 },
      );
    },
  );
});

async function play(
  memories: MemoryOperations,
  isolation: IsolationLevel,
  before: readonly string[],
  actions: readonly Action[],
): Promise<void> {
  const committed = new Map(before.map((k) => [k, { n: 1, tag: 'red', version: 1, word: 1 }]));
  for (const k of before) await memories.store({ key: k, ...fieldsOf({ n: 1, tag: 'red' }) });
  const open = await memories.beginTransaction({ isolation });
  const state = new TransactionModel(committed);
  for (const step of actions) {
    const expected = state.apply(step);
    const actual = await perform(open, step).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    expect(actual).toBe(expected);
    await compare(open.memories, state.model);
    await compare(memories, committed);
  }
  await open.commit();
  await compare(memories, state.model);
}

function fieldsOf({ n, tag }: { readonly n: number; readonly tag: string }): {
  readonly value: object;
  readonly tags: readonly string[];
} {
  return { value: { n, text: `word${n}` }, tags: [tag] };
}

async function perform(open: OpenTransaction, step: Action): Promise<void> {
  switch (step.kind) {
    case 'store':
      await open.memories.store({ key: step.key, ...fieldsOf(step) });
      break;
    case 'increment':
      await open.memories.increment({ by: { key: step.key }, path: 'n' });
      break;
    case 'delete':
      await open.memories.delete({ by: { key: step.key } });
      break;
    default:
      await open[step.kind](step.name);
  }
}

/** All ways to read, against the model. */
async function compare(memories: MemoryOperations, model: Model): Promise<void> {
  const found = await memories.getMany(KEYS.map((k) => ({ key: k })));
  expect(
    found.map((memory) => memory && [numberIn(memory.value), memory.tags[0], memory.version]),
  ).toEqual(
    KEYS.map((k) => {
      const modelled = model.get(k);
      return modelled === undefined ? null : [modelled.n, modelled.tag, modelled.version];
    }),
  );
  const red = await memories.list({
    where: { tags: ['red'] },
    orderBy: [
      { field: 'version', direction: 'desc' },
      { field: 'key', direction: 'asc' },
    ],
    first: 2,
  });
  const expected = [...model]
    .filter(([, { tag }]) => tag === 'red')
    .sort(([k1, a], [k2, b]) => b.version - a.version || k1.localeCompare(k2))
    .map(([k]) => k);
  expect(red.items.map(({ memory }) => memory.key)).toEqual(expected.slice(0, 2));
  expect(red).toMatchObject({ total: expected.length, hasNextPage: expected.length > 2 });
  const { hits } = await memories.recall({ query: 'word1', mode: 'TEXT', limit: 10, touch: false });
  const ones = [...model].filter(([, { word }]) => word === 1).map(([k]) => k);
  expect(hits.map(({ key: k }) => k).sort()).toEqual(ones.sort());
}

function numberIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'n' in value ? value.n : undefined;
}

/** A Map with savepoints of SQL. */
class TransactionModel {
  model: Map<string, Modelled>;
  #savepoints: { readonly name: string; readonly model: Map<string, Modelled> }[] = [];

  constructor(committed: Model) {
    this.model = new Map(committed);
  }

  /** The code of the error that it must end with, or `ok`. */
  apply(step: Action): string {
    switch (step.kind) {
      case 'store': {
        const version = (this.model.get(step.key)?.version ?? 0) + 1;
        this.model.set(step.key, { n: step.n, tag: step.tag, version, word: step.n });
        return 'ok';
      }
      case 'increment': {
        const found = this.model.get(step.key);
        if (found === undefined) return 'NOT_FOUND';
        this.model.set(step.key, { ...found, n: found.n + 1, version: found.version + 1 });
        return 'ok';
      }
      case 'delete':
        return this.model.delete(step.key) ? 'ok' : 'NOT_FOUND';
      case 'savepoint':
        this.#savepoints.push({ name: step.name, model: new Map(this.model) });
        return 'ok';
      default: {
        const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === step.name);
        const savepoint = this.#savepoints[index];
        if (savepoint === undefined) return 'TRANSACTION_STATE';
        const back = step.kind === 'rollbackTo';
        if (back) this.model = new Map(savepoint.model);
        this.#savepoints.length = back ? index + 1 : index;
        return 'ok';
      }
    }
  }
}
