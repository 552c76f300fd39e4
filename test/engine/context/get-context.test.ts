import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/engine/context/tokenizer.ts';
import {
  type MemoryOperations,
  type PackedContext,
  ValidationError,
} from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';
import { randomFrom } from '../../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const shared = shareTestEngine();

const TASK = 'count the owls by the river';

async function packedFor(memories: MemoryOperations, budgetTokens: number): Promise<PackedContext> {
  const { packed } = await memories.getContext('athena', TASK, { budgetTokens });
  if (packed === null) throw new Error('a budget packs');
  return packed;
}

describe('getContext', () => {
  it('gives what it gave before when there is no budget', async () => {
    const memories = shared.memories();
    await memories.storeMany(
      Array.from(
        { length: 8 },
        (_, index) =>
          [
            {
              key: `w${index}`,
              value: `owl ${index}`,
              section: 'working_memory',
              persona: 'athena',
            },
            { key: `s${index}`, value: `river ${index}`, section: 'semantic_memory' },
            {
              key: `e${index}`,
              value: `trip ${index}`,
              section: 'episodic_memory',
              persona: 'athena',
            },
          ] as const,
      ).flat(),
    );
    const plain = await memories.getContext('athena', 'owl river');
    expect(plain).toMatchObject({ persona: 'athena', task: 'owl river', packed: null });
    expect([plain.working.length, plain.semantic.length]).toEqual([5, 3]);
    expect(plain.episodes.map(({ key }) => key)).toEqual(['e7', 'e6', 'e5']);
    const { packed, ...budgeted } = await memories.getContext('athena', 'owl river', {
      budgetTokens: 4_000,
    });
    expect(budgeted.working.map(({ key }) => key)).toEqual(plain.working.map(({ key }) => key));
    expect(budgeted.episodes.map(({ key }) => key)).toEqual(['e7', 'e6', 'e5']);
    expect(packed?.items).toHaveLength(24);
  });

  it('packs procedures and older episodes that the task is about, and nothing of other personas', async () => {
    const memories = shared.memories();
    const episodic = { section: 'episodic_memory', persona: 'athena' } as const;
    await memories.store({ key: 'old', value: 'Counted owls by the river in spring', ...episodic });
    await memories.storeMany(
      Array.from({ length: 30 }, (_, index) => ({
        key: `later${index}`,
        value: `Something else entirely, number ${index}`,
        ...episodic,
      })),
    );
    await memories.storeMany([
      { key: 'how', value: 'To count owls, listen at dusk', section: 'procedural_memory' },
      { key: 'foreign', value: 'My owls!', section: 'working_memory', persona: 'artemis' },
      { key: 'trip', value: 'Owls met', section: 'episodic_memory', persona: 'artemis' },
      {
        key: 'fact',
        value: 'Owls hunt by the river and in the fields',
        section: 'semantic_memory',
        persona: 'hera',
      },
    ]);
    const { text, items } = await packedFor(memories, 20_000);
    const keys = items.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(['old', 'how', 'fact', 'later29', 'later10']));
    for (const key of ['foreign', 'trip']) expect(keys).not.toContain(key);
    expect(text).toContain('(hera) Owls hunt by the river and in the fields');
  });

  it('keeps to every budget, uses it, cites ids that exist, and accounts for what it left out', async () => {
    const memories = shared.memories();
    const random = randomFrom(SEED);
    const words = [
      'owl',
      'river',
      'count',
      'night',
      'branch',
      'wing',
      '東京都の川',
      'フクロウ',
      '12',
    ];
    const sections = ['working_memory', 'semantic_memory', 'episodic_memory'] as const;
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    await memories.storeMany(
      Array.from({ length: 60 }, (_, index) => ({
        key: `m${index}`,
        value: Array.from({ length: 3 + random(40) }, () => pick(words)).join(' '),
        section: pick(sections),
        persona: 'athena',
      })),
    );
    const tokenizer = await loadTokenizer();
    const everything = await packedFor(memories, 100_000);
    const considered = [...everything.items, ...everything.omitted]
      .map(({ key }) => key)
      .toSorted();
    expect(considered.length).toBeGreaterThan(20);
    for (const budget of [1, 5, 20, 33, 64, 150, 400, 1_000, 5_000, 200_000]) {
      const packed = await packedFor(memories, budget);
      const context = `seed ${SEED}, budget ${budget}`;
      expect(packed.tokens, context).toBeLessThanOrEqual(budget);
      expect(tokenizer.count(packed.text), context).toBe(packed.tokens);
      const found = await memories.getMany(packed.items.map(({ memoryId }) => ({ id: memoryId })));
      expect(found.map((memory) => memory?.key)).toEqual(packed.items.map(({ key }) => key));
      const cited = [...packed.text.matchAll(/^\[(\d+)\]/gm)].map(([, id]) => Number(id));
      expect(cited, context).toEqual(packed.items.map(({ memoryId }) => memoryId));
      const all = [...packed.items, ...packed.omitted].map(({ key }) => key);
      expect(all.toSorted(), context).toEqual(considered);
    }
  });

  it('tells duplicates from what the budget left out', async () => {
    const memories = shared.memories();
    const value = { owls: 'seven owls by the river', seen: 'at night near the old bridge' };
    await memories.storeMany([
      { key: 'one', value, section: 'semantic_memory' },
      { key: 'two', value, section: 'semantic_memory' },
      { key: 'three', value, section: 'working_memory', persona: 'athena' },
      { key: 'long', value: `owls ${'and the river '.repeat(100)}`, section: 'semantic_memory' },
    ]);
    const { items, omitted } = await packedFor(memories, 90);
    expect(items).toHaveLength(1);
    const reasons = new Map(omitted.map(({ key, reason, of }) => [key, [reason, of]]));
    expect(reasons.get('long')).toEqual(['BUDGET', null]);
    reasons.delete('long');
    expect([...reasons.values()]).toEqual([
      ['DUPLICATE', items[0]?.key],
      ['DUPLICATE', items[0]?.key],
    ]);
  });

  it('counts as accessed what it hands out and not what it looked at', async () => {
    const memories = shared.memories();
    await memories.storeMany(
      Array.from({ length: 12 }, (_, index) => ({
        key: `w${index}`,
        value: `owls by the river ${'branch '.repeat(index * 2)}`,
        section: 'working_memory' as const,
        persona: 'athena',
      })),
    );
    const { working, packed } = await memories.getContext('athena', TASK, { budgetTokens: 60 });
    const handed = new Set([
      ...working.map(({ key }) => key),
      ...(packed?.items ?? []).map(({ key }) => key),
    ]);
    expect(packed?.omitted.length).toBeGreaterThan(0);
    await expect
      .poll(async () => {
        const { items } = await memories.list({ first: 100 });
        return items.filter(({ memory }) => memory.accessCount > 0).map(({ memory }) => memory.key);
      })
      .toHaveLength(handed.size);
    const { items } = await memories.list({ first: 100 });
    for (const { memory } of items)
      expect(memory.accessCount, memory.key).toBe(handed.has(memory.key) ? 1 : 0);
  });

  it('is empty in an empty store', async () => {
    const packed = await packedFor(shared.memories(), 500);
    expect(packed).toMatchObject({ text: '', tokens: 0, items: [], omitted: [] });
  });

  it('refuses budgets that are none', async () => {
    const memories = shared.memories();
    for (const budgetTokens of [0, -1, 1.5, 200_001, Number.NaN, '100', {}]) {
      const options = { budgetTokens: budgetTokens as number };
      const error = await memories.getContext('athena', TASK, options).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ValidationError);
      expect((error as ValidationError).issues.map(({ path }) => path)).toEqual([['budgetTokens']]);
    }
  });

  it('sees the writes of an open transaction', async () => {
    const memories = shared.memories();
    await memories.runTransaction(async (transaction) => {
      await transaction.memories.store({
        key: 'mine',
        value: 'Owls counted by the river: seven',
        section: 'working_memory',
        persona: 'athena',
      });
      const { text } = await packedFor(transaction.memories, 200);
      expect(text).toContain('Owls counted by the river: seven');
      expect((await packedFor(memories, 200)).text).toBe('');
    });
  });
});
