import { createHash } from 'node:crypto';

/** Characters of the digest: 48 bits tell the few configurations of one store apart. */
const DIGEST_LENGTH = 12;

/**
 * `base`, with a digest of the details when there are any: keys with `undefined` or an empty text count as absent.
 * The order of keys does not matter.
 */
export function modelName(base: string, details: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(details)
    .filter(([, value]) => value !== undefined && value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (kept.length === 0) return base;
  const digest = createHash('sha256').update(JSON.stringify(kept)).digest('hex');
  return `${base}#${digest.slice(0, DIGEST_LENGTH)}`;
}
