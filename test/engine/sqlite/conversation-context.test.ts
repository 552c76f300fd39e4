import { describe, expect, it } from 'vitest';
import type { RecallMatch } from '../../../src/engine/backends/recall-reads.ts';
import { LENT_BY_DISTANCE } from '../../../src/engine/search/text-score.ts';
import type { MemorySpace } from '../../support/memory-space.ts';
import { type StoreOperation, storing } from '../../support/memory-space.ts';
import { shareTestBackend } from '../../support/open-test-backend.ts';
import { recallArguments } from '../../support/recall-arguments.ts';

const open = shareTestBackend('sqlite');

/** A turn of a conversation. */
function turn(
  key: string,
  value: string,
  metadata: object = {},
  fields: Partial<Omit<StoreOperation, 'kind' | 'key'>> = {},
): StoreOperation {
  const metadataText = JSON.stringify({ conversation: 'talk', ...metadata });
  return storing(key, value, { metadataText, ...fields });
}

/** Memories of other subjects, without which every term would be frequent and worth nothing. */
const OTHERS = Array.from({ length: 40 }, (_, index) =>
  storing(`other-${index}`, `filler${index}`),
);

async function filled(...turns: readonly StoreOperation[]): Promise<MemorySpace> {
  const space = open();
  await space.write([...OTHERS, ...turns]);
  return space;
}

async function search(
  space: MemorySpace,
  text: string,
  args: Parameters<typeof recallArguments>[2] = {},
): Promise<ReadonlyMap<string, RecallMatch>> {
  const { hits } = await space.backend.read('recall', recallArguments(space.namespace, text, args));
  return new Map(hits.map((hit) => [hit.record.key, hit]));
}

const contextOf = (hits: ReadonlyMap<string, RecallMatch>, key: string): number =>
  hits.get(key)?.text?.context ?? Number.NaN;
const keysOf = (hits: ReadonlyMap<string, unknown>): string[] => [...hits.keys()].sort();

