import type { RedisAddress } from './redis-address.ts';

/** What ioredis says in terms of its options. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Command timed out/, 'it did not answer in time'],
  [/^Reached the max retries/, 'the connection ended before the answer'],
  [/^Stream isn't writeable/, 'the connection ended'],
  [/^Connection is closed/, 'the connection ended'],
];

/** Room for one sentence of the server. */
const MAX_LENGTH = 200;

/**
 * One line about a failure, fit for messages and logs. Only the error's own message is taken: ioredis hangs the command with all its
 * arguments on an error, that is memories and even the password.
 */
export function describeRedisProblem(error: unknown, address: RedisAddress): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const plain = PLAIN_WORDS.find(([pattern]) => pattern.test(message))?.[1];
  if (plain !== undefined) return plain;
  const secrets = [address.password, address.username]
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[…]'), message);
  const line = clean.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
