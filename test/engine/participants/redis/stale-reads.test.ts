import { describe, expect, it, vi } from 'vitest';
import { KeySpace } from '../../../../src/engine/participants/redis/key-space.ts';
import { Revocations } from '../../../../src/engine/participants/redis/revocations.ts';
import { SCRIPTS } from '../../../../src/engine/participants/redis/scripts.ts';
import { WriteGuard } from '../../../../src/engine/participants/redis/write-guard.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { openTestRedis, whenAvailable } from '../../../support/open-test-redis.ts';
import { startRedis, type TestRedis } from '../../../support/start-redis.ts';
import { countStaleReads } from './stale-reads.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe(`reads through the cache (SEED=${SEED})`, () => {
  it('are never older than the last acknowledged write, whatever Redis loses or brings back', async () => {
    const server = await startRedis();
    const redis = await openTestRedis(server.url);
    const found = await countStaleReads(redis, SEED, async (course) => {
      const { random, moreReads, replay, until } = course;
      for (let round = 0; round < 8; round += 1) {
        await moreReads(60);
        await server.command('FLUSHALL');
        if (random(4) > 0 && round > 0) continue;
        await server.command('SAVE');
        await moreReads(200);
        const { unfenced } = course.sofar;
        await server.kill();
        await until((sofar) => sofar.unfenced > unfenced);
        // It comes back with what it had a moment ago.
        await server.restart();
        await whenAvailable(redis.cache);
        await replay();
        await moreReads(200);
      }
      // It was tried: the cache served and was written to.
      await until(({ hits, writes }) => hits > 50 && writes > 50);
    });
    expect(found.stale).toBe(0);
    // And it was wiped and away.
    expect(found.hits).toBeGreaterThan(50);
    expect(found.writes).toBeGreaterThan(50);
    expect(found.unfenced).toBeGreaterThan(0);
    expect(redis.cache.guarded).toBe(0);
  });

  it('are not either behind a network that delays, cuts, loses and holds back', async () => {
    const server = await startRedis();
    const proxy = await startFaultProxy(server.port);
    const terms = { commandTimeoutMs: 250 };
    const redis = await openTestRedis(`redis://127.0.0.1:${proxy.port}`, terms);
    const unreachable = (): void => {
      proxy.set({ refuse: true });
      proxy.reset();
    };
    const faults: readonly (() => void)[] = [
      () => proxy.set({ delayMs: 3 }),
      () => proxy.set({ loseAnswers: true }),
      // Requests arrive after their caller has given up and others have been sent.
      () => proxy.set({ holdRequests: true }),
      () => proxy.set({ cutRequestsAfter: 700 }),
      () => proxy.reset(),
      () => proxy.halfClose(),
      unreachable,
    ];
    const found = await countStaleReads(redis, SEED, async (course) => {
      const { random, moreReads, replay, until } = course;
      const order = faults.map((fault) => ({ fault, at: random(1000) }));
      for (const { fault } of order.toSorted((left, right) => left.at - right.at)) {
        await whenAvailable(redis.cache);
        await moreReads(120);
        const { unfenced } = course.sofar;
        fault();
        await moreReads(120);
        // This one lets nothing through, so that it shows for certain.
        if (fault === unreachable) await until((sofar) => sofar.unfenced > unfenced);
        proxy.set({});
        await replay();
      }
      await whenAvailable(redis.cache);
      await replay();
      await until(({ hits }) => hits > 0);
      await moreReads(120);
    });
    expect(found.stale).toBe(0);
    expect(found.hits).toBeGreaterThan(0);
    expect(found.unfenced).toBeGreaterThan(0);
    expect(redis.cache.guarded).toBe(0);
    expect(proxy.connections).toBeLessThan(20);
  });

  it('would be with fills that need no lease: the check is not blind', async () => {
    const restore = mutate.fillsWithoutLease();
    try {
      const server = await startRedis();
      const redis = await openTestRedis(server.url);
      const found = await countStaleReads(redis, SEED, async (course) => {
        for (let round = 0; round < 1000 && course.sofar.stale === 0; round += 1)
          await course.moreReads(60);
      });
      expect(found.stale).toBeGreaterThan(0);
    } finally {
      restore();
    }
  });
});

/** Ways to make the cache wrong; each returns how to make it right again. */
const mutate = {
  nothing: () => () => {},
  /** The lease is held here and in Redis; without both, what was read before a write is kept after it. */
  fillsWithoutLease: () => {
    vi.spyOn(Revocations.prototype, 'holds').mockReturnValue(true);
    return withoutLine(
      'trinitasFill',
      "if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end",
    );
  },
  /** The fence in Redis alone is trusted. */
  noGuard: () => {
    vi.spyOn(WriteGuard.prototype, 'covers').mockReturnValue(false);
    return () => {};
  },
  /** The data of a restarted server has the same name as before. */
  oneHistory: () => {
    vi.spyOn(KeySpace.prototype, 'prefix').mockReturnValue('trinitas:{x}:always');
    return () => {};
  },
};

