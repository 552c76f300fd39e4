import { expect, it } from 'vitest';
import { randomFrom } from '../../../support/random.ts';
import { GetMemory } from '../../../support/read-documents.graphql.ts';
import { startRedis } from '../../../support/start-redis.ts';
import { startTestServer } from '../../../support/start-test-server.ts';
import { expectType, request } from '../../../support/test-client.ts';
import { IncrementMemory, StoreMemory } from '../../../support/write-documents.graphql.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const CLIENTS = 50;
const EACH = 2;
const BY = { key: 'working_total' };

it(`counts every increment of ${CLIENTS} clients, with Redis up, down and flapping (SEED=${SEED})`, async () => {
  const redis = await startRedis();
  const server = await startTestServer({
    logLevel: 'silent',
    memory: { backend: 'hybrid', redis_url: redis.url, cache_size: 0, health_check_interval: 0.3 },
  });
  const random = randomFrom(SEED);
  const { storeMemory } = await request(server.url, StoreMemory, {
    input: { key: BY.key, value: 0 },
  });
  expectType(storeMemory, 'WritePayload');
  const statistics = async () => {
    const { participants } = await server.manager.namespace('default').statistics();
    return participants.find(({ name }) => name === 'redis');
  };
  let expected = 0;

  const total = async (): Promise<number> => {
    const { memory } = await request(server.url, GetMemory, { by: BY });
    return Number(memory?.value);
  };
  /** Each client reads what it has added, and never less than that. */
  const client = async (): Promise<void> => {
    for (let turn = 0; turn < EACH; turn += 1) {
      const { incrementMemory } = await request(server.url, IncrementMemory, {
        input: { by: BY, amount: 1 },
      });
      const { memory } = expectType(incrementMemory, 'WritePayload');
      expect(await total()).toBeGreaterThanOrEqual(Number(memory.value));
    }
  };
  const everybody = async (meanwhile: () => Promise<void>): Promise<void> => {
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    await Promise.all([clients, meanwhile()]);
    expected += CLIENTS * EACH;
    expect(await total()).toBe(expected);
  };

  await everybody(async () => undefined);
  await redis.kill();
  await everybody(async () => undefined);
  await everybody(async () => {
    for (let flap = 0; flap < 4; flap += 1) {
      await redis.restart();
      if (random(2) === 0) await redis.command('FLUSHALL');
      await redis.kill();
    }
  });
  await redis.restart();
  await expect.poll(async () => (await statistics())?.state).toBe('OK');
  // From the cache that is back, and filled by the first of the two.
  expect(await total()).toBe(expected);
  const hits = (await statistics())?.cache?.hits ?? 0;
  await expect
    .poll(async () => {
      expect(await total()).toBe(expected);
      return (await statistics())?.cache?.hits;
    })
    .toBeGreaterThan(hits);
});
