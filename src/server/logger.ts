import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * JSON lines on standard error; standard output belongs to what a command was asked for.
 * What a level means here:
 * - fatal: the process ends; somebody must act before it can start again.
 * - error: something unexpected failed for a user; the line carries the error id the user was given.
 * - warn: it still works, but an operator should look: a shutdown cut connections, a setting is risky.
 * - info: the life of the process: listens, stops.
 * - debug: one line per request and per WebSocket.
 * - trace: the steps inside a request.
 * Errors of callers (bad input, conflicts, limits) are answers, not events, and are logged at debug only.
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    process.stderr,
  );
}
