import { describe, expect, it } from 'vitest';
import {
  type MemoryOperations,
  type RecallInput,
  ValidationError,
} from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

async function keysFor(memories: MemoryOperations, input: RecallInput): Promise<readonly string[]> {
  return (await memories.recall(input)).hits.map(({ key }) => key);
}

describe('recall', () => {
  it('ranks, filters before the limit, and explains', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'a', value: 'the quick brown fox', importance: 0.1, persona: 'p' },
      { key: 'b', value: 'the quick brown fox', importance: 0.9, persona: 'q' },
      { key: 'c', value: 'a slow snail', importance: 1 },
    ]);
    const { hits, ...how } = await memories.recall({ query: 'fox' });
    expect(hits.map(({ key }) => key)).toEqual(['b', 'a', 'c']);
    expect(how).toMatchObject({
      mode: 'HYBRID',
      servedMode: 'HYBRID',
      degraded: false,
      degradedReason: null,
    });
    expect(await keysFor(memories, { query: 'fox', where: { persona: 'p' }, limit: 1 })).toEqual([
      'a',
    ]);
    expect(
      await keysFor(memories, { query: 'fox', minScore: (hits[0]?.score ?? 0) - 0.01 }),
    ).toEqual(['b']);
  });

  it('explains every number of a score', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'a', value: 'Ada plays the piano', importance: 0.1, persona: 'Ada' },
      { key: 'b', value: 'a concert for violin', importance: 0.9, persona: 'Bob' },
      { key: 'c', value: 'a slow snail', importance: 1 },
    ]);
    for (const weights of [undefined, { text: 1 }, { text: 0, semantic: 2 }, { semantic: 0 }]) {
      const { hits } = await memories.recall({ query: 'does Ada play piano', weights });
      expect(hits[0]).toMatchObject({ key: 'a', source: 'sqlite' });
      for (const { score, distance, explanation } of hits) {
        const { text, semantic, nameBoost, importanceFactor, recencyFactor, final } = explanation;
        const { text: textWeight, semantic: semanticWeight } = explanation.weights;
        expect(explanation.weights).toEqual({ text: 0.5, semantic: 0.5, ...weights });
        expect(score).toBe(final);
        const base =
          (textWeight * (text?.normalised ?? 0) + semanticWeight * (semantic?.normalised ?? 0)) /
          (textWeight + semanticWeight);
        expect(final).toBeCloseTo((base + nameBoost) * importanceFactor * recencyFactor, 9);
        expect(distance).toBe(semantic?.distance ?? null);
        if (semantic !== null) expect(semantic.distance).toBeCloseTo(1 - semantic.similarity, 12);
      }
      expect(
        hits.map(({ key, explanation }) => [key, explanation.nameBoost > 0]).toSorted(),
      ).toEqual([
        ['a', true],
        ['b', false],
        ['c', false],
      ]);
    }
  });

  it('takes names of personas for whose memories are meant, not for words', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'of-ada', value: 'the piano', persona: 'Ada Lovelace' },
      { key: 'of-bob', value: 'the piano', persona: 'Bob' },
      { key: 'about-ada', value: 'Ada Lovelace Ada Lovelace', persona: 'Bob' },
    ]);
    const { hits } = await memories.recall({ query: 'ada lovelace piano', mode: 'TEXT' });
    expect(hits.map(({ key, explanation }) => [key, explanation.nameBoost > 0])).toEqual([
      ['of-ada', true],
      ['of-bob', false],
    ]);
    expect(hits[0]?.explanation.terms).toEqual(['piano']);
    // A name alone is looked for as well.
    const alone = await keysFor(memories, { query: 'Ada Lovelace', mode: 'TEXT' });
    expect([...alone].sort()).toEqual(['about-ada', 'of-ada']);
    // A persona made later is known at once.
    await memories.store({ key: 'of-eve', value: 'the piano', persona: 'Eve' });
    expect((await keysFor(memories, { query: 'eve piano', mode: 'TEXT' }))[0]).toBe('of-eve');
  });

  it.each<[string, RecallInput, string, boolean]>([
    ['TEXT', { query: 'piano', mode: 'TEXT' }, 'TEXT', false],
    ['SEMANTIC', { query: 'piano', mode: 'SEMANTIC' }, 'SEMANTIC', false],
    ['HYBRID', { query: 'piano', mode: 'HYBRID' }, 'HYBRID', false],
    ['words no model knows', { query: 'ኢትዮጵያ', mode: 'SEMANTIC' }, 'TEXT', false],
    ['nothing to look for', { query: '  ', mode: 'SEMANTIC' }, 'TEXT', false],
  ])('says how it was served: %s', async (_name, input, servedMode, degraded) => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 'the piano' });
    expect(await memories.recall(input)).toMatchObject({ servedMode, degraded });
  });

  it('never hands over fewer hits than were asked for because of few candidates', async () => {
    const memories = shared.memories();
    const items = Array.from({ length: 30 }, (_, index) => ({
      key: `k${index}`,
      value: `the piano of house ${index}`,
    }));
    await memories.storeMany(items);
    for (const mode of ['TEXT', 'SEMANTIC', 'HYBRID'] as const) {
      const candidates = { text: 1, semantic: 1 };
      const { hits } = await memories.recall({ query: 'piano', mode, limit: 20, candidates });
      expect(hits).toHaveLength(20);
    }
  });

  it('leaves out what another memory supersedes, unless asked for', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'old', value: 'the piano is in the hall' },
      { key: 'new', value: 'the piano is in the kitchen' },
    ]);
    await memories.link({ from: { key: 'new' }, to: { key: 'old' }, kind: 'supersedes' });
    for (const mode of ['TEXT', 'SEMANTIC', 'HYBRID'] as const) {
      expect(await keysFor(memories, { query: 'piano', mode })).toEqual(['new']);
      const all = await keysFor(memories, { query: 'piano', mode, includeSuperseded: true });
      expect([...all].sort()).toEqual(['new', 'old']);
    }
  });

  it('finds a turn by what its neighbours in the conversation say', async () => {
    const memories = shared.memories();
    const say = (key: string, value: string, position: number) => ({
      key,
      value,
      metadata: { conversation: 'talk', position },
    });
    await memories.storeMany([
      say('question', 'How was the lighthouse?', 1),
      say('answer', 'Wonderful, we stayed for hours', 2),
      ...Array.from({ length: 30 }, (_, index) => ({ key: `x${index}`, value: `filler ${index}` })),
    ]);
    const { hits } = await memories.recall({ query: 'lighthouse', mode: 'TEXT' });
    expect(hits.map(({ key }) => key)).toEqual(['question', 'answer']);
    expect(hits[1]?.explanation.text).toMatchObject({ bm25: 0, coverage: 0.7 });
    expect(hits[1]?.explanation.text?.context).toBeGreaterThan(0);
  });

  it('keeps answers of different arguments apart', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'a', value: 'the piano' },
      { key: 'b', value: 'a violin' },
    ]);
    const inputs: readonly RecallInput[] = [
      { query: 'piano' },
      { query: 'piano', mode: 'TEXT' },
      { query: 'piano', mode: 'SEMANTIC' },
      { query: 'piano', weights: { text: 0.9 } },
      { query: 'piano', minScore: 0.2 },
      { query: 'piano', candidates: { text: 500 } },
      { query: 'piano', includeSuperseded: true },
    ];
    for (const input of inputs)
      expect(await memories.recall(input)).toMatchObject({ cached: false });
    for (const input of inputs)
      expect(await memories.recall(input)).toMatchObject({ cached: true });
  });

  it('lists by importance, then recency, when there is nothing to search for', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'old', value: 1, importance: 0.7 });
    await memories.store({ key: 'low', value: 1, importance: 0.2 });
    await memories.store({ key: 'new', value: 1, importance: 0.7 });
    for (const query of ['', '   ', '"" ()*?!']) {
      const { hits } = await memories.recall({ query });
      expect(hits.map(({ key }) => key).at(-1)).toBe('low');
      expect(hits).toHaveLength(3);
      expect(hits.every(({ explanation }) => explanation.text === null)).toBe(true);
    }
  });

  it('takes text made of FTS5 operators for text', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 'plain words NEAR the end AND more' });
    for (const query of [
      'a AND',
      'NEAR(',
      'NEAR(a b, 2)',
      'col:words',
      '"words',
      'words*',
      '^words',
      "don't",
      '{a b}:words',
      '-words',
      '(((',
    ]) {
      expect((await memories.recall({ query })).hits.length).toBeLessThanOrEqual(1);
    }
    expect(await keysFor(memories, { query: 'NEAR AND words' })).toEqual(['k']);
  });

  it.each<[string, object, string]>([
    ['no query', {}, 'query'],
    ['a number', { query: 5 }, 'query'],
    ['NUL', { query: 'a\0b' }, 'query'],
    ['lone surrogate', { query: '\ud800' }, 'query'],
    ['long query', { query: 'x'.repeat(8_193) }, 'query'],
    ['limit 0', { query: 'x', limit: 0 }, 'limit'],
    ['negative limit', { query: 'x', limit: -3 }, 'limit'],
    ['limit above 100', { query: 'x', limit: 101 }, 'limit'],
    ['unknown mode', { query: 'x', mode: 'MAGIC' }, 'mode'],
    ['NaN score', { query: 'x', minScore: Number.NaN }, 'minScore'],
    ['negative weight', { query: 'x', weights: { text: -1 } }, 'weights.text'],
    ['infinite weight', { query: 'x', weights: { semantic: Infinity } }, 'weights.semantic'],
    ['no weight at all', { query: 'x', weights: { text: 0, semantic: 0 } }, 'weights'],
    ['no candidates', { query: 'x', candidates: { text: 0 } }, 'candidates.text'],
    ['too many candidates', { query: 'x', candidates: { semantic: 1_001 } }, 'candidates.semantic'],
    ['unknown field', { query: 'x', where: { colour: 1 } }, 'where.colour'],
  ])('refuses %s', async (_name, input, path) => {
    const error = await shared
      .memories()
      .recall(input as RecallInput)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('counts accesses of its hits, cached ones too, unless told not to', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 'needle' });
    await memories.recall({ query: 'needle', touch: false });
    expect((await memories.recall({ query: 'needle' })).cached).toBe(true);
    await memories.recall({ query: 'needle' });
    // Counted asynchronously; lists with a total are never cached.
    await expect.poll(async () => (await memories.list({})).items[0]?.memory.accessCount).toBe(2);
  });
});
