import { describe, expect, it } from 'vitest';
import { type MemoryOperations, type MemoryPage, ValidationError } from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

function keysOf({ items }: MemoryPage): readonly string[] {
  return items.map(({ memory }) => memory.key);
}

async function fill(memories: MemoryOperations, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, index) => ({
    key: `k${String(index).padStart(3, '0')}`,
    value: { index },
    importance: (index % 10) / 10,
  }));
  await memories.storeMany(items);
}

describe('get and getMany', () => {
  it('answers in the order of the targets, from the cache too', async () => {
    const memories = shared.memories();
    const { memory } = await memories.store({ key: 'a', value: 1 });
    await memories.store({ key: 'b', value: 2 });
    const targets = [{ key: 'b' }, { key: 'none' }, { id: memory.id }, { key: 'a' }, { key: 'b' }];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const found = await memories.getMany(targets);
      expect(found.map((one) => one?.key ?? null)).toEqual(['b', null, 'a', 'a', 'b']);
    }
  });

  it('sees a write by key and by id at once, whatever was cached', async () => {
    const memories = shared.memories();
    expect(await memories.get({ key: 'a' })).toBeNull();
    const { memory } = await memories.store({ key: 'a', value: 1 });
    expect((await memories.get({ key: 'a' }))?.value).toBe(1);
    expect((await memories.get({ id: memory.id }))?.value).toBe(1);
    await memories.store({ key: 'a', value: 2 });
    expect((await memories.get({ key: 'a' }))?.value).toBe(2);
    expect((await memories.get({ id: memory.id }))?.value).toBe(2);
    await memories.delete({ by: { key: 'a' } });
    expect(await memories.get({ key: 'a' })).toBeNull();
    expect(await memories.get({ id: memory.id })).toBeNull();
  });

  it('does not share parsed values between callers', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'a', value: { list: [1] } });
    const first = (await memories.get({ key: 'a' }))?.value as { list: number[] };
    first.list.push(2);
    expect((await memories.get({ key: 'a' }))?.value).toEqual({ list: [1] });
  });

  it('never serves an expired memory, cached or not', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'brief', value: 'soon gone words', ttlSeconds: 0.2 });
    const isThere = async (): Promise<boolean> => {
      const one = await memories.get({ key: 'brief' });
      const listed = await memories.list({ withTotal: false });
      const { hits } = await memories.recall({ query: 'words' });
      // Read one after the other, so a later answer may have expired already, but never the other way round.
      if (one === null) expect([listed.items.length, hits.length]).toEqual([0, 0]);
      return one !== null;
    };
    await expect.poll(isThere).toBe(false);
    expect((await memories.list({})).total).toBe(0);
  });

  it.each<[string, (memories: MemoryOperations) => Promise<unknown>]>([
    ['no target', (memories) => memories.get({} as { key: string })],
    ['empty key', (memories) => memories.get({ key: '' })],
    [
      'too many targets',
      (memories) => memories.getMany(Array.from({ length: 1_001 }, () => ({ key: 'k' }))),
    ],
    ['targets that are no list', (memories) => memories.getMany('k' as unknown as [])],
    ['a persona that is no name', (memories) => memories.personas([''])],
  ])('refuses %s', async (_name, read) => {
    await expect(read(shared.memories())).rejects.toBeInstanceOf(ValidationError);
  });

  it('knows personas', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'a', value: 1, persona: 'hestia' });
    await memories.store({ key: 'b', value: 1, persona: 'athena' });
    expect((await memories.personas(null)).map((persona) => persona?.name)).toEqual([
      'athena',
      'hestia',
    ]);
    expect((await memories.personas(['hestia', 'nobody'])).map((persona) => persona?.name)).toEqual(
      ['hestia', undefined],
    );
  });
});

describe('list', () => {
  it('walks forwards and backwards without a gap', async () => {
    const memories = shared.memories();
    await fill(memories, 45);
    const orderBy = [
      { field: 'importance', direction: 'desc' },
      { field: 'key', direction: 'asc' },
    ] as const;
    const all = keysOf(await memories.list({ orderBy, first: 100 }));
    expect(all).toHaveLength(45);

    const forwards: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: MemoryPage = await memories.list({ orderBy, first: 10, after });
      expect(page.total).toBe(45);
      expect(page.hasPreviousPage).toBe(after !== null);
      forwards.push(...keysOf(page));
      after = page.items.at(-1)?.cursor ?? null;
      if (!page.hasNextPage) break;
    }
    expect(forwards).toEqual(all);

    const backwards: string[] = [];
    let before: string | null = null;
    for (;;) {
      const page: MemoryPage = await memories.list({ orderBy, last: 10, before });
      expect(page.hasNextPage).toBe(before !== null);
      backwards.unshift(...keysOf(page));
      before = page.items[0]?.cursor ?? null;
      if (!page.hasPreviousPage) break;
    }
    expect(backwards).toEqual(all);
  });

  it('filters before it counts and cuts', async () => {
    const memories = shared.memories();
    await fill(memories, 30);
    const page = await memories.list({ where: { importance: { gte: 0.8 } }, first: 4 });
    expect([page.items.length, page.total, page.hasNextPage]).toEqual([4, 6, true]);
    expect((await memories.list({ first: 5, withTotal: false })).total).toBeNull();
  });

  it('sees every write, although pages are cached', async () => {
    const memories = shared.memories();
    for (let count = 1; count <= 5; count += 1) {
      await memories.store({ key: `k${count}`, value: count });
      expect((await memories.list({ withTotal: false })).items).toHaveLength(count);
    }
  });

  it.each<[string, object, string]>([
    ['negative first', { first: -1 }, 'first'],
    ['first above 100', { first: 101 }, 'first'],
    ['fractional last', { last: 1.5 }, 'last'],
    ['first and last', { first: 1, last: 1 }, 'last'],
    ['broken cursor', { after: 'xyz' }, 'after'],
    ['unknown field', { where: { colour: 'red' } }, 'where.colour'],
    ['unknown operator', { where: { importance: { near: 1 } } }, 'where.importance.near'],
    ['unknown order', { orderBy: [{ field: 'colour', direction: 'asc' }] }, 'orderBy.0.field'],
  ])('refuses %s', async (_name, input, path) => {
    const error = await shared
      .memories()
      .list(input)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('refuses a cursor of another order', async () => {
    const memories = shared.memories();
    await fill(memories, 3);
    const { items } = await memories.list({ first: 1 });
    const input = {
      after: items[0]?.cursor ?? '',
      orderBy: [{ field: 'key', direction: 'asc' }],
    } as const;
    await expect(memories.list(input)).rejects.toBeInstanceOf(ValidationError);
  });
});
