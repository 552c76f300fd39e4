import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy in front may hand over: short and harmless in a log line. */
const ACCEPTED = /^[\w.:-]{1,128}$/;

/** The `x-request-id` of the request when it is acceptable, otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
}
