import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MemoryOperations,
  type RecallInput,
  ValidationError,
} from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
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
    const { hits, mode, servedMode, degraded } = await memories.recall({ query: 'fox' });
    expect(hits.map(({ key }) => key)).toEqual(['b', 'a']);
    expect({ mode, servedMode, degraded }).toEqual({
      mode: 'HYBRID',
      servedMode: 'TEXT',
      degraded: false,
    });
    for (const { score, explanation } of hits) {
      const { text, importanceFactor, recencyFactor, final } = explanation;
      expect(score).toBe(final);
      expect(final).toBeCloseTo((text?.normalised ?? 0) * importanceFactor * recencyFactor);
    }
    expect(await keysFor(memories, { query: 'fox', where: { persona: 'p' }, limit: 1 })).toEqual([
      'a',
    ]);
    expect(
      await keysFor(memories, { query: 'fox', minScore: (hits[0]?.score ?? 0) - 0.01 }),
    ).toEqual(['b']);
  });

  it('says that meaning was not served', async () => {
    const { degraded, servedMode } = await shared
      .memories()
      .recall({ query: 'x', mode: 'SEMANTIC' });
    expect({ degraded, servedMode }).toEqual({ degraded: true, servedMode: 'TEXT' });
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
    await expect
      .poll(async () => (await memories.list({})).items[0]?.memory.accessCount, { timeout: 10_000 })
      .toBe(2);
  });
});

describe('recall after writes', () => {
  it('never misses an acknowledged write, in any interleaving of reads and writes', async () => {
    const word = fc.constantFrom('red', 'green', 'blue');
    const key = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('store' as const), key, word }),
      fc.record({ kind: fc.constant('delete' as const), key }),
      fc.record({ kind: fc.constant('recall' as const), word }),
      fc.record({ kind: fc.constant('get' as const), key }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 40 }),
        async (steps) => {
          const memories = shared.memories();
          const model = new Map<string, string>();
          const background: Promise<unknown>[] = [];
          for (const [one, alongside] of steps) {
            // Reads that run alongside fill the cache at moments that the checks below do not choose.
            if (alongside) {
              background.push(
                memories.recall({ query: 'red green blue' }),
                memories.get({ key: 'a' }),
              );
              background.push(
                memories.recall({ query: 'red' }),
                memories.list({ withTotal: false }),
              );
            }
            if (one.kind === 'store') {
              await memories.store({ key: one.key, value: one.word });
              model.set(one.key, one.word);
            } else if (one.kind === 'delete') {
              if (!model.delete(one.key)) continue;
              await memories.delete({ by: { key: one.key } });
            } else if (one.kind === 'recall') {
              const expected = [...model]
                .filter(([, text]) => text === one.word)
                .map(([name]) => name);
              expect((await keysFor(memories, { query: one.word })).toSorted()).toEqual(
                expected.toSorted(),
              );
            } else {
              expect((await memories.get({ key: one.key }))?.value).toBe(model.get(one.key));
            }
          }
          await Promise.all(background);
          const left = (
            await memories.list({ withTotal: false, orderBy: [{ field: 'key', direction: 'asc' }] })
          ).items;
          expect(left.map(({ memory }) => [memory.key, memory.value])).toEqual(
            [...model].toSorted(),
          );
        },
      ),
      { numRuns: 40, seed: SEED },
    );
  });

  it('never goes back in time for a reader who races with a writer', async () => {
    const memories = shared.memories();
    let acknowledged = 0;
    let writing = true;
    const writer = (async () => {
      for (let count = 1; count <= 200; count += 1) {
        await memories.store({ key: 'counter', value: { text: 'needle', count } });
        acknowledged = count;
      }
      writing = false;
    })();
    const reader = async (): Promise<void> => {
      while (writing) {
        const atLeast = acknowledged;
        const { hits } = await memories.recall({ query: 'needle', touch: false });
        const one = await memories.get({ key: 'counter' });
        const counts = [hits[0]?.value, one?.value].map(
          (value) => (value as { count: number } | undefined)?.count ?? 0,
        );
        for (const count of counts) expect(count).toBeGreaterThanOrEqual(atLeast);
        // Answers of the cache need no turn of the event loop, but the writer's acknowledgement does.
        await new Promise(setImmediate);
      }
    };
    await Promise.all([writer, reader(), reader(), reader()]);
    expect(acknowledged).toBe(200);
  });
});
