import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { packContext } from '../../../src/engine/context/pack-context.ts';
import type { Candidate } from '../../../src/engine/context/passage.ts';
import { loadTokenizer, type Tokenizer } from '../../../src/engine/context/tokenizer.ts';
import {
  type SimilarityMeasure,
  wordSimilarity,
} from '../../../src/engine/context/word-similarity.ts';
import type { JsonValue, PackedContext, Section } from '../../../src/engine/index.ts';
import { makeCandidate } from './make-passage.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

describe('packing', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer();
  });

  function pack(
    candidates: readonly Candidate[],
    budgetTokens = 1_000,
    similarity: SimilarityMeasure = wordSimilarity,
  ): Promise<PackedContext> {
    return packContext(candidates, { persona: 'athena', budgetTokens, tokenizer, similarity });
  }

  it('writes sections in order, the oldest first, and cites every id', async () => {
    const packed = await pack([
      makeCandidate({ id: 4, section: 'working_memory', value: 'Counting the owls of Athens now' }),
      makeCandidate({ id: 3, value: 'Owls sleep during the day in trees', relevance: 0.9 }),
      makeCandidate({
        id: 1,
        section: 'episodic_memory',
        value: 'Counted seven owls by the river',
      }),
      makeCandidate({ id: 2, value: 'An owl is the bird of Athena', relevance: 0.2 }),
      makeCandidate({ id: 5, section: 'procedural_memory', value: 'Count owls at dusk, twice' }),
    ]);
    expect(packed.text).toBe(
      [
        '## Facts',
        '[2] 2026-01-01 00:02Z An owl is the bird of Athena',
        '[3] 2026-01-01 00:03Z Owls sleep during the day in trees',
        '## Procedures',
        '[5] 2026-01-01 00:05Z Count owls at dusk, twice',
        '## Episodes',
        '[1] 2026-01-01 00:01Z Counted seven owls by the river',
        '## Working memory',
        '[4] 2026-01-01 00:04Z Counting the owls of Athens now',
        '',
      ].join('\n'),
    );
    expect(packed.items.map(({ memoryId }) => memoryId)).toEqual([2, 3, 5, 1, 4]);
    expect(packed.tokens).toBe(tokenizer.count(packed.text));
    expect(packed).toMatchObject({ omitted: [], budgetTokens: 1_000, tokenizer: 'o200k_base' });
  });

  it('leaves out what a packed memory says already, and names that memory', async () => {
    const text = 'The build runs on two machines and takes nine minutes';
    const packed = await pack([
      makeCandidate({ id: 1, key: 'first', value: text, relevance: 0.9 }),
      makeCandidate({ id: 2, key: 'shouted', value: `  ${text.toUpperCase()} `, relevance: 1 }),
      makeCandidate({ id: 3, key: 'dotted', value: `${text}!`, relevance: 0.5 }),
      makeCandidate({ id: 4, key: 'other', value: text.replace('nine', 'nearly ten') }),
    ]);
    expect(packed.items.map(({ key }) => key)).toEqual(['shouted', 'other']);
    expect(packed.omitted.map(({ key, reason, of }) => [key, reason, of])).toEqual([
      ['first', 'DUPLICATE', 'shouted'],
      ['dotted', 'REDUNDANT', 'shouted'],
    ]);
  });

  it('keeps the same words of two personas apart', async () => {
    const value = 'I prefer the forest to the city';
    const packed = await pack([
      makeCandidate({ id: 1, persona: 'artemis', value }),
      makeCandidate({ id: 2, persona: 'athena', value }),
    ]);
    expect(packed.items.map(({ memoryId }) => memoryId)).toEqual([1, 2]);
    expect(packed.text).toContain(`(artemis) ${value}`);
  });

  it('takes different facts where the most relevant ones only repeat each other in other words', async () => {
    const candidates = [
      'The deploy failed since the disk of the build server was full',
      'The deploy failed as the build server had its disk full',
      'Full disk on the build server: the deploy failed',
      'Rollback of a deploy needs the approval of two people',
      'The next deploy window opens on Friday at noon',
    ].map((value, index) =>
      makeCandidate({ id: index + 1, value, relevance: [1, 0.9, 0.89, 0.84, 0.83][index] }),
    );
    const lines = await Promise.all(candidates.map((one) => pack([one])));
    const [first, second, third] = lines.map(({ tokens }) => tokens);
    const heading = tokenizer.count('## Facts\n');
    const budget = (first ?? 0) + (second ?? 0) + (third ?? 0) - 2 * heading + 4;
    const { items, omitted } = await pack(candidates, budget);
    expect(items.map(({ memoryId }) => memoryId)).toEqual([1, 4, 5]);
    expect(omitted.map(({ memoryId, reason }) => [memoryId, reason])).toEqual([
      [2, 'BUDGET'],
      [3, 'BUDGET'],
    ]);
    const topOnly = await pack(candidates, budget, () => () => 0);
    expect(topOnly.items.map(({ memoryId }) => memoryId)).toEqual([1, 2, 3]);
  });

  it('fills the room that a large memory cannot use with smaller ones', async () => {
    const words = Array.from({ length: 300 }, (_, index) => `term${index}`).join(' ');
    const packed = await pack(
      [
        makeCandidate({ id: 1, value: words, relevance: 1 }),
        makeCandidate({ id: 2, value: 'A small memory that fits in well', relevance: 0.1 }),
      ],
      100,
    );
    expect(packed.items.map(({ memoryId }) => memoryId)).toEqual([2]);
    expect(packed.omitted).toMatchObject([{ memoryId: 1, reason: 'BUDGET', of: null }]);
  });

  it('cuts a value of a megabyte and says so', async () => {
    const packed = await pack([makeCandidate({ id: 1, value: 'owl '.repeat(250_000) })], 5_000);
    expect(packed.items).toMatchObject([{ memoryId: 1, truncated: true }]);
    expect(packed.text.endsWith('…\n')).toBe(true);
    expect(packed.tokens).toBeLessThan(1_500);
  });

  it('is empty without candidates and when the budget is too small for anything', async () => {
    const nothing = { text: '', tokens: 0, items: [], omitted: [] };
    expect(await pack([])).toMatchObject(nothing);
    const packed = await pack([makeCandidate({ id: 1, value: 'A fact that needs its room' })], 1);
    expect(packed).toMatchObject({ ...nothing, omitted: [{ memoryId: 1, reason: 'BUDGET' }] });
  });

  it('never exceeds the budget, accounts for every candidate, and does not depend on their order', async () => {
    const sections: readonly Section[] = [
      'working_memory',
      'semantic_memory',
      'procedural_memory',
      'episodic_memory',
    ];
    const word = fc.constantFrom(
      ...[
        'owl',
        'Night.',
        '12',
        '東京都の天気',
        '안녕',
        'naïve',
        '👩‍👩‍👧',
        '\n',
        '##',
        '[7]',
        '/',
        '…',
        '\u200d',
      ],
      ...[
        'https://example.org/a?b=c',
        '<|endoftext|>',
        'ÄÖÜ',
        '  ',
        "don't",
        '!!!',
        '\\',
        '\ufeff',
      ],
    );
    const text = fc.array(word, { maxLength: 25 }).map((words) => words.join(' '));
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    const value: fc.Arbitrary<JsonValue> = fc.oneof(
      text,
      anyText,
      fc.integer(),
      fc.record({ task: text, result: fc.array(text, { maxLength: 3 }) }),
    );
    const parts = fc.record({
      value,
      section: fc.constantFrom(...sections),
      persona: fc.constantFrom(null, 'athena', 'artemis'),
      relevance: fc.double({ min: 0, max: 1, noNaN: true }),
      createdAt: fc.integer({ min: 0, max: Date.UTC(2030, 1, 1) }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(parts, { maxLength: 25 }),
        fc.integer({ min: 1, max: 900 }),
        async (list, budget) => {
          const candidates = list.map((one, index) => makeCandidate({ ...one, id: index + 1 }));
          const packed = await pack(candidates, budget);
          expect(packed.tokens).toBeLessThanOrEqual(budget);
          expect(tokenizer.count(packed.text)).toBe(packed.tokens);
          const ids = packed.items.map(({ memoryId }) => memoryId);
          const cited = packed.text
            .split('\n')
            .filter((line) => line.startsWith('['))
            .map((line) => Number(line.slice(1, line.indexOf(']'))));
          expect(cited).toEqual(ids);
          const all = [...ids, ...packed.omitted.map(({ memoryId }) => memoryId)];
          expect(all.toSorted((a, b) => a - b)).toEqual(candidates.map(({ memory }) => memory.id));
          const keys = packed.items.map(({ key }) => key);
          for (const { reason, of } of packed.omitted)
            expect(reason === 'BUDGET' ? of === null : keys.includes(of ?? '')).toBe(true);
          expect(await pack(candidates.toReversed(), budget)).toEqual(packed);
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });
});
