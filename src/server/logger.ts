import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export type { Logger };

/** User and password of a URL, which drivers like to repeat in their messages. */
const URL_CREDENTIALS = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#@]*@/gi;

/**
 * JSON lines on standard error; standard output belongs to what a command was asked for.
 * What a level means here:
 * - fatal: the process ends; somebody must act before it can start again.
 * - error: something unexpected failed for a user; the line carries the error id the user was given.
 * - warn: it still works, but an operator should look: a shutdown cut connections, a setting is risky.
 * - info: the life of the process: listens, stops.
 * - debug: one line per request with its operations, and per WebSocket.
 * - trace: the steps inside a request.
 * Errors of callers (bad input, conflicts, limits) are answers, not events; at debug their codes stand in the line of
 * the request. Keys and values of memories, ids of transactions, tokens and passwords stand in no line.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = process.stderr,
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      serializers: { err: serializeError },
    },
    destination,
  );
}

function serializeError(error: Error): unknown {
  // Whatever was thrown may be no Error at all.
  if (!(error instanceof Error)) return withoutCredentials(String(error));
  const serialized = stdSerializers.err(error);
  return Object.assign(serialized, {
    message: withoutCredentials(serialized.message),
    stack: withoutCredentials(serialized.stack),
  });
}

function withoutCredentials(text: string): string {
  return text.replaceAll(URL_CREDENTIALS, '$1[…]@');
}
