import { GraphQLError } from 'graphql';
import type { YogaLogger } from 'graphql-yoga';
import type { Logger } from './logger.ts';

/**
 * Yoga's own remarks, one level lower than it calls them: what it calls an error is every error a resolver threw, and
 * those that matter were already logged with their id when they were masked. Of an error only its code is kept, since
 * messages repeat what the client sent.
 */
export function createYogaLogger(logger: Logger): YogaLogger {
  const at =
    (level: 'trace' | 'debug' | 'warn') =>
    (...details: unknown[]): void => {
      if (logger.isLevelEnabled(level)) logger[level]({ details: details.map(harmless) }, 'yoga');
    };
  return { debug: at('trace'), info: at('debug'), warn: at('warn'), error: at('debug') };
}

function harmless(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (detail instanceof GraphQLError) return String(detail.extensions['code'] ?? detail.name);
  return detail instanceof Error ? detail.name : typeof detail;
}
