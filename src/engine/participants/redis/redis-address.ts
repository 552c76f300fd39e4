import { ValidationError } from '../../errors.ts';

const DEFAULT_PORT = 6379;

/** Where a Redis server is and how to sign in there. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
  /** For messages: scheme, host and port, never user or password. */
  readonly label: string;
}

/**
 * Reads `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. Anything else is a ValidationError that repeats no
 * part of the URL; parameters are refused, since ioredis would let them override the bounds of redis-client.ts.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw invalid('it is no address of the form redis://host:port or rediss://host:port');
  if (url.search !== '' || url.hash !== '') throw invalid('it must not have parameters');
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(database))
    throw invalid('its path must be the number of a database or nothing');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    username: decode(url.username),
    password: decode(url.password),
    database: Number(database),
    tls: url.protocol === 'rediss:',
    label: `${url.protocol}//${url.hostname}:${port}`,
  };
}

function decode(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('a percent sign in its user or password must be written %25');
  }
}

function invalid(problem: string): ValidationError {
  return new ValidationError([{ path: ['memory', 'redis_url'], message: problem }], {
    remedy: 'Correct memory.redis_url.',
  });
}
