import { describe, expect, it } from 'vitest';
import type { RecallMatch } from '../../src/engine/backends/recall-reads.ts';
import { instantEmbedder } from '../../src/engine/embedding/embedder-setup.ts';
import { MemorySpace, type StoreOperation, storing } from '../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
  shareTestBackend,
} from '../support/open-test-backend.ts';
import { recallArguments } from '../support/recall-arguments.ts';
import { vectorFaults } from '../support/vector-faults.ts';
import { slowSetup, wordTable } from '../support/word-table.ts';

const WORDS = ['red', 'green', 'blue', 'sun', 'moon', 'star', 'cat', 'dog', 'cow'];
const SETUP = wordTable(WORDS, 64);

/** Recall by vectors, which an instant embedder makes inside of the write. */
export function describeSemantic(kind: BackendKind): void {
  const open = shareTestBackend(kind, SETUP);
  const embedder = instantEmbedder(SETUP);
  if (embedder === null) throw new Error('the table embeds at once');

  async function similar(
    space: MemorySpace,
    text: string,
    args: Parameters<typeof recallArguments>[2] = {},
  ): Promise<readonly RecallMatch[]> {
    const values = embedder?.embedText(text);
    if (values == null) throw new Error('the query has no direction');
    const wanted = recallArguments(space.namespace, null, {
      vectors: [{ model: SETUP.model, values }],
      weights: { text: 0, semantic: 1 },
      ...args,
    });
    return (await space.backend.read('recall', wanted)).hits;
  }

  /** How similar each memory is to the text; only those alike at all, since others have cosines near 0. */
  async function alike(
    space: MemorySpace,
    text: string,
    args: Parameters<typeof recallArguments>[2] = {},
  ): Promise<readonly string[]> {
    const hits = await similar(space, text, args);
    return hits
      .filter(({ semantic }) => (semantic?.similarity ?? 0) > 0.45)
      .map(({ record }) => record.key)
      .sort();
  }

  async function filled(...stores: readonly StoreOperation[]): Promise<MemorySpace> {
    const space = open();
    await space.write(stores);
    return space;
  }

  describe('recall by vectors', () => {
    it('finds a write as soon as it is acknowledged, with every number of its score', async () => {
      const space = await filled(storing('a', 'red sun'), storing('b', 'blue cow'));
      const [best, other, ...rest] = await similar(space, 'sun red');
      expect(best).toMatchObject({
        record: { key: 'a' },
        text: null,
        semantic: { rank: 1, model: SETUP.model, normalised: 1 },
        named: false,
      });
      expect(best?.semantic?.similarity).toBeGreaterThan(0.99);
      expect(other?.record.key).toBe('b');
      expect(other?.semantic?.similarity).toBeLessThan(0.6);
      expect(rest).toEqual([]);
    });

    it('counts a memory in full that has nothing to be compared with', async () => {
      const space = await filled(storing('a', 'red sun'));
      expect(await similar(space, 'red')).toMatchObject([
        { record: { key: 'a' }, semantic: { background: 0, normalised: 1 } },
      ]);
      await space.write([storing('b', 'red sun'), storing('c', 'red sun')]);
      const normalised = (await similar(space, 'red')).map(({ semantic }) => semantic?.normalised);
      expect(normalised).toEqual([1, 1, 1]);
    });

    it('follows a new text, and nothing else of a memory', async () => {
      const space = await filled(storing('a', 'red sun'), storing('b', 'blue cow'));
      await space.apply({ kind: 'update', target: { key: 'a' }, importance: 0.9, tags: ['moon'] });
      expect(await alike(space, 'red sun')).toEqual(['a']);
      expect(await alike(space, 'moon')).toEqual([]);
      await space.store('a', 'green star');
      expect(await alike(space, 'red sun')).toEqual([]);
      expect(await alike(space, 'green star')).toEqual(['a']);
      await space.store('a', 'words that nobody knows');
      expect(await alike(space, 'green star')).toEqual([]);
      expect(await similar(space, 'green star')).toHaveLength(1);
      await space.store('a', 'green star');
      expect(await alike(space, 'star green')).toEqual(['a']);
    });

    it('forgets what is deleted, also when the key is stored again', async () => {
      const space = await filled(storing('a', 'red sun'), storing('b', 'red sun'));
      await space.apply({ kind: 'delete', target: { key: 'a' } });
      expect(await alike(space, 'red sun')).toEqual(['b']);
      await space.write([storing('a', 'blue cow'), { kind: 'delete', target: { key: 'b' } }]);
      expect(await alike(space, 'red sun')).toEqual([]);
      expect(await alike(space, 'blue cow')).toEqual(['a']);
    });

    it('takes many changes of one moment for what they come to', async () => {
      const space = open();
      const results = await Promise.allSettled([
        space.write([storing('a', 'red'), storing('a', 'green')]),
        space.apply({ kind: 'update', target: { key: 'a' }, valueText: '"blue"' }),
        space.write([storing('b', 'sun'), { kind: 'delete', target: { key: 'b' } }]),
        space.write([storing('c', 'moon'), storing('c', 'moon', { ifVersion: 0 })]),
        space.write([storing('d', 'cat')]),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      const found = await Promise.all(WORDS.map((word) => alike(space, word)));
      expect(found.flat()).toEqual(['a', 'd']);
      expect(await alike(space, 'blue')).toEqual(['a']);
    });

    it('stays inside of its namespace', async () => {
      const [left, right] = [open(), open()];
      await left.store('k', 'red sun');
      expect(await similar(right, 'red sun')).toEqual([]);
      await right.store('k', 'blue cow');
      expect((await similar(right, 'red sun')).map(({ record }) => record.namespace)).toEqual([
        right.namespace,
      ]);
    });

    it('leaves out what has expired, what is superseded and what a filter drops', async () => {
      const now = Date.now();
      const space = await filled(
        storing('plain', 'red sun'),
        storing('ending', 'red sun', { expiresAt: now + 60_000 }),
        storing('old', 'red sun'),
        storing('cached', 'red sun', { section: 'cache' }),
      );
      await space.write([
        { kind: 'link', from: { key: 'plain' }, to: { key: 'old' }, link: 'supersedes' },
      ]);
      expect(await alike(space, 'red sun', { now })).toEqual(['cached', 'ending', 'plain']);
      expect(await alike(space, 'red sun', { now: now + 60_000 })).toEqual(['cached', 'plain']);
      expect(await alike(space, 'red sun', { now, includeSuperseded: true })).toEqual([
        'cached',
        'ending',
        'old',
        'plain',
      ]);
      const filter = {
        operand: { field: 'section' },
        comparison: { operator: 'eq', value: 'cache' },
      } as const;
      expect(await alike(space, 'red sun', { filter, limit: 1 })).toEqual(['cached']);
    });

    it('leaves out what holds a word that the query excludes', async () => {
      const space = await filled(storing('a', 'red sun'), storing('b', 'red sun moon'));
      const { query } = recallArguments(space.namespace, 'red -moon');
      expect(await alike(space, 'red sun', { query })).toEqual(['a']);
    });

    it('sets memories of named personas before others', async () => {
      const space = await filled(
        storing('a', 'red sun', { persona: 'Ada' }),
        storing('b', 'red sun', { persona: 'Bob' }),
        storing('c', 'blue cow'),
      );
      const named = await similar(space, 'red sun', { named: ['Bob'] });
      expect(named.map(({ record, named: isNamed }) => [record.key, isNamed])).toEqual([
        ['b', true],
        ['a', false],
        ['c', false],
      ]);
    });

    it('goes together with words: each arm brings what the other misses', async () => {
      const space = await filled(
        storing('both', 'red sun lighthouse'),
        storing('word', 'lighthouse'),
        storing('meaning', 'red sun'),
        storing('neither', 'blue cow'),
      );
      const { query } = recallArguments(space.namespace, 'lighthouse');
      const args = { query, weights: { text: 0.5, semantic: 0.5 } };
      const hits = await similar(space, 'red sun', args);
      expect(hits[0]?.record.key).toBe('both');
      const byKey = new Map(hits.map((hit) => [hit.record.key, hit]));
      expect(byKey.get('both')).toMatchObject({
        text: { coverage: 1 },
        semantic: { model: SETUP.model },
      });
      expect(byKey.get('word')).toMatchObject({ text: { coverage: 1 }, semantic: null });
      expect(byKey.get('meaning')).toMatchObject({ text: null, semantic: { model: SETUP.model } });
      expect(byKey.get('neither')?.score).toBeLessThan(0.2);
    });

    it('has for every vector a code and for every code a vector', () => {
      expect(vectorFaults(open().backend.info.path, embedder)).toEqual([]);
    });
  });

  describe('answers of a slow embedder', () => {
    const vector = Float32Array.of(0.6, -0.8, 0);

    async function openSlow(): Promise<MemorySpace> {
      const backend = await openTestBackend(kind, await makeTestPath(), {}, slowSetup('slow'));
      return new MemorySpace(backend, 'main');
    }

    async function stateOf(space: MemorySpace, ...ids: number[]): Promise<unknown> {
      return space.backend.read('embeddingStates', { namespace: space.namespace, ids });
    }

    const waiting = (space: MemorySpace, now = Date.now()) =>
      space.backend.read('unembedded', { now, limit: 10 });

    it('are wanted for what was written, taken, and dropped when they come too late', async () => {
      const space = await openSlow();
      const { id } = await space.store('a', 'one two three four five');
      expect(await stateOf(space, id, id + 1)).toEqual([{ state: 'PENDING', error: null }, null]);
      const [text] = await waiting(space);
      if (text === undefined) throw new Error('nothing waits');
      expect(text).toMatchObject({ memoryId: id, text: 'one two three four five', attempts: 0 });
      const answer = { ...text, vector, error: null, retryAt: null };
      await space.store('a', 'another text of more than four words');
      expect(await space.backend.saveEmbeddings([answer])).toBe(0);
      expect(await stateOf(space, id)).toEqual([{ state: 'PENDING', error: null }]);
      const [again] = await waiting(space);
      if (again === undefined) throw new Error('nothing waits');
      expect(await space.backend.saveEmbeddings([{ ...answer, textCrc: again.textCrc }])).toBe(1);
      expect(await stateOf(space, id)).toEqual([{ state: 'READY', error: null }]);
      expect(await waiting(space)).toEqual([]);
      const args = recallArguments('main', null, {
        vectors: [{ model: 'slow', values: vector }],
        weights: { text: 0, semantic: 1 },
      });
      const { hits } = await space.backend.read('recall', args);
      expect(hits[0]?.semantic?.similarity).toBeCloseTo(1, 4);
      await space.apply({ kind: 'delete', target: { key: 'a' } });
      expect(await space.backend.saveEmbeddings([{ ...answer, textCrc: again.textCrc }])).toBe(0);
      expect(vectorFaults(space.backend.info.path)).toEqual([]);
    });

    it('that failed are wanted again when their time has come, until they are given up', async () => {
      const space = await openSlow();
      const { id } = await space.store('a', 'one two three four five');
      const [text] = await waiting(space);
      if (text === undefined) throw new Error('nothing waits');
      const failure = { ...text, vector: null, error: 'no luck', attempts: 1 };
      const later = Date.now() + 600_000;
      await space.backend.saveEmbeddings([{ ...failure, retryAt: later }]);
      expect(await stateOf(space, id)).toEqual([{ state: 'PENDING', error: 'no luck' }]);
      expect(await waiting(space)).toEqual([]);
      expect(await space.backend.read('embeddingSummary', null)).toMatchObject({
        pending: 1,
      });
      expect(await waiting(space, later)).toMatchObject([{ memoryId: id, attempts: 1 }]);
      await space.backend.saveEmbeddings([{ ...failure, retryAt: null }]);
      expect(await stateOf(space, id)).toEqual([{ state: 'FAILED', error: 'no luck' }]);
      expect(await waiting(space, later)).toEqual([]);
      expect(await space.backend.read('embeddingSummary', null)).toEqual({
        memories: 1,
        ready: 0,
        pending: 0,
        failed: 1,
        outdated: 0,
      });
      await space.store('a', 'a new text begins from the start');
      expect(await waiting(space)).toMatchObject([{ memoryId: id, attempts: 0 }]);
    });

    it('tell the listeners, whose caches would keep what recall gave before', async () => {
      const space = await openSlow();
      await space.store('a', 'one two three four five', { persona: 'Ada' });
      const [text] = await waiting(space);
      if (text === undefined) throw new Error('nothing waits');
      const told: unknown[] = [];
      const stop = space.backend.onCommit(({ touched }) => told.push(touched));
      await space.backend.saveEmbeddings([{ ...text, vector, error: null, retryAt: null }]);
      stop();
      expect(told).toEqual([
        [{ namespace: 'main', memoryId: text.memoryId, key: 'a', persona: 'Ada' }],
      ]);
    });
  });
}
