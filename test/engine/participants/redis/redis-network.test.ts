import { expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { openTestRedis, whenAvailable } from '../../../support/open-test-redis.ts';
import { startRedis } from '../../../support/start-redis.ts';

const NAMES = [{ namespace: 'main', key: 'a' }];

interface Case {
  readonly fault: string;
  readonly strike: (proxy: FaultProxy) => void;
  readonly prepared: 'confirmed' | 'rejected';
  /** Whether the server carried out what may have been rejected. */
  readonly arrived: boolean;
}

it.each<Case>([
  {
    fault: 'a delay',
    strike: (proxy) => proxy.set({ delayMs: 20 }),
    prepared: 'confirmed',
    arrived: true,
  },
  {
    fault: 'a lost answer',
    strike: (proxy) => proxy.set({ loseAnswers: true }),
    prepared: 'rejected',
    arrived: true,
  },
  {
    fault: 'a half-closed connection',
    strike: (proxy) => proxy.halfClose(),
    prepared: 'rejected',
    arrived: true,
  },
  {
    fault: 'a reset within the request',
    strike: (proxy) => proxy.set({ cutRequestsAfter: 40 }),
    prepared: 'rejected',
    arrived: false,
  },
  {
    fault: 'a reset connection and no new one',
    strike: (proxy) => {
      proxy.set({ refuse: true });
      proxy.reset();
    },
    prepared: 'rejected',
    arrived: false,
  },
])('$fault: a prepare is $prepared, and the guard stands until its outcome', async (example) => {
  const server = await startRedis();
  const proxy = await startFaultProxy(server.port);
  const url = `redis://127.0.0.1:${proxy.port}`;
  const { cache } = await openTestRedis(url, { commandTimeoutMs: 500 });
  example.strike(proxy);
  const prepared = await cache.prepare('t1', NAMES).then(
    () => 'confirmed',
    () => 'rejected',
  );
  expect(prepared).toBe(example.prepared);
  expect(cache.guarded).toBe(1);
  const keys = await server.command('KEYS', '*');
  expect(JSON.stringify(keys).includes(':f:main')).toBe(example.arrived);
  proxy.set({});
  await whenAvailable(cache);
  expect(await cache.lookUp('main', ['a'])).toEqual([{ kind: 'BUSY' }]);
  if (prepared === 'rejected') cache.useEpoch(2);
  expect(cache.guarded).toBe(1);
  await cache.promote('t1', NAMES);
  expect(cache.guarded).toBe(0);
  expect((await cache.lookUp('main', ['a']))[0]?.kind).toBe('MISS');
});

it('a promote that is not confirmed costs misses, nothing else', async () => {
  const server = await startRedis();
  const proxy = await startFaultProxy(server.port);
  const url = `redis://127.0.0.1:${proxy.port}`;
  const { cache } = await openTestRedis(url, { commandTimeoutMs: 500 });
  await cache.prepare('t1', NAMES);
  proxy.set({ cutRequestsAfter: 40 });
  await expect(cache.promote('t1', NAMES)).rejects.toMatchObject({
    code: 'PARTICIPANT_UNAVAILABLE',
  });
  // Its fence was confirmed: nothing old can be there.
  expect(cache.guarded).toBe(0);
  proxy.set({});
  await whenAvailable(cache);
  expect(await cache.lookUp('main', ['a'])).toEqual([{ kind: 'BUSY' }]);
  await cache.promote('t1', NAMES);
  expect((await cache.lookUp('main', ['a']))[0]?.kind).toBe('MISS');
});

it('an unfenced commit whose promote is not confirmed either stays guarded', async () => {
  const server = await startRedis();
  const proxy = await startFaultProxy(server.port);
  const url = `redis://127.0.0.1:${proxy.port}`;
  const { cache } = await openTestRedis(url, { commandTimeoutMs: 500 });
  proxy.set({ refuse: true });
  proxy.reset();
  await expect(cache.prepare('t1', NAMES)).rejects.toThrow();
  await expect(cache.promote('t1', NAMES)).rejects.toThrow();
  expect(cache.guarded).toBe(1);
  proxy.set({});
  await whenAvailable(cache);
  expect(await cache.lookUp('main', ['a'])).toEqual([{ kind: 'BUSY' }]);
  cache.useEpoch(2);
  expect(cache.guarded).toBe(0);
  expect((await cache.lookUp('main', ['a']))[0]?.kind).toBe('MISS');
});
