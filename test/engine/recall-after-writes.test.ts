import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryOperations, RecallInput } from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const shared = shareTestEngine();

async function keysFor(memories: MemoryOperations, input: RecallInput): Promise<readonly string[]> {
  return (await memories.recall(input)).hits.map(({ key }) => key);
}

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
              const byText = await keysFor(memories, { query: one.word, mode: 'TEXT' });
              expect(byText.toSorted()).toEqual(expected.toSorted());
              // One of the words names a memory of its own colour, which is nearest to it.
              const [nearest] = await keysFor(memories, { query: one.word, mode: 'SEMANTIC' });
              if (expected.length > 0) expect(expected).toContain(nearest);
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
