import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { CachedMemories } from '../../../../src/engine/backends/hybrid/cached-memories.ts';
import type { Engine } from '../../../../src/engine/index.ts';
import { makeTestFolder, openTestEngine } from '../../../support/open-test-engine.ts';
import { randomFrom } from '../../../support/random.ts';
import { startRedis } from '../../../support/start-redis.ts';
import { StaleReadCheck } from './stale-reads.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const ROUNDS = 8;

async function hitsOf(engine: Engine): Promise<number> {
  const { participants } = await engine.statistics();
  return participants.find(({ name }) => name === 'redis')?.cache?.hits ?? 0;
}

async function untilMoreHits(engine: Engine): Promise<void> {
  const before = await hitsOf(engine);
  await expect.poll(() => hitsOf(engine)).toBeGreaterThan(before);
}

function epochOf(path: string): number {
  const database = new Database(path, { readonly: true });
  try {
    return Number(database.prepare('SELECT cache_epoch FROM engine_meta').pluck().get());
  } finally {
    database.close();
  }
}

async function openCachedEngine(url: string): Promise<{ engine: Engine; path: string }> {
  const path = join(await makeTestFolder(), 'test.db');
  const engine = await openTestEngine({
    memory: {
      backend: 'hybrid',
      sqlite_path: path,
      redis_url: url,
      // Every read goes to Redis or to SQLite.
      cache_size: 0,
      health_check_interval: 0.3,
    },
  });
  return { engine, path };
}

it(`gives no read older than the last acknowledged write, whatever befalls Redis (SEED=${SEED})`, async () => {
  const server = await startRedis();
  const { engine, path } = await openCachedEngine(server.url);
  const random = randomFrom(SEED);
  const check = new StaleReadCheck(engine.namespace('main'), random);
  const epoch = epochOf(path);
  await check.run(async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await untilMoreHits(engine);
      await check.moreReads(300);
      if (round > 1 && random(2) === 0) {
        await server.command('FLUSHALL');
        continue;
      }
      if (random(2) === 0) {
        // It comes back with what it had a moment ago.
        await server.command('SAVE');
        await check.moreReads(100);
      }
      await server.kill();
      await check.moreWrites(4);
      await check.moreReads(300);
      await server.restart();
    }
    await untilMoreHits(engine);
  });
  expect(check.stale).toBe(0);
  expect(await hitsOf(engine)).toBeGreaterThan(ROUNDS);
  expect(check.writes).toBeGreaterThan(ROUNDS);
  // Writes without a fence, while Redis was away.
  expect(epochOf(path)).toBeGreaterThan(epoch);
});

it('would show it: the check is not blind to a cache that writes do not reach', async () => {
  const server = await startRedis();
  const { engine } = await openCachedEngine(server.url);
  const check = new StaleReadCheck(engine.namespace('main'), randomFrom(SEED));
  // The mistake: what was read once is answered for good.
  const kept = new Map<string, Awaited<ReturnType<CachedMemories['getMany']>>>();
  const real = CachedMemories.prototype.getMany;
  vi.spyOn(CachedMemories.prototype, 'getMany').mockImplementation(async function (
    this: CachedMemories,
    args,
    options,
  ) {
    const name = JSON.stringify(args.targets);
    const found = kept.get(name) ?? (await real.call(this, args, options));
    kept.set(name, found);
    return found;
  });
  await check.run(() => check.firstStale(1_000));
  expect(check.stale).toBeGreaterThan(0);
});
