import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from '../../../support/free-port.ts';
import { openTestRedis, whenAvailable } from '../../../support/open-test-redis.ts';
import { startRedis } from '../../../support/start-redis.ts';

const NAMES = [{ namespace: 'main', key: 'a' }];
/** The bound under test: calls to a server that hangs. */
const COMMAND_TIMEOUT_MS = 400;

type Cache = Awaited<ReturnType<typeof openTestRedis>>['cache'];

/** Every call of the contract, none of which may hang or throw what it must not. */
async function callEverything(cache: Cache): Promise<void> {
  for (const call of [
    () => cache.prepare('t', NAMES),
    () => cache.promote('t', NAMES),
    () => cache.abort('t', NAMES),
    () => cache.staged(),
    () => cache.countKeys(),
    () => cache.clear(new AbortController().signal, () => {}),
  ])
    await expect(call()).rejects.toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      retryable: true,
      remedy: expect.stringContaining('redis_url'),
    });
  expect(await cache.lookUp('main', ['a', 'b'])).toEqual([{ kind: 'BUSY' }, { kind: 'BUSY' }]);
  expect(await cache.fill({ namespace: 'main', key: 'a' }, '0:x', fillOf(1))).toBe(false);
  expect(await cache.getAnswer('x')).toBeNull();
  await cache.putAnswer('x', 'text', 1000);
  await cache.probe();
}

function fillOf(csn: number) {
  return { csn, text: 'x', ttlMs: 60_000 };
}

async function works(cache: Cache): Promise<void> {
  await cache.prepare('works', NAMES);
  await cache.promote('works', NAMES);
  const [found] = await cache.lookUp('main', ['a']);
  if (found?.kind !== 'MISS') throw new Error(`expected a miss, got ${found?.kind}`);
  expect(await cache.fill({ namespace: 'main', key: 'a' }, found.lease, fillOf(1))).toBe(true);
  expect((await cache.lookUp('main', ['a']))[0]?.kind).toBe('HIT');
  expect(cache.statistics()).toMatchObject({ state: 'OK', message: null, breaker: 'CLOSED' });
}

it('opens without a server, and works as soon as there is one', async () => {
  const server = await startRedis();
  await server.kill();
  const { cache, bus } = await openTestRedis(server.url);
  expect(cache.available).toBe(false);
  expect(cache.statistics()).toMatchObject({ state: 'DEGRADED', calls: 0 });
  expect(cache.statistics().message).toMatch(
    /^Redis at redis:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
  );
  await callEverything(cache);
  bus.publish({ csn: 1, headSeq: 1 });
  const available = whenAvailable(cache);
  await server.restart();
  await available;
  cache.useEpoch(2);
  await works(cache);
});

it('comes back after a crash of the server, with nothing of before', async () => {
  const server = await startRedis(['--save', '3600 1']);
  const { cache } = await openTestRedis(server.url);
  await works(cache);
  await server.kill();
  await callEverything(cache);
  const available = whenAvailable(cache);
  await server.restart();
  await available;
  cache.useEpoch(2);
  await works(cache);
  expect(cache.statistics().reconnects).toBe(1);
});

it('leaves a server alone that hangs, and finds out that it goes on', async () => {
  const server = await startRedis();
  const { cache } = await openTestRedis(server.url, { commandTimeoutMs: COMMAND_TIMEOUT_MS });
  await works(cache);
  server.pause();
  // All of them end; no more than a bounded number waits for the server.
  const before = cache.statistics().calls;
  const answers = await Promise.all(
    Array.from({ length: 1500 }, () => cache.lookUp('main', ['a'])),
  );
  expect(cache.statistics().calls - before).toBeLessThanOrEqual(1024);
  expect(new Set(answers.map(([answer]) => answer?.kind))).toEqual(new Set(['BUSY']));
  expect(cache.available).toBe(false);
  expect(cache.statistics()).toMatchObject({ state: 'DEGRADED', breaker: 'OPEN' });
  await callEverything(cache);
  const available = whenAvailable(cache);
  server.resume();
  await available;
  cache.useEpoch(2);
  await works(cache);
});

it('does not take its own stall for one of the server', async () => {
  const server = await startRedis();
  const { cache } = await openTestRedis(server.url, { commandTimeoutMs: COMMAND_TIMEOUT_MS });
  const answer = cache.prepare('t', NAMES);
  // The server answers meanwhile, and the timeout is over before anybody can read it.
  const end = performance.now() + 4 * COMMAND_TIMEOUT_MS;
  while (performance.now() < end);
  await answer;
  expect(cache.statistics()).toMatchObject({ state: 'OK', failures: 0, reconnects: 0 });
});

it('opens the breaker below five failures in a row, and a trial closes it', async () => {
  const server = await startRedis();
  const { cache } = await openTestRedis(server.url);
  // Reads go on, writes are refused: nothing that a ping would show.
  await server.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
  let failures = 0;
  while (cache.available && failures < 100) {
    await expect(cache.prepare('t', NAMES)).rejects.toThrow(/NOREPLICAS/);
    failures += 1;
  }
  expect(failures).toBeLessThan(5);
  expect(cache.statistics()).toMatchObject({ state: 'DEGRADED', breaker: 'OPEN' });
  await cache.probe();
  expect(cache.available).toBe(false);
  const available = whenAvailable(cache);
  await server.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
  await available;
  await cache.abort('t', NAMES);
  await works(cache);
});

it('closes while the server hangs, is away or never was', async () => {
  const server = await startRedis();
  const hung = await openTestRedis(server.url, { commandTimeoutMs: COMMAND_TIMEOUT_MS });
  hung.bus.subscribe(() => {});
  const away = await openTestRedis(`redis://127.0.0.1:${await freePort()}`);
  away.bus.subscribe(() => {});
  server.pause();
  const underWay = hung.cache.lookUp('main', ['a']);
  await Promise.all([hung.cache.close(), away.cache.close()]);
  expect(await underWay).toEqual([{ kind: 'BUSY' }]);
  await hung.cache.close();
  expect(hung.cache.statistics().state).toBe('CLOSED');
  await expect(hung.cache.prepare('t', NAMES)).rejects.toThrow('closed');
});

it.each([
  ['a wrong password', 'redis://user:s3cr%25et-p%40ss@127.0.0.1:PORT'],
  ['no password', 'redis://127.0.0.1:PORT'],
])('is degraded by %s and never shows it', async (_case, url) => {
  const server = await startRedis(['--requirepass', 'right']);
  const { cache } = await openTestRedis(url.replace('PORT', String(server.port)));
  const error: unknown = await cache.prepare('t', NAMES).catch((reason: unknown) => reason);
  expect(cache.available).toBe(false);
  expect(cache.statistics().message).toMatch(/WRONGPASS|NOAUTH/);
  for (const text of [cache.statistics().message ?? '', inspect(error, { depth: 10 })]) {
    expect(text).not.toMatch(/s3cr|p@ss|p%40ss/);
  }
});

it.each(['http://127.0.0.1', 'redis://', 'redis://h:1/x', 'redis://h?commandTimeout=0', 'hunter2'])(
  'refuses the address %s',
  async (url) => {
    const opening = openTestRedis(url);
    await expect(opening).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(opening).rejects.not.toThrow('hunter2');
  },
);