describe('turns of a conversation', () => {
  it('are found by what their neighbours hold, the nearer the better, up to two away', async () => {
    const space = await filled(
      ...['far', 'two', 'one', 'needle', 'after', 'beyond', 'gone'].map((word, index) =>
        turn(word, word === 'needle' ? 'the lighthouse' : `silent${index}`, { position: index }),
      ),
    );
    const hits = await search(space, 'lighthouse');
    expect([...hits.keys()]).toEqual(['needle', 'after', 'one', 'beyond', 'two']);
    const own = hits.get('needle');
    expect(own?.text).toMatchObject({ context: 0, coverage: 1, rank: 1 });
    const lent = ['after', 'one', 'beyond', 'two'].map((key) => hits.get(key)?.text);
    expect(lent.map((text) => text?.coverage)).toEqual(
      [-1, 1, -2, 2].map((distance) => LENT_BY_DISTANCE.get(distance)),
    );
    for (const text of lent) expect(text).toMatchObject({ bm25: 0 });
  });

  it('lend only terms that the other lacks, and each once', async () => {
    const space = await filled(
      turn('question', 'which lighthouse', { position: 1 }),
      turn('answer', 'the harbour lighthouse', { position: 2 }),
      turn('echo', 'harbour harbour', { position: 3 }),
    );
    const hits = await search(space, 'harbour lighthouse');
    expect(hits.get('answer')?.text).toMatchObject({ context: 0, coverage: 1 });
    // Before it stands the word at one and at two turns: the nearer one counts.
    expect(hits.get('question')?.text?.coverage).toBeCloseTo((1 + 0.4) / 2, 12);
    expect(hits.get('echo')?.text?.coverage).toBeCloseTo((1 + 0.7) / 2, 12);
  });

  it('stand in the order of their positions, not of their storing', async () => {
    const space = await filled(
      turn('third', 'silentc', { position: 30 }),
      turn('first', 'the lighthouse', { position: 10 }),
      turn('second', 'silentb', { position: 20.5 }),
      turn('minus', 'silentm', { position: -4 }),
    );
    const hits = await search(space, 'lighthouse');
    expect([...hits.keys()]).toEqual(['first', 'second', 'minus', 'third']);
  });

  it('stand in the order of their storing without positions', async () => {
    const space = await filled(
      turn('a', 'silenta'),
      turn('b', 'the lighthouse'),
      turn('c', 'silentc', { position: 'last' }),
    );
    expect([...(await search(space, 'lighthouse')).keys()]).toEqual(['b', 'c', 'a']);
  });

  it('of equal positions stand in the order of their storing', async () => {
    const space = await filled(
      turn('a', 'silenta', { position: 7 }),
      turn('b', 'the lighthouse', { position: 7 }),
      turn('c', 'silentc', { position: 7 }),
    );
    expect([...(await search(space, 'lighthouse')).keys()]).toEqual(['b', 'c', 'a']);
  });

  it.each<[string, object]>([
    ['a number', { conversation: 5 }],
    ['an empty text', { conversation: '' }],
    ['a list', { conversation: ['talk'] }],
    ['a name of 513 characters', { conversation: 'x'.repeat(513) }],
    ['the name of another one', { conversation: 'Talk' }],
    ['a name inside', { conversation: undefined, inner: { conversation: 'talk' } }],
  ])('are none whose conversation is %s, and nothing is refused', async (_name, metadata) => {
    const space = await filled(
      turn('needle', 'the lighthouse', metadata),
      turn('next', 'silent', Object.hasOwn(metadata, 'inner') ? {} : { conversation: 'talk' }),
    );
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['needle']);
  });

  it('follow updates of their metadata into another conversation, and out of all', async () => {
    const space = await filled(
      turn('needle', 'the lighthouse'),
      turn('next', 'silenta'),
      turn('elsewhere', 'silentb', { conversation: 'other' }),
    );
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['needle', 'next']);
    const move = (metadataText: string) =>
      space.store('needle', 'the lighthouse', { metadataText });
    await move('{"conversation":"other"}');
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['elsewhere', 'needle']);
    await move('{}');
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['needle']);
    await move('{"conversation":"talk","position":0}');
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['needle', 'next']);
  });

  it('lend nothing any more when they are deleted, and their neighbours close up', async () => {
    const space = await filled(
      turn('a', 'silenta'),
      turn('gap-1', 'silentb'),
      turn('gap-2', 'silentc'),
      turn('needle', 'the lighthouse'),
    );
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['gap-1', 'gap-2', 'needle']);
    await space.apply({ kind: 'delete', target: { key: 'gap-2' } });
    const closed = await search(space, 'lighthouse');
    expect(keysOf(closed)).toEqual(['a', 'gap-1', 'needle']);
    expect(closed.get('gap-1')?.text?.coverage).toBe(LENT_BY_DISTANCE.get(1));
    await space.apply({ kind: 'delete', target: { key: 'needle' } });
    expect(keysOf(await search(space, 'lighthouse'))).toEqual([]);
  });

  it('neither appear nor lend after they have expired, swept or not', async () => {
    const now = Date.now();
    const space = await filled(
      turn('a', 'silenta'),
      turn('ended', 'the harbour', {}, { expiresAt: now + 60_000 }),
      turn('needle', 'the lighthouse'),
    );
    const before = await search(space, 'harbour lighthouse', { now });
    expect(keysOf(before)).toEqual(['a', 'ended', 'needle']);
    expect(contextOf(before, 'needle')).toBeGreaterThan(0);
    const later = now + 60_000;
    const after = await search(space, 'harbour lighthouse', { now: later });
    expect(contextOf(after, 'needle')).toBe(0);
    expect(keysOf(after)).toEqual(['a', 'needle']);
    await space.backend.sweepExpired(later, 100);
    const swept = await search(space, 'harbour lighthouse', { now: later });
    expect(keysOf(swept)).toEqual(keysOf(after));
    expect(swept.get('a')?.text?.coverage).toBe(after.get('a')?.text?.coverage);
  });

  it('pass the filter before they appear', async () => {
    const space = await filled(
      turn('needle', 'the lighthouse'),
      turn('cached', 'silenta', {}, { section: 'cache' }),
      turn('plain', 'silentb'),
    );
    const filter = {
      operand: { field: 'section' },
      comparison: { operator: 'eq', value: 'semantic_memory' },
    } as const;
    expect(keysOf(await search(space, 'lighthouse', { filter }))).toEqual(['needle', 'plain']);
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['cached', 'needle', 'plain']);
  });

  it('never lend to another namespace, under the same name neither', async () => {
    const left = await filled(turn('needle', 'the lighthouse'));
    const right = await filled(turn('next', 'silent'), turn('last', 'the harbour'));
    expect(keysOf(await search(right, 'lighthouse'))).toEqual([]);
    const hits = await search(right, 'lighthouse harbour');
    expect(keysOf(hits)).toEqual(['last', 'next']);
    expect(hits.get('next')?.text?.coverage).toBe((LENT_BY_DISTANCE.get(1) ?? 0) / 2);
    expect(keysOf(await search(left, 'harbour'))).toEqual([]);
  });

  it('lend the words of their values alone', async () => {
    const space = await filled(
      turn('lighthouse', 'silenta', {}, { tags: ['lighthouse'], persona: 'Lighthouse' }),
      turn('next', 'silentb'),
    );
    expect(keysOf(await search(space, 'lighthouse'))).toEqual(['lighthouse']);
  });

  it('stay out of what the query excludes', async () => {
    const space = await filled(
      turn('needle', 'the lighthouse'),
      turn('bad', 'silent fog'),
      turn('good', 'silent sun'),
    );
    expect(keysOf(await search(space, 'lighthouse -fog'))).toEqual(['good', 'needle']);
  });
});
