import type { YogaLogger } from 'graphql-yoga';
import type { Logger } from './logger.ts';

/**
 * Yoga's own remarks, one level lower than it calls them: what it calls an error is every error a resolver threw, and
 * those that matter were already logged with their id when they were masked.
 */
export function createYogaLogger(logger: Logger): YogaLogger {
  const at =
    (level: 'trace' | 'debug' | 'warn') =>
    (...details: unknown[]): void =>
      logger[level](
        { details: details.map((detail) => (detail instanceof Error ? detail.message : detail)) },
        'yoga',
      );
  return { debug: at('trace'), info: at('debug'), warn: at('warn'), error: at('debug') };
}
