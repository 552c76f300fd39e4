import type { RedisConnection } from './redis-connection.ts';

/** Keys looked at in one step: about a millisecond of the server's time. */
const KEYS_PER_STEP = 1000;

/** The keys that match, step by step; some may come twice, and one that comes or goes meanwhile may be missed. */
export async function* scanKeys(
  connection: RedisConnection,
  pattern: string,
): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const from = cursor;
    const [next, keys] = await connection.call((client) =>
      client.scan(from, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP),
    );
    cursor = next;
    if (keys.length > 0) yield keys;
  } while (cursor !== '0');
}
