import { createHash } from 'node:crypto';
import { isLosslessNumber, parse as parseLossless } from 'lossless-json';

/**
 * Fingerprint of a request under an idempotency key: SHA-256 (hex) over the request with object members sorted, so that
 * clients may reorder members between two attempts. It must hold only what the caller said: `ttlSeconds`, never
 * `expiresAt`, because a repeated request arrives at another time. Members named `…Text` hold JSON and are compared as
 * JSON, keeping every digit.
 */
export function requestHash(kind: string, request: unknown): string {
  return createHash('sha256')
    .update(`${kind}\n${canonicalRequest(request)}`)
    .digest('hex');
}

/** The same for one item of a batch whose items are separate units. */
export function itemRequestHash(batchHash: string, index: number): string {
  return createHash('sha256').update(`${batchHash}\n${index}`).digest('hex');
}

/** The key under which item `index` of such a batch is remembered; a digest, so that its length is bounded. */
export function itemIdempotencyKey(key: string, index: number): string {
  return `item:${createHash('sha256').update(`${index}\n${key}`).digest('hex')}`;
}

/** The request itself: members named `…Text` hold JSON. */
function canonicalRequest(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalRequest).join(',')}]`;
  if (typeof value !== 'object' || value === null) return canonicalJson(value);
  return canonicalMembers(value, (member, name) =>
    name.endsWith('Text') && typeof member === 'string'
      ? canonicalJson(parseLossless(member))
      : canonicalRequest(member),
  );
}

/** Data of the caller, where a member's name means nothing. */
function canonicalJson(value: unknown): string {
  if (isLosslessNumber(value) || typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return canonicalMembers(value, canonicalJson);
}

function canonicalMembers(value: object, write: (member: unknown, name: string) => string): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${write(member, name)}`);
  return `{${members.join(',')}}`;
}
