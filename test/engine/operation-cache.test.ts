import { describe, expect, it } from 'vitest';
import { type CacheEntryKey, OperationCache } from '../../src/engine/operation-cache.ts';

interface Answer {
  readonly text: string;
  readonly expiresAt?: number;
}

const isFresh = (value: Answer, now: number) =>
  value.expiresAt === undefined || value.expiresAt > now;

function openCache(options: { maxSize?: number; ttlMs?: number } = {}) {
  const clock = { now: 1_000 };
  const cache = new OperationCache<Answer>({
    maxSize: options.maxSize ?? 10,
    ttlMs: options.ttlMs ?? 60_000,
    now: () => clock.now,
  });
  const fill = (key: CacheEntryKey, text: string, namespace = 'default') =>
    cache.fill(cache.begin(namespace), key, { text });
  const get = (key: CacheEntryKey, namespace = 'default', now = 0) =>
    cache.get(namespace, key, now, isFresh)?.text;
  return { clock, cache, fill, get };
}

function commitOf(key: string, memoryId: number, namespace = 'default') {
  return { csn: 1, headSeq: 1, touched: [{ namespace, memoryId, key, persona: null }] };
}

describe('OperationCache', () => {
  it('answers by key, by id and by query, each in its namespace', () => {
    const { fill, get } = openCache();
    fill({ key: '1' }, 'by key');
    fill({ id: 1 }, 'by id');
    fill({ query: '1' }, 'by query');
    fill({ key: '1' }, 'other tenant', 'tenant');
    expect([get({ key: '1' }), get({ id: 1 }), get({ query: '1' })]).toEqual([
      'by key',
      'by id',
      'by query',
    ]);
    expect(get({ key: '1' }, 'tenant')).toBe('other tenant');
    expect(get({ id: 1 }, 'tenant')).toBeUndefined();
  });

  it('drops the touched memory and every query of its namespace, and nothing else', () => {
    const { cache, fill, get } = openCache();
    fill({ key: 'a' }, 'a');
    fill({ id: 7 }, 'a');
    fill({ key: 'b' }, 'b');
    fill({ query: 'list' }, 'both');
    fill({ query: 'list' }, 'theirs', 'tenant');
    cache.invalidate(commitOf('a', 7));
    expect(get({ key: 'a' })).toBeUndefined();
    expect(get({ id: 7 })).toBeUndefined();
    expect(get({ query: 'list' })).toBeUndefined();
    expect(get({ key: 'b' })).toBe('b');
    expect(get({ query: 'list' }, 'tenant')).toBe('theirs');
    expect(cache.statistics().invalidations).toBe(3);
  });

  it('refuses an answer when a write in the namespace was told since the read began', () => {
    const { cache, get } = openCache();
    const ours = cache.begin('default');
    const theirs = cache.begin('tenant');
    cache.invalidate(commitOf('other', 9));
    expect(cache.fill(ours, { key: 'a' }, { text: 'old' })).toBe(false);
    expect(get({ key: 'a' })).toBeUndefined();
    expect(cache.fill(theirs, { key: 'a' }, { text: 'theirs' })).toBe(true);
  });

  it('never serves a memory past its expiry', () => {
    const { cache } = openCache();
    cache.fill(cache.begin('default'), { key: 'a' }, { text: 'a', expiresAt: 500 });
    expect(cache.get('default', { key: 'a' }, 499, isFresh)?.text).toBe('a');
    expect(cache.get('default', { key: 'a' }, 500, isFresh)).toBeUndefined();
    expect(cache.statistics().size).toBe(0);
  });

  it('drops the least recently used entry for room, and any entry after its TTL', () => {
    const { cache, clock, fill, get } = openCache({ maxSize: 2, ttlMs: 100 });
    fill({ key: 'a' }, 'a');
    fill({ key: 'b' }, 'b');
    get({ key: 'a' });
    fill({ key: 'c' }, 'c');
    expect(get({ key: 'b' })).toBeUndefined();
    expect(get({ key: 'a' })).toBe('a');
    clock.now += 101;
    expect(get({ key: 'a' })).toBeUndefined();
    expect(cache.purgeStale()).toBe(1);
    expect(cache.statistics()).toMatchObject({ size: 0, evictions: 3 });
  });

  it('refuses values that would fill the memory bound, and evicts to stay inside it', () => {
    const { cache, get } = openCache();
    const megabytes = (n: number) => n * 1_048_576;
    const fill = (key: string, bytes: number) =>
      cache.fill(cache.begin('default'), { key }, { text: key }, bytes);
    expect(fill('huge', megabytes(17))).toBe(false);
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(fill(key, megabytes(16))).toBe(true);
    expect(get({ key: 'a' })).toBeUndefined();
    expect(get({ key: 'e' })).toBe('e');
    expect(cache.statistics().size).toBe(4);
  });

  it('resizes live: keeps the newest with their remaining time, and 0 switches it off', () => {
    const { cache, clock, fill, get } = openCache({ maxSize: 3, ttlMs: 100 });
    for (const key of ['a', 'b', 'c']) fill({ key }, key);
    clock.now += 60;
    cache.resize(2);
    expect([get({ key: 'a' }), get({ key: 'b' }), get({ key: 'c' })]).toEqual([
      undefined,
      'b',
      'c',
    ]);
    clock.now += 60;
    expect(get({ key: 'c' })).toBeUndefined();
    cache.resize(0);
    expect(fill({ key: 'a' }, 'a')).toBe(false);
    expect(get({ key: 'a' })).toBeUndefined();
    expect(cache.statistics()).toMatchObject({ size: 0, maxSize: 0 });
    cache.resize(5);
    expect(fill({ key: 'a' }, 'a')).toBe(true);
    expect(get({ key: 'a' })).toBe('a');
  });

  it('purges query entries that a write made useless', () => {
    const { cache, fill } = openCache();
    fill({ query: 'one' }, '1');
    fill({ query: 'two' }, '2');
    fill({ key: 'b' }, 'b');
    cache.invalidate(commitOf('a', 1));
    expect(cache.purgeStale()).toBe(2);
    expect(cache.statistics().size).toBe(1);
  });

  it('forgets everything on clear, also what is being read', () => {
    const { cache, fill, get } = openCache();
    fill({ key: 'a' }, 'a');
    const token = cache.begin('default');
    cache.clear();
    expect(get({ key: 'a' })).toBeUndefined();
    expect(cache.fill(token, { key: 'a' }, { text: 'a' })).toBe(false);
  });

  it('stays correct when more namespaces are written than it remembers', () => {
    const { cache, fill, get } = openCache();
    fill({ query: 'list' }, 'old', 'tenant-0');
    const token = cache.begin('tenant-0');
    cache.invalidate(commitOf('a', 1, 'tenant-0'));
    for (let i = 1; i <= 10_001; i += 1) cache.invalidate(commitOf('a', 1, `tenant-${i}`));
    expect(cache.fill(token, { key: 'b' }, { text: 'old' })).toBe(false);
    expect(get({ query: 'list' }, 'tenant-0')).toBeUndefined();
    expect(fill({ query: 'list' }, 'new', 'tenant-0')).toBe(true);
    expect(get({ query: 'list' }, 'tenant-0')).toBe('new');
  });

  it('counts hits and misses', () => {
    const { cache, fill, get } = openCache();
    fill({ key: 'a' }, 'a');
    for (let i = 0; i < 3; i += 1) get({ key: 'a' });
    get({ key: 'missing' });
    expect(cache.statistics()).toMatchObject({
      name: 'operations',
      hits: 3,
      misses: 1,
      hitRate: 75,
      size: 1,
      maxSize: 10,
    });
  });
});
