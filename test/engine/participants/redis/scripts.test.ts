import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRedisAddress } from '../../../../src/engine/participants/redis/redis-address.ts';
import {
  createRedisClient,
  endClient,
  type RedisClient,
} from '../../../../src/engine/participants/redis/redis-client.ts';
import { SCRIPTS } from '../../../../src/engine/participants/redis/scripts.ts';
import { TEST_TERMS } from '../../../support/open-test-redis.ts';
import { TestRedis } from '../../../support/start-redis.ts';

const FENCE_MS = 30_000;

/** Value, fence and lease of a memory. */
function keysOf(name: string): [string, string, string] {
  return [`v:${name}`, `f:${name}`, `l:${name}`];
}

describe('the scripts on a real Redis', () => {
  let server: TestRedis;
  let client: RedisClient;
  beforeAll(async () => {
    server = await TestRedis.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const address = parseRedisAddress(server.url);
    client = createRedisClient(address, { ...TEST_TERMS, storeId: 'scripts' });
    await new Promise((resolve) => client.once('ready', resolve));
    await client.flushall();
  });
  afterEach(() => endClient(client));

  const get = (token: string, ...names: string[]) => {
    const keys = names.flatMap(keysOf);
    return client.trinitasGet(keys.length, ...keys, token, 3000);
  };
  const fill = (name: string, token: string, csn = 1) =>
    client.trinitasFill(3, ...keysOf(name), token, csn, 'text', 60_000);
  const prepare = (txid: string, ...names: string[]) => {
    const keys = [`st:${txid}`, ...names.flatMap(keysOf)];
    return client.trinitasPrepare(keys.length, ...keys, txid, FENCE_MS, 'record');
  };
  const promote = (txid: string, ...names: string[]) => {
    const keys = [`st:${txid}`, ...names.flatMap(keysOf)];
    return client.trinitasPromote(keys.length, ...keys, txid);
  };
  const abort = (txid: string, ...names: string[]) => {
    const keys = [`st:${txid}`, ...names.flatMap(keysOf)];
    return client.trinitasAbort(keys.length, ...keys, txid);
  };

  it('GET leases a miss to one, and FILL keeps a value under that lease only', async () => {
    expect(await get('mine', 'a', 'b')).toEqual([[1], [1]]);
    expect(await get('yours', 'a')).toEqual([[2]]);
    expect(await fill('a', 'yours')).toBe(0);
    expect(await fill('a', 'mine', 42)).toBe(1);
    expect(await fill('a', 'mine', 43)).toBe(0);
    expect(await get('yours', 'a', 'b')).toEqual([[0, '42', 'text'], [2]]);
    expect(await client.pttl('v:a')).toBeGreaterThan(50_000);
    expect(await client.pttl('l:b')).toBeGreaterThan(0);
    expect(await client.exists('l:a')).toBe(0);
  });

  it('PREPARE drops value and lease, fences and leaves a record; all of it ends by itself', async () => {
    await get('mine', 'a', 'b');
    await fill('a', 'mine');
    expect(await prepare('t1', 'a', 'b')).toBe(1);
    expect(await client.exists('v:a', 'l:b')).toBe(0);
    expect(await get('mine', 'a', 'b')).toEqual([[2], [2]]);
    expect(await fill('b', 'mine')).toBe(0);
    expect(await client.get('st:t1')).toBe('record');
    for (const key of ['f:a', 'f:b', 'st:t1']) {
      expect(await client.pttl(key)).toBeGreaterThan(0);
      expect(await client.pttl(key)).toBeLessThanOrEqual(FENCE_MS);
    }
  });

  it('PROMOTE and ABORT take one transaction away, twice and in any order', async () => {
    await prepare('t1', 'a');
    await prepare('t2', 'a');
    expect(await promote('t1', 'a')).toBe(1);
    expect(await promote('t1', 'a')).toBe(1);
    expect(await get('mine', 'a')).toEqual([[2]]);
    expect(await client.exists('st:t1', 'st:t2')).toBe(1);
    expect(await abort('t2', 'a')).toBe(1);
    expect(await abort('t2', 'a')).toBe(1);
    expect(await get('mine', 'a')).toEqual([[1]]);
    expect(await promote('t3', 'a')).toBe(1);
    expect(await fill('a', 'mine')).toBe(0);
    expect(await client.keys('*')).toEqual([]);
  });

  it('PROMOTE drops a value, ABORT leaves it', async () => {
    await get('mine', 'a');
    await fill('a', 'mine');
    await abort('t1', 'a');
    expect(await get('mine', 'a')).toEqual([[0, '1', 'text']]);
    await promote('t1', 'a');
    expect(await get('mine', 'a')).toEqual([[1]]);
  });

  it('a fence whose time is up does not stand, although others were added to it', async () => {
    await client.zadd('f:a', String(Date.now() - 1), 'lost');
    expect(await get('mine', 'a')).toEqual([[1]]);
    expect(await fill('a', 'mine')).toBe(1);
    await client.zadd('f:a', String(Date.now() - 1), 'lost');
    await prepare('t1', 'a');
    await promote('t1', 'a');
    expect(await client.zrange('f:a', '0', '-1')).toEqual(['lost']);
    expect(await get('mine', 'a')).toEqual([[1]]);
    await client.zadd('f:a', String(Date.now() + 60_000), 'standing');
    expect(await get('mine', 'a')).toEqual([[2]]);
    expect(await fill('a', 'mine')).toBe(0);
  });

  it.each([
    [
      'PREPARE without a transaction',
      () => client.trinitasPrepare(4, 'st', ...keysOf('a'), '', 1000, 'r'),
    ],
    [
      'PREPARE without a time',
      () => client.trinitasPrepare(4, 'st', ...keysOf('a'), 't', 'soon', 'r'),
    ],
    [
      'PREPARE of a part of a memory',
      () => client.trinitasPrepare(3, 'st', 'v', 'f', 't', 1000, 'r'),
    ],
    ['PREPARE of nothing', () => client.trinitasPrepare(1, 'st', 't', 1000, 'r')],
    ['PROMOTE of a part of a memory', () => client.trinitasPromote(3, 'st', 'v', 'f', 't')],
    ['ABORT without a transaction', () => client.trinitasAbort(4, 'st', ...keysOf('a'), '')],
    ['GET without a time', () => client.trinitasGet(3, ...keysOf('a'), 'token', 0)],
    ['GET of a part of a memory', () => client.trinitasGet(2, 'v', 'f', 'token', 1000)],
    [
      'FILL without a number',
      () => client.trinitasFill(3, ...keysOf('a'), 'mine', 'x', 'text', 1000),
    ],
    ['FILL without a time', () => client.trinitasFill(3, ...keysOf('a'), 'mine', 1, 'text', -1)],
  ])('refuse before the first write: %s', async (_case, run) => {
    await get('mine', 'a');
    await expect(run()).rejects.toThrow('trinitas: wrong arguments');
    expect(await client.keys('*')).toEqual(['l:a']);
  });

  it('are sent again in full to a server that has forgotten them', async () => {
    await prepare('t1', 'a');
    await prepare('t1', 'a');
    await client.script('FLUSH');
    expect(await prepare('t2', 'a')).toBe(1);
    expect(await get('mine', 'a')).toEqual([[2]]);
  });

  it('go on answering what a full server has, and never put more into it', async () => {
    await get('mine', 'a', 'b');
    await fill('a', 'mine');
    await client.config('SET', 'maxmemory', '1');
    try {
      expect(await get('yours', 'a')).toEqual([[0, '1', 'text']]);
      expect(await fill('b', 'mine')).toBe(0);
      expect(await client.exists('v:b')).toBe(0);
      expect(await prepare('t1', 'a')).toBe(1);
      expect(await promote('t1', 'a')).toBe(1);
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
  });

  it('name all their keys, as a cluster demands', () => {
    for (const { lua } of Object.values(SCRIPTS)) {
      const calls = [...lua.matchAll(/redis\.p?call\('(\w+)'(?:, ([^,)]+))?/g)];
      expect(calls.length).toBeGreaterThan(1);
      for (const [, command, key] of calls)
        expect(command === 'TIME' || key?.startsWith('KEYS['), `${command} ${key}`).toBe(true);
    }
  });
});
