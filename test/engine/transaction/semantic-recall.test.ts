import { describe, expect, it } from 'vitest';
import {
  type IsolationLevel,
  type MemoryOperations,
  TransactionConflictError,
} from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();
const SEMANTIC = { mode: 'SEMANTIC', touch: false } as const;

/** What is about the query at all: unrelated texts have cosines near 0. */
async function alike(memories: MemoryOperations, query: string): Promise<readonly string[]> {
  const { hits, servedMode } = await memories.recall({ query, ...SEMANTIC });
  expect(servedMode).toBe('SEMANTIC');
  return hits
    .filter(({ distance }) => (distance ?? 2) < 0.5)
    .map(({ key }) => key)
    .sort();
}

async function fill(memories: MemoryOperations): Promise<void> {
  await memories.storeMany([
    { key: 'dog', value: 'The dog barks at the mailman' },
    { key: 'piano', value: 'She practises the piano every evening' },
    { key: 'soup', value: 'A recipe for tomato soup' },
  ]);
}

const LEVELS: readonly IsolationLevel[] = ['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'];

describe.each(LEVELS)('semantic recall at %s', (isolation) => {
  it('sees own writes, and nobody else does before the commit', async () => {
    const memories = shared.memories();
    await fill(memories);
    const open = await memories.beginTransaction({ isolation });
    await open.memories.store({ key: 'violin', value: 'He plays the violin, not the piano' });
    expect(await alike(open.memories, 'piano practice')).toEqual(['piano', 'violin']);
    expect(await alike(memories, 'piano practice')).toEqual(['piano']);
    await open.memories.delete({ by: { key: 'piano' } });
    await open.memories.store({ key: 'dog', value: 'The piano is out of tune' });
    expect(await alike(open.memories, 'piano practice')).toEqual(['dog', 'violin']);
    expect(await alike(open.memories, 'barking dog')).toEqual([]);
    expect(await alike(memories, 'barking dog')).toEqual(['dog']);
    await open.commit();
    expect(await alike(memories, 'piano practice')).toEqual(['dog', 'violin']);
    expect(await alike(memories, 'barking dog')).toEqual([]);
  });

  it('forgets what is rolled back, whole or to a savepoint', async () => {
    const memories = shared.memories();
    await fill(memories);
    const open = await memories.beginTransaction({ isolation });
    await open.savepoint('before');
    await open.memories.store({ key: 'violin', value: 'He plays the violin, not the piano' });
    expect(await alike(open.memories, 'piano practice')).toEqual(['piano', 'violin']);
    await open.rollbackTo('before');
    expect(await alike(open.memories, 'piano practice')).toEqual(['piano']);
    await open.memories.store({ key: 'organ', value: 'The church organ is like a large piano' });
    await open.rollback();
    expect(await alike(memories, 'piano practice')).toEqual(['piano']);
  });

  it('finds own words and own meanings together', async () => {
    const memories = shared.memories();
    await fill(memories);
    const open = await memories.beginTransaction({ isolation });
    await open.memories.store({ key: 'kettle', value: 'zyxwv' });
    await open.memories.store({ key: 'puppy', value: 'A puppy that barks at everybody' });
    const { hits, servedMode } = await open.memories.recall({ query: 'zyxwv barking dog' });
    expect(servedMode).toBe('HYBRID');
    const byKey = new Map(hits.map(({ key, explanation }) => [key, explanation]));
    expect(byKey.get('kettle')?.text).not.toBeNull();
    expect(byKey.get('puppy')?.semantic).not.toBeNull();
    expect(byKey.get('dog')?.text).not.toBeNull();
    await open.rollback();
  });
});

describe('write skew over a semantic search', () => {
  async function searchAndStore(
    memories: MemoryOperations,
    isolation: IsolationLevel,
    key: string,
  ) {
    const open = await memories.beginTransaction({ isolation });
    expect(await alike(open.memories, 'piano practice')).toEqual([]);
    await open.memories.store({ key, value: 'She practises the piano every evening' });
    return open;
  }

  it('is refused at SERIALIZABLE', async () => {
    const memories = shared.memories();
    const a = await searchAndStore(memories, 'SERIALIZABLE', 'a');
    const b = await searchAndStore(memories, 'SERIALIZABLE', 'b');
    await a.commit();
    await expect(b.commit()).rejects.toBeInstanceOf(TransactionConflictError);
    expect(await alike(memories, 'piano practice')).toEqual(['a']);
  });

  it('is refused at SERIALIZABLE also when both commit at once', async () => {
    const memories = shared.memories();
    const opens = [
      await searchAndStore(memories, 'SERIALIZABLE', 'a'),
      await searchAndStore(memories, 'SERIALIZABLE', 'b'),
    ];
    const ended = await Promise.allSettled(opens.map((open) => open.commit()));
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is allowed at REPEATABLE_READ, as write skew is', async () => {
    const memories = shared.memories();
    const a = await searchAndStore(memories, 'REPEATABLE_READ', 'a');
    const b = await searchAndStore(memories, 'REPEATABLE_READ', 'b');
    await Promise.all([a.commit(), b.commit()]);
    expect(await alike(memories, 'piano practice')).toEqual(['a', 'b']);
  });
});
