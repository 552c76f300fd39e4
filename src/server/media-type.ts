import type { IncomingHttpHeaders } from 'node:http';

/**
 * Writes the media type of a body small in its header and without space behind it: it is case-insensitive and space may stand before
 * parameters (RFC 9110, sections 8.3.1 and 5.6.6), and Yoga compares it as it was sent. Parameters stay as they are.
 */
export function normalizeMediaType(headers: IncomingHttpHeaders): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || contentType === 'application/json') return;
  const semicolon = contentType.indexOf(';');
  const end = semicolon === -1 ? contentType.length : semicolon;
  headers['content-type'] =
    `${contentType.slice(0, end).trimEnd().toLowerCase()}${contentType.slice(end)}`;
}
