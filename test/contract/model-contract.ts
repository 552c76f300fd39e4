import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from '../../src/engine/json-text.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const RUNS = 300;

/** What a namespace should hold. */
interface Modelled {
  readonly words: readonly string[];
  readonly version: number;
  readonly importance: number;
}
type Model = Map<string, Modelled>;
type Command = fc.AsyncCommand<Model, MemorySpace, boolean>;

const key = fc.constantFrom('k1', 'k2', 'k3', 'k4');
/** Words that no stemmer changes and that stand in no key. */
const WORDS = ['zebra', 'mango', 'quartz', '東京', '会議'];
const words = fc.subarray(WORDS, { minLength: 1 });
const importance = fc.constantFrom(0, 0.5, 1);

class StoreCommand implements Command {
  readonly key: string;
  readonly words: readonly string[];
  readonly importance: number;
  readonly ifVersion: number | undefined;
  constructor(key: string, words: readonly string[], importance: number, ifVersion?: number) {
    this.key = key;
    this.words = words;
    this.importance = importance;
    this.ifVersion = ifVersion;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const before = model.get(this.key)?.version ?? 0;
    const write = space.apply(
      storing(this.key, this.words, { importance: this.importance, ifVersion: this.ifVersion }),
    );
    if (this.ifVersion !== undefined && this.ifVersion !== before) {
      await expect(write).rejects.toMatchObject({ code: 'VERSION_CONFLICT', actual: before });
      return;
    }
    const { kind, record } = await write;
    expect(kind).toBe(before === 0 ? 'created' : 'updated');
    expect(record.version).toBe(before + 1);
    const { words, importance } = this;
    model.set(this.key, { words, importance, version: before + 1 });
  }
  toString(): string {
    return `store(${this.key}, ${this.words.join(' ')}, ${this.importance}, ${this.ifVersion})`;
  }
}

class UpdateCommand implements Command {
  readonly key: string;
  readonly words: readonly string[];
  constructor(key: string, words: readonly string[]) {
    this.key = key;
    this.words = words;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const before = model.get(this.key);
    const valueText = toJsonText(this.words, []);
    const write = space.apply({ kind: 'update', target: { key: this.key }, valueText });
    if (before === undefined) {
      await expect(write).rejects.toMatchObject({ code: 'NOT_FOUND' });
      return;
    }
    await write;
    model.set(this.key, { ...before, words: this.words, version: before.version + 1 });
  }
  toString(): string {
    return `update(${this.key}, ${this.words.join(' ')})`;
  }
}

class DeleteCommand implements Command {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const write = space.apply({ kind: 'delete', target: { key: this.key } });
    if (model.delete(this.key)) await write;
    else await expect(write).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  toString(): string {
    return `delete(${this.key})`;
  }
}

class GetCommand implements Command {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const record = await space.get(this.key);
    const expected = model.get(this.key);
    expect(record?.version).toBe(expected?.version);
    expect(record?.importance).toBe(expected?.importance);
    expect(record?.valueText).toBe(expected && toJsonText(expected.words, []));
  }
  toString(): string {
    return `get(${this.key})`;
  }
}

class ListCommand implements Command {
  readonly least: number;
  constructor(least: number) {
    this.least = least;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const { records, total } = await space.list({
      filter: {
        operand: { field: 'importance' },
        comparison: { operator: 'gte', value: this.least },
      },
      order: [{ field: 'key', direction: 'asc' }],
      withTotal: true,
    });
    const expected = [...model].filter(([, memory]) => memory.importance >= this.least);
    expect(records.map((record) => record.key)).toEqual(expected.map(([key]) => key).sort());
    expect(total).toBe(expected.length);
  }
  toString(): string {
    return `list(importance >= ${this.least})`;
  }
}

class RecallCommand implements Command {
  readonly words: readonly string[];
  constructor(words: readonly string[]) {
    this.words = words;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, space: MemorySpace): Promise<void> {
    const found = await space.recall(this.words.join(' '));
    const expected = [...model].filter(([, memory]) =>
      memory.words.some((word) => this.words.includes(word)),
    );
    expect([...found].sort()).toEqual(expected.map(([key]) => key).sort());
  }
  toString(): string {
    return `recall(${this.words.join(' ')})`;
  }
}

const commands = fc.commands<Model, MemorySpace, boolean>(
  [
    fc
      .tuple(key, words, importance, fc.option(fc.nat(3), { nil: undefined, freq: 2 }))
      .map((args) => new StoreCommand(...args)),
    fc.tuple(key, words).map((args) => new UpdateCommand(...args)),
    key.map((key) => new DeleteCommand(key)),
    key.map((key) => new GetCommand(key)),
    importance.map((least) => new ListCommand(least)),
    words.map((words) => new RecallCommand(words)),
  ],
  { maxCommands: 25 },
);

/** Any sequence of operations behaves as on a Map. */
export function describeModel(open: () => MemorySpace): void {
  describe('any sequence of operations', () => {
    it(`behaves as on a Map (seed ${SEED}, ${RUNS} runs)`, async () => {
      await fc.assert(
        fc.asyncProperty(commands, (steps) =>
          fc.asyncModelRun(() => ({ model: new Map(), real: open() }), steps),
        ),
        { numRuns: RUNS, seed: SEED },
      );
    });
  });
}
