import type { IncomingHttpHeaders } from 'node:http';

/**
 * Writes the media type of a body small in its header: it is case-insensitive (RFC 9110, section 8.3.1), and Yoga compares it as it was
 * sent. Parameters stay as they are.
 */
export function normalizeMediaType(headers: IncomingHttpHeaders): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || contentType === 'application/json') return;
  const semicolon = contentType.indexOf(';');
  const end = semicolon === -1 ? contentType.length : semicolon;
  headers['content-type'] = contentType.slice(0, end).toLowerCase() + contentType.slice(end);
}