describe('an old value', () => {
  const name = { namespace: 'main', key: 'a' };
  const old = { csn: 1, text: 'old', ttlMs: 60_000 };
  const oldHit = { kind: 'HIT', csn: 1, text: 'old' };

  async function miss(cache: Cache): Promise<string> {
    const [found] = await cache.lookUp('main', ['a']);
    if (found?.kind !== 'MISS') throw new Error(`expected a miss, got ${found?.kind}`);
    return found.lease;
  }

  async function withMutant(
    mutant: keyof typeof mutate,
    run: (cache: Cache, server: TestRedis) => Promise<void>,
  ): Promise<void> {
    const restore = mutate[mutant]();
    try {
      const server = await startRedis();
      await run((await openTestRedis(server.url)).cache, server);
    } finally {
      restore();
    }
  }

  it.each([
    ['nothing', false, { kind: 'MISS', lease: expect.any(String) }],
    ['fillsWithoutLease', true, oldHit],
  ] as const)('read before a write is not kept after it (%s: %s)', (mutant, kept, after) =>
    withMutant(mutant, async (cache) => {
      const lease = await miss(cache);
      await cache.prepare('t1', [name]);
      await cache.promote('t1', [name]);
      expect(await cache.fill(name, lease, old)).toBe(kept);
      expect(await cache.lookUp('main', ['a'])).toEqual([after]);
    }),
  );

  it.each([
    ['nothing', 'BUSY', false],
    ['noGuard', 'MISS', true],
  ] as const)('is not kept when a wipe took the fence away (%s: %s)', (mutant, kind, kept) =>
    withMutant(mutant, async (cache, server) => {
      await cache.prepare('t1', [name]);
      await server.command('FLUSHALL');
      const [found] = await cache.lookUp('main', ['a']);
      expect(found?.kind).toBe(kind);
      const lease = found?.kind === 'MISS' ? found.lease : 'none';
      expect(await cache.fill(name, lease, old)).toBe(kept);
      await cache.promote('t1', [name]);
    }),
  );

  it.each([
    ['nothing', { kind: 'MISS', lease: expect.any(String) }],
    ['oneHistory', oldHit],
  ] as const)(
    'does not come back with a server that restarts from a snapshot (%s)',
    (mutant, after) =>
      withMutant(mutant, async (cache, server) => {
        await cache.fill(name, await miss(cache), old);
        await server.command('SAVE');
        await cache.prepare('t1', [name]);
        await cache.promote('t1', [name]);
        const returned = whenBack(cache);
        await server.restart();
        await returned;
        expect(await cache.lookUp('main', ['a'])).toEqual([after]);
      }),
  );

  it('is not read from a server that became a replica and got older data', async () => {
    const server = await startRedis();
    const other = await startRedis();
    const { cache } = await openTestRedis(server.url);
    await cache.fill(name, await miss(cache), old);
    await follow(other, server);
    await other.command('REPLICAOF', 'NO', 'ONE');
    await cache.prepare('t1', [name]);
    await cache.promote('t1', [name]);
    // The connection stays, and the value is there again.
    await follow(server, other);
    expect(await server.command('DBSIZE')).toBeGreaterThan(0);
    expect(await cache.lookUp('main', ['a'])).toEqual([{ kind: 'BUSY' }]);
  });
});

type Cache = Awaited<ReturnType<typeof openTestRedis>>['cache'];

/** Resolves when the cache is available again; it must go away first. */
function whenBack(cache: Cache): Promise<void> {
  return new Promise((resolve) => {
    const stop = cache.onAvailable(() => {
      stop();
      resolve();
    });
  });
}

/** Makes `replica` a copy of `source`, and resolves when it is one. */
async function follow(replica: TestRedis, source: TestRedis): Promise<void> {
  await replica.command('REPLICAOF', '127.0.0.1', String(source.port));
  await expect
    .poll(() => replica.command('INFO', 'replication'))
    .toContain('master_link_status:up');
}

/** Takes a line out of a script for clients that are made from now on; returns how to put it back. */
function withoutLine(name: keyof typeof SCRIPTS, line: string): () => void {
  const script: { lua: string } = SCRIPTS[name];
  const { lua } = script;
  if (!lua.includes(line)) throw new Error(`${name} has no such line`);
  script.lua = lua.replace(line, '');
  return () => {
    script.lua = lua;
  };
}
