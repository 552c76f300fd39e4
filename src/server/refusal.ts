import type { ServerResponse } from 'node:http';

/** Asks to come again later. The body is short enough (see body-limit.ts) to be thrown away, so the connection goes on. */
export function refuseForNow(response: ServerResponse, waitMs: number): void {
  const retryAfterMs = Math.ceil(waitMs);
  const message = `The server is asked for more than it can do, and this request would wait ${retryAfterMs} ms; nothing of it was done.`;
  const extensions = {
    code: 'OVERLOADED',
    retryable: true,
    retryAfterMs,
    remedy: 'Send the request again after retryAfterMs.',
  };
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  response.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'retry-after': String(Math.ceil(retryAfterMs / 1000)),
  });
  response.end(body);
}

/** Answers before GraphQL was reached, in the shape of a GraphQL error, so that clients need one way to read errors. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  // The request may carry a body nobody will read, so the connection cannot be used again.
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}
