import { describe, expect, it } from 'vitest';
import type { Memory, OpenTransaction, Where } from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();

const LEVELS = ['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const;

function keysOf(items: readonly { readonly key: string }[]): readonly string[] {
  return items.map(({ key }) => key);
}

async function listed(open: OpenTransaction, input: object = {}): Promise<readonly string[]> {
  const { items } = await open.memories.list({
    orderBy: [{ field: 'key', direction: 'asc' }],
    ...input,
  });
  return keysOf(items.map(({ memory }) => memory));
}

describe.each(LEVELS)('inside a transaction at %s', (isolation) => {
  it('reads by key and by id see its own writes, nobody else does', async () => {
    const memories = shared.memories();
    const { memory: kept } = await memories.store({ key: 'kept', value: { n: 1, list: ['a'] } });
    await memories.store({ key: 'gone', value: 1 });
    const open = await memories.beginTransaction({ isolation });
    const inside = open.memories;
    const { memory: made, created } = await inside.store({ key: 'made', value: 1, tags: ['t'] });
    expect(created).toBe(true);
    await inside.increment({ by: { id: kept.id }, path: 'n', amount: 4 });
    await inside.append({ by: { key: 'kept' }, path: 'list', items: ['b'] });
    await inside.update({ by: { key: 'kept' }, valuePatch: { more: true }, importance: 1 });
    await inside.delete({ by: { key: 'gone' } });
    await expect(inside.delete({ by: { key: 'gone' } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });

    const targets = [{ key: 'made' }, { id: made.id }, { key: 'gone' }, { id: kept.id }];
    const [byKey, byId, gone, changed] = await inside.getMany(targets);
    expect(byKey?.id).toBe(made.id);
    expect(byId?.key).toBe('made');
    expect(gone).toBeNull();
    expect(changed).toMatchObject({
      value: { n: 5, list: ['a', 'b'], more: true },
      version: 4,
      importance: 1,
    });
    expect(await memories.getMany([{ key: 'made' }, { id: made.id }])).toEqual([null, null]);
    expect((await memories.get({ key: 'kept' }))?.version).toBe(1);

    const { memories: outcomes } = await open.commit();
    expect(outcomes.map((memory) => memory?.version)).toEqual([1, 2, 3, 4, 1]);
    // What was read inside is true outside: ids and versions too.
    expect((await memories.get({ id: made.id }))?.key).toBe('made');
    expect(await memories.get({ key: 'kept' })).toMatchObject({ id: kept.id, version: 4 });
    expect(await memories.get({ key: 'gone' })).toBeNull();
  });

  it('a memory that is deleted and made again is a new one, as outside', async () => {
    const memories = shared.memories();
    const { memory: old } = await memories.store({ key: 'k', value: 'old', tags: ['old'] });
    const open = await memories.beginTransaction({ isolation });
    await open.memories.delete({ by: { key: 'k' } });
    const { memory, created } = await open.memories.store({ key: 'k', value: 'new' });
    expect(created).toBe(true);
    expect(memory.version).toBe(1);
    expect(memory.id).not.toBe(old.id);
    expect(await open.memories.get({ id: old.id })).toBeNull();
    expect(await listed(open, { where: { tags: ['old'] } })).toEqual([]);
    expect((await open.memories.list({})).total).toBe(1);
    await open.commit();
    expect(await memories.get({ key: 'k' })).toMatchObject({ id: memory.id, version: 1 });
    expect(await memories.get({ id: old.id })).toBeNull();
  });

  it('lists filter, order, count and page over file and own writes together', async () => {
    const memories = shared.memories();
    await memories.storeMany(
      Array.from({ length: 20 }, (_, n) => ({
        key: `k${String(n).padStart(2, '0')}`,
        value: { n },
        importance: (n % 10) / 10,
        tags: n % 2 === 0 ? ['even'] : ['odd'],
        persona: n < 10 ? 'athena' : null,
      })),
    );
    const open = await memories.beginTransaction({ isolation });
    await open.memories.delete({ by: { key: 'k04' } });
    await open.memories.update({ by: { key: 'k05' }, tags: ['even'], importance: 1 });
    await open.memories.store({
      key: 'k03x',
      value: { n: 3.5 },
      tags: ['even'],
      persona: 'hestia',
    });

    expect(await listed(open, { where: { tags: ['even'] }, first: 5 })).toEqual([
      'k00',
      'k02',
      'k03x',
      'k05',
      'k06',
    ]);
    expect(await listed(open, { where: { tags: { none: ['even'] } }, first: 2 })).toEqual([
      'k01',
      'k03',
    ]);
    expect(await listed(open, { where: { persona: 'hestia' } })).toEqual(['k03x']);
    expect(await listed(open, { where: { persona: 'athena' } })).toHaveLength(9);
    expect(await listed(open, { where: { value: { n: { between: [3, 6] } } } })).toEqual([
      'k03',
      'k03x',
      'k05',
      'k06',
    ]);
    const byImportance = await open.memories.list({
      orderBy: [{ field: 'importance', direction: 'desc' }],
      first: 1,
    });
    expect(byImportance.items[0]?.memory.key).toBe('k05');
    expect(byImportance.total).toBe(20);

    // Page by page, forwards and backwards, over the same order.
    const all = (await listed(open, { first: 100 })) as string[];
    expect(all).toEqual([...all].sort());
    for (const [size, direction] of [
      [1, 'first'],
      [3, 'first'],
      [4, 'last'],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let more = true; more; ) {
        const page = await open.memories.list({
          orderBy: [{ field: 'key', direction: 'asc' }],
          [direction]: size,
          [direction === 'first' ? 'after' : 'before']: cursor,
        });
        const keys = keysOf(page.items.map(({ memory }) => memory));
        expect(page.total).toBe(20);
        if (direction === 'first') seen.push(...keys);
        else seen.unshift(...keys);
        more = direction === 'first' ? page.hasNextPage : page.hasPreviousPage;
        cursor = page.items.at(direction === 'first' ? -1 : 0)?.cursor ?? null;
      }
      expect(seen).toEqual(all);
    }
    await open.commit();
    const { items } = await memories.list({
      orderBy: [{ field: 'key', direction: 'asc' }],
      first: 100,
    });
    expect(keysOf(items.map(({ memory }) => memory))).toEqual(all);
  });

  it('recall finds its own words, in Japanese too, and not what it deleted or changed', async () => {
    const memories = shared.memories();
    await memories.storeMany([
      { key: 'old', value: 'the harbour at night' },
      { key: 'doomed', value: 'another harbour' },
      { key: 'edited', value: 'a third harbour' },
      { key: 'ja-old', value: '東京タワーの夜景' },
    ]);
    const open = await memories.beginTransaction({ isolation });
    await open.memories.delete({ by: { key: 'doomed' } });
    await open.memories.update({ by: { key: 'edited' }, value: 'a mountain' });
    await open.memories.store({ key: 'new', value: 'harbour lights', tags: ['fresh'] });
    await open.memories.store({ key: 'ja-new', value: '東京駅で会った記憶' });
    const recalled = async (query: string, where: Where = {}): Promise<readonly string[]> =>
      [
        ...keysOf((await open.memories.recall({ query, mode: 'TEXT', where, limit: 50 })).hits),
      ].sort();
    expect(await recalled('harbour')).toEqual(['new', 'old']);
    expect(await recalled('harbour', { tags: ['fresh'] })).toEqual(['new']);
    expect(await recalled('mountain')).toEqual(['edited']);
    expect(await recalled('東京')).toEqual(['ja-new', 'ja-old']);
    expect(await recalled('記憶')).toEqual(['ja-new']);
    const { hits } = await open.memories.recall({ query: 'harbour', mode: 'TEXT', limit: 1 });
    expect(hits).toHaveLength(1);
    const outside = keysOf((await memories.recall({ query: 'harbour', mode: 'TEXT' })).hits);
    expect([...outside].sort()).toEqual(['doomed', 'edited', 'old']);
    await open.savepoint('s');
    await open.memories.store({ key: 'undone', value: 'harbour undone' });
    expect(await recalled('harbour')).toEqual(['new', 'old', 'undone']);
    await open.rollbackTo('s');
    expect(await recalled('harbour')).toEqual(['new', 'old']);
    await open.commit();
    expect(
      [...keysOf((await memories.recall({ query: 'harbour', mode: 'TEXT' })).hits)].sort(),
    ).toEqual(['new', 'old']);
  });

  it('personas, contexts and results are seen inside', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'a', value: 1, persona: 'athena' });
    const open = await memories.beginTransaction({ isolation });
    const { episode, latest } = await open.memories.storeResult({
      persona: 'artemis',
      task: 'hunt in the forest',
      result: 'a stag in the forest',
    });
    expect((await open.memories.personas(null)).map((persona) => persona?.name)).toEqual([
      'artemis',
      'athena',
    ]);
    const context = await open.memories.getContext('artemis', 'forest');
    expect(keysOf(context.working)).toEqual([latest.key]);
    expect(keysOf(context.episodes)).toEqual([episode.key]);
    expect((await memories.personas(null)).map((persona) => persona?.name)).toEqual(['athena']);
    await open.commit();
    const after = await memories.getContext('artemis', 'forest');
    expect(keysOf(after.working)).toEqual([latest.key]);
    expect(after.episodes.map(({ id }) => id)).toEqual([episode.id]);
    expect((await memories.personas(['artemis']))[0]?.name).toBe('artemis');
  });

  it('batches are all or nothing, or per item, as outside', async () => {
    const memories = shared.memories();
    const open = await memories.beginTransaction({ isolation });
    const together = await open.memories.storeMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(together).toMatchObject({ stored: 2, failed: 0 });
    await expect(
      open.memories.storeMany([
        { key: 'c', value: 1 },
        { key: 'a', value: 1, ifVersion: 0 },
      ]),
    ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    const each = await open.memories.storeMany(
      [
        { key: 'd', value: 1 },
        { key: 'a', value: 1, ifVersion: 0 },
        { key: 'e', value: Number.NaN },
      ],
      { atomic: false },
    );
    expect(each).toMatchObject({ stored: 1, failed: 2 });
    expect(await listed(open)).toEqual(['a', 'b', 'd']);
    await open.commit();
    expect((await memories.list({})).total).toBe(3);
  });

  it('what expires inside is gone inside', async () => {
    const memories = shared.memories();
    const open = await memories.beginTransaction({ isolation });
    await open.memories.store({ key: 'brief', value: 1, ttlSeconds: 1 });
    await open.memories.store({ key: 'long', value: 1, ttlSeconds: 600 });
    const brief = (): Promise<Memory | null> => open.memories.get({ key: 'brief' });
    expect((await brief())?.expiresAt).toBeInstanceOf(Date);
    while ((await brief()) !== null) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await listed(open)).toEqual(['long']);
    const { memory, created } = await open.memories.store({ key: 'brief', value: 2 });
    expect(created).toBe(true);
    expect(memory.version).toBe(1);
    await open.commit();
    expect((await memories.get({ key: 'brief' }))?.value).toBe(2);
  });

  it('an import inside is seen with its times', async () => {
    const memories = shared.memories();
    const open = await memories.beginTransaction({ isolation });
    const history = { createdAt: 1_000, updatedAt: 2_000, accessedAt: 3_000, accessCount: 4 };
    const item = { fields: { key: 'old', value: 1 }, history };
    expect(await open.memories.importRecords([item])).toEqual(['imported']);
    expect(await open.memories.importRecords([item])).toEqual(['skipped']);
    expect((await open.memories.get({ key: 'old' }))?.createdAt.getTime()).toBe(1_000);
    await open.commit();
    const memory = await memories.get({ key: 'old' });
    expect([memory?.version, memory?.createdAt.getTime(), memory?.accessCount]).toEqual([
      1, 1_000, 4,
    ]);
  });
});
