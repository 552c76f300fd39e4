import { describe, expect, it } from 'vitest';
import {
  IdempotencyMismatchError,
  NotFoundError,
  ValidationError,
  VersionConflictError,
} from '../../../src/engine/index.ts';
import type { BackendKind } from '../../support/open-test-backend.ts';
import { openTestEngine, shareTestEngine } from '../../support/open-test-engine.ts';

const BIG = '9007199254740993';

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])('versions on %s', (backend) => {
  const { memories: open } = shareTestEngine({ memory: { backend } });

  describe('history', () => {
    it('tells every version newest first, through deletion and earlier lives', async () => {
      const memories = open();
      const first = await memories.store({ key: 'ключ', value: 1 });
      await memories.store({ key: 'ключ', value: 2 });
      const gone = await memories.delete({ by: { key: 'ключ' } });
      const dead = await memories.history({ by: { key: 'ключ' } });
      expect(dead.versions.map(({ kind }) => kind)).toEqual(['deleted', 'updated', 'created']);
      await memories.store({ key: 'ключ', value: 3 });
      await memories.store({ key: 'other', value: 0 });

      const all = await memories.history({ by: { key: 'ключ' } });
      expect(all).toMatchObject({ hasNextPage: false, complete: true });
      expect(
        all.versions.map(({ kind, version, memory }) => [kind, version, memory.value]),
      ).toEqual([
        ['created', 1, 3],
        ['deleted', 2, 2],
        ['updated', 2, 2],
        ['created', 1, 1],
      ]);
      expect(all.versions[1]?.cursor).toBe(gone.cursor);
      expect(new Set(all.versions.map(({ transactionId }) => transactionId)).size).toBe(4);
      const { id } = first.memory;
      const life = await memories.history({ by: { id } });
      expect(life.versions.map(({ memory }) => memory.id)).toEqual([id, id, id]);
    });

    it('pages without a gap or a repetition, across lives', async () => {
      const memories = open();
      for (let life = 0; life < 4; life += 1) {
        for (let version = 0; version <= life; version += 1)
          await memories.store({ key: 'k', value: [life, version] });
        if (life < 3) await memories.delete({ by: { key: 'k' } });
      }
      const { versions } = await memories.history({ by: { key: 'k' }, first: 100 });
      expect(versions).toHaveLength(1 + 2 + 3 + 4 + 3);
      const paged: string[] = [];
      for (let after: string | null = null; ; ) {
        const page = await memories.history({ by: { key: 'k' }, first: 2, after });
        paged.push(...page.versions.map(({ cursor }) => cursor));
        after = page.versions.at(-1)?.cursor ?? null;
        if (!page.hasNextPage) break;
      }
      expect(paged).toEqual(versions.map(({ cursor }) => cursor));
    });

    it('makes pages of long values shorter', async () => {
      const memories = open();
      for (let index = 0; index < 6; index += 1)
        await memories.store({ key: 'k', value: `${index}${'x'.repeat(1_000_000)}` });
      const page = await memories.history({ by: { key: 'k' } });
      expect(page.versions).toHaveLength(4);
      expect(page.hasNextPage).toBe(true);
      const after = page.versions.at(-1)?.cursor;
      const rest = await memories.history({ by: { key: 'k' }, after });
      expect(rest.versions.map(({ version }) => version)).toEqual([2, 1]);
    });

    it('knows nothing of other namespaces, and nothing of what never was', async () => {
      const [own, other] = [open(), open()];
      const { memory } = await other.store({ key: 'k', value: 1 });
      for (const by of [{ key: 'k' }, { id: memory.id }])
        expect((await own.history({ by })).versions).toEqual([]);
    });

    it('refuses bad input with all that is wrong', async () => {
      const bad = open().history({ by: { key: '' }, first: 101, after: 'x' });
      const error = await bad.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({
        issues: [{ path: ['by', 'key'] }, { path: ['first'] }, { path: ['after'] }],
      });
    });
  });

  describe('restore', () => {
    const content = {
      valueText: `{"n":${BIG}}`,
      metadata: { source: 'x' },
      tags: ['t'],
      section: 'semantic_memory',
      persona: 'Ὅμηρος',
      importance: 0.9,
    } as const;

    it('writes the content of an old version as a new one', async () => {
      const memories = open();
      const { memory } = await memories.store({ key: 'k', ...content });
      await memories.store({ key: 'k', value: 'later' });
      const restored = await memories.restore({ by: { key: 'k' }, version: 1, ifVersion: 2 });
      expect(restored.created).toBe(false);
      expect(restored.memory).toMatchObject({ id: memory.id, version: 3 });
      const { valueText, metadata, tags, section, persona, importance } = restored.memory;
      expect({ valueText, metadata, tags, section, persona, importance }).toEqual(content);
      const { versions } = await memories.history({ by: { key: 'k' } });
      expect(versions).toHaveLength(3);
    });

    it('brings a deleted memory back as a new one, from any of its lives by id', async () => {
      const memories = open();
      const first = await memories.store({ key: 'k', value: 'first life' });
      await memories.delete({ by: { key: 'k' } });
      await memories.store({ key: 'k', value: 'second life' });
      await memories.delete({ by: { key: 'k' } });
      const back = await memories.restore({ by: { key: 'k' }, version: 1, ifVersion: 0 });
      expect(back).toMatchObject({ created: true, memory: { version: 1, value: 'second life' } });
      expect(back.memory.id).toBeGreaterThan(first.memory.id);
      const older = await memories.restore({ by: { id: first.memory.id }, version: 1 });
      expect(older.memory).toMatchObject({ id: back.memory.id, version: 2, value: 'first life' });
    });

    it('leaves out an expiry that has passed, and keeps one that has not', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1, ttlSeconds: 0.001 });
      await expect.poll(() => memories.get({ key: 'k' })).toBeNull();
      const back = await memories.restore({ by: { key: 'k' }, version: 1 });
      expect(back.memory.expiresAt).toBeNull();
      const long = await memories.store({ key: 'long', value: 1, ttlSeconds: 600 });
      await memories.update({ by: { key: 'long' }, ttlSeconds: null });
      const again = await memories.restore({ by: { key: 'long' }, version: 1 });
      expect(again.memory.expiresAt).toEqual(long.memory.expiresAt);
    });

    it('answers a repeated request once more without writing', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1 });
      await memories.store({ key: 'k', value: 2 });
      const options = { idempotencyKey: 'restore-1' };
      const first = await memories.restore({ by: { key: 'k' }, version: 1 }, options);
      const again = await memories.restore({ by: { key: 'k' }, version: 1 }, options);
      expect(again).toMatchObject({ replayed: true, cursor: first.cursor });
      expect((await memories.get({ key: 'k' }))?.version).toBe(3);
      await expect(memories.restore({ by: { key: 'k' }, version: 2 }, options)).rejects.toThrow(
        IdempotencyMismatchError,
      );
    });

    it('fails when the version is unknown, or the memory has moved on', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1 });
      for (const by of [{ key: 'k' }, { key: 'none' }, { id: 999_999 }])
        for (const options of [{}, { idempotencyKey: JSON.stringify(by) }])
          await expect(memories.restore({ by, version: 2 }, options)).rejects.toThrow(
            NotFoundError,
          );
      await expect(
        memories.restore({ by: { key: 'k' }, version: 1, ifVersion: 7 }),
      ).rejects.toThrow(VersionConflictError);
      await expect(memories.restore({ by: { key: 'k' }, version: 0 })).rejects.toThrow(
        ValidationError,
      );
    });

    it('takes part in a transaction: undone with it, done with it', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1 });
      await memories.store({ key: 'k', value: 2 });
      const given = memories.runTransaction(async ({ memories: inside }) => {
        await inside.restore({ by: { key: 'k' }, version: 1 });
        expect((await inside.get({ key: 'k' }))?.value).toBe(1);
        throw new Error('no');
      });
      await expect(given).rejects.toThrow('no');
      expect((await memories.get({ key: 'k' }))?.value).toBe(2);
      await memories.runTransaction(async ({ memories: inside }) => {
        await inside.restore({ by: { key: 'k' }, version: 1 });
      });
      expect(await memories.get({ key: 'k' })).toMatchObject({ value: 1, version: 3 });
    });
  });

  describe('diff', () => {
    it('names the fields that changed and the places in value and metadata', async () => {
      const memories = open();
      await memories.store({ key: 'k', valueText: `{"n":${BIG},"same":1}`, tags: ['a'] });
      await memories.update({
        by: { key: 'k' },
        valueText: '{"n":9007199254740994,"same":1}',
        metadataPatch: { source: 'x' },
        persona: 'Athena',
        tags: ['a', 'b'],
      });
      const diff = await memories.diff({ by: { key: 'k' }, from: 1, to: 2 });
      expect(diff.changed).toEqual(['value', 'metadata', 'tags', 'persona']);
      expect([diff.from.version, diff.to.version]).toEqual([1, 2]);
      expect(diff.value).toEqual([
        {
          path: 'n',
          segments: ['n'],
          kind: 'changed',
          before: BigInt(BIG),
          after: 9_007_199_254_740_994n,
        },
      ]);
      expect(diff.metadata).toEqual([
        { path: 'source', segments: ['source'], kind: 'added', after: 'x' },
      ]);
      const back = await memories.diff({ by: { key: 'k' }, from: 2, to: 1 });
      expect(back.metadata).toMatchObject([{ kind: 'removed', before: 'x' }]);
      const none = await memories.diff({ by: { key: 'k' }, from: 2, to: 2 });
      expect(none).toMatchObject({ changed: [], value: [], metadata: [] });
    });

    it('tells section, importance and expiry too, and works after a deletion', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1, section: 'cache' });
      await memories.update({ by: { key: 'k' }, section: 'learning_data', importance: 1 });
      await memories.update({ by: { key: 'k' }, ttlSeconds: 60 });
      await memories.delete({ by: { key: 'k' } });
      const diff = await memories.diff({ by: { key: 'k' }, from: 1, to: 3 });
      expect(diff.changed).toEqual(['section', 'importance', 'expiresAt']);
    });

    it('fails when the log does not hold one of the versions', async () => {
      const memories = open();
      await memories.store({ key: 'k', value: 1 });
      for (const versions of [
        { from: 1, to: 2 },
        { from: 2, to: 1 },
      ])
        await expect(memories.diff({ by: { key: 'k' }, ...versions })).rejects.toThrow(
          NotFoundError,
        );
    });
  });
});

describe('the library', () => {
  it('carries the same calls', async () => {
    const engine = await openTestEngine();
    const { MemoryCalls } = await import('../../../src/engine/index.ts');
    const calls = new MemoryCalls(engine.namespace('default'));
    const { cursor } = await calls.store('k', 1);
    await calls.store('k', 2);
    expect((await calls.get('k', { asOf: cursor }))?.value).toBe(1);
    expect((await calls.getMany(['k'], { asOf: cursor }))[0]?.value).toBe(1);
    expect((await calls.list({ asOf: cursor })).total).toBe(1);
    expect((await calls.history('k')).versions).toHaveLength(2);
    expect((await calls.diff({ by: { key: 'k' }, from: 1, to: 2 })).changed).toEqual(['value']);
    expect((await calls.restore({ by: { key: 'k' }, version: 1 })).memory.value).toBe(1);
  });
});
