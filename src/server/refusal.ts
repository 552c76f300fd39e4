import type { ServerResponse } from 'node:http';

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
