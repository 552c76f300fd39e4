import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type OpenedRedis, openRedis } from '../../src/engine/participants/redis/open-redis.ts';
import type { RedisTerms } from '../../src/engine/participants/redis/redis-client.ts';

/** Quick to come back; patient with commands, since a busy machine must not look like a server that hangs. */
export const TEST_TERMS = {
  retryBackoff: 1.5,
  retryAttempts: 3,
  healthCheckIntervalMs: 300,
  connectTimeoutMs: 2_000,
  commandTimeoutMs: 5_000,
} as const satisfies Omit<RedisTerms, 'storeId'>;

/** Cache and bus of a new store unless told, under cache epoch 1; closed when the test is over. */
export async function openTestRedis(
  url: string,
  terms: Partial<RedisTerms> = {},
): Promise<OpenedRedis> {
  const opened = await openRedis(url, { ...TEST_TERMS, storeId: randomUUID(), ...terms });
  onTestFinished(() => opened.cache.close());
  opened.cache.useEpoch(1);
  return opened;
}

/** Resolves when the cache can be asked. */
export function whenAvailable(cache: OpenedRedis['cache']): Promise<void> {
  return new Promise((resolve) => {
    if (cache.available) {
      resolve();
      return;
    }
    const stop = cache.onAvailable(() => {
      stop();
      resolve();
    });
  });
}
