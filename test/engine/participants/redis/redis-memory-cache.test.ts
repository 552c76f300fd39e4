import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestRedis } from '../../../support/open-test-redis.ts';
import { TestRedis } from '../../../support/start-redis.ts';

const NAMESPACE = 'main';
const VALUE = { csn: 7, text: '{"a":1}', ttlMs: 60_000 };

function named(key: string) {
  return { namespace: NAMESPACE, key };
}

describe('the cache on a real Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await TestRedis.start();
  });
  afterAll(() => server.stop());

  async function openFilled(...keys: string[]) {
    const opened = await openTestRedis(server.url);
    const found = await opened.cache.lookUp(NAMESPACE, keys);
    for (const [index, answer] of found.entries()) {
      if (answer.kind !== 'MISS') throw new Error(`expected a miss, got ${answer.kind}`);
      expect(await opened.cache.fill(named(keys[index] ?? ''), answer.lease, VALUE)).toBe(true);
    }
    return opened.cache;
  }

  async function kindsOf(cache: Awaited<ReturnType<typeof openFilled>>, ...keys: string[]) {
    return (await cache.lookUp(NAMESPACE, keys)).map(({ kind }) => kind);
  }

  it('keeps what was filled under a lease', async () => {
    const cache = await openFilled('a', 'b');
    const [a, b, c] = await cache.lookUp(NAMESPACE, ['a', 'b', 'c']);
    expect(a).toEqual({ kind: 'HIT', csn: 7, text: '{"a":1}' });
    expect(b?.kind).toBe('HIT');
    expect(c?.kind).toBe('MISS');
    expect(cache.cacheStatistics()).toEqual({ hits: 2, misses: 3, bypassed: 0, fills: 2 });
  });

  it('lets one of two fill', async () => {
    const { cache } = await openTestRedis(server.url);
    expect(await kindsOf(cache, 'a')).toEqual(['MISS']);
    expect(await kindsOf(cache, 'a')).toEqual(['BUSY']);
    expect(await cache.fill(named('a'), '0:somebody else', VALUE)).toBe(false);
  });

  it('answers BUSY from prepare to promote, then misses', async () => {
    const cache = await openFilled('a', 'b');
    await cache.prepare('t1', [named('a')]);
    expect(await kindsOf(cache, 'a', 'b')).toEqual(['BUSY', 'HIT']);
    await cache.promote('t1', [named('a')]);
    expect(await kindsOf(cache, 'a')).toEqual(['MISS']);
  });

  it('refuses a fill whose memory was prepared since its lookup', async () => {
    const { cache } = await openTestRedis(server.url);
    const [found] = await cache.lookUp(NAMESPACE, ['a']);
    if (found?.kind !== 'MISS') throw new Error('expected a miss');
    await cache.prepare('t1', [named('a')]);
    expect(await cache.fill(named('a'), found.lease, VALUE)).toBe(false);
    await cache.abort('t1', [named('a')]);
    expect(await cache.fill(named('a'), found.lease, VALUE)).toBe(false);
    expect(await kindsOf(cache, 'a')).toEqual(['MISS']);
  });

  it('takes promote and abort twice and in any order', async () => {
    const cache = await openFilled('a');
    await cache.promote('t2', [named('a')]);
    await cache.promote('t2', [named('a')]);
    await cache.prepare('t1', [named('a')]);
    await cache.prepare('t3', [named('a')]);
    await cache.abort('t3', [named('a')]);
    expect(await kindsOf(cache, 'a')).toEqual(['BUSY']);
    await cache.promote('t1', [named('a')]);
    await cache.abort('t1', [named('a')]);
    expect(await kindsOf(cache, 'a')).toEqual(['MISS']);
    expect(cache.guarded).toBe(0);
  });

  it('reaches nothing of an earlier epoch', async () => {
    const cache = await openFilled('a');
    cache.useEpoch(2);
    expect(await kindsOf(cache, 'a')).toEqual(['MISS']);
    cache.useEpoch(1);
    expect(await kindsOf(cache, 'a')).toEqual(['BUSY']);
  });

  it('prepares more memories than fit into one script', async () => {
    const keys = Array.from({ length: 1201 }, (_, index) => `k${index}`);
    const cache = await openFilled('k0', 'k700', 'k1200');
    await cache.prepare('t1', keys.map(named));
    expect(new Set(await kindsOf(cache, ...keys))).toEqual(new Set(['BUSY']));
    await cache.promote('t1', keys.map(named));
    expect(new Set(await kindsOf(cache, ...keys))).toEqual(new Set(['MISS']));
  });

  it('finds the fences of an earlier process and takes them away', async () => {
    const storeId = 'store-of-two-processes';
    const first = await openTestRedis(server.url, { storeId });
    await first.cache.prepare('t1', [named('a'), { namespace: 'other: {x}', key: 'k*\\"' }]);
    expect(await first.cache.staged()).toEqual([]);
    await first.cache.close();

    const second = await openTestRedis(server.url, { storeId });
    second.cache.useEpoch(5);
    const staged = await second.cache.staged();
    expect(staged).toEqual([
      { txid: 't1', names: [named('a'), { namespace: 'other: {x}', key: 'k*\\"' }] },
    ]);
    await second.cache.abort('t1', staged[0]?.names ?? []);
    expect(await second.cache.staged()).toEqual([]);
    expect(await second.cache.countKeys()).toBe(0);
  });

  it('keeps answers by name and by epoch', async () => {
    const { cache } = await openTestRedis(server.url);
    expect(await cache.getAnswer('context 1')).toBeNull();
    await cache.putAnswer('context 1', 'text', 60_000);
    expect(await cache.getAnswer('context 1')).toBe('text');
    cache.useEpoch(2);
    expect(await cache.getAnswer('context 1')).toBeNull();
  });

  it('clears its own store only', async () => {
    const other = await openFilled('a');
    const cache = await openFilled(...Array.from({ length: 40 }, (_, index) => `k${index}`));
    const seen: number[] = [];
    expect(await cache.countKeys()).toBe(40);
    expect(await cache.clear(new AbortController().signal, (count) => seen.push(count))).toBe(40);
    expect(seen.at(-1)).toBe(40);
    expect(await cache.countKeys()).toBe(0);
    expect(await kindsOf(other, 'a')).toEqual(['HIT']);
    await expect(other.clear(AbortSignal.abort(), () => {})).rejects.toThrow();
    expect(await kindsOf(other, 'a')).toEqual(['HIT']);
  });
});
