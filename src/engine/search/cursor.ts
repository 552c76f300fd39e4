import { MAX_KEY_BYTES } from '../limits.ts';
import type { OrderTerm } from './filter.ts';
import { refusal } from './filter-operand.ts';
import { ORDER_FIELDS, orderOrDefault } from './order.ts';

/** A key of MAX_KEY_BYTES whose every byte JSON escapes with six characters, the other values, and base64's third. */
const MAX_CURSOR_LENGTH = 6_000;

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Opaque position in a list: the signature of the order and the keyset of the item, so that it survives inserts and deletes. */
export function encodeListCursor(
  order: readonly OrderTerm[],
  keyset: readonly (string | number | null)[],
): string {
  return Buffer.from(JSON.stringify([signatureOf(order), ...keyset])).toString('base64url');
}

/** The keyset of a cursor; ValidationError at `at` when it is broken or belongs to another order. */
export function decodeListCursor(
  cursor: unknown,
  order: readonly OrderTerm[],
  at: readonly string[] = [],
): readonly (string | number)[] {
  const [signature, ...keyset] = readParts(cursor, at);
  if (typeof signature !== 'string') throw broken(at);
  if (signature !== signatureOf(order)) {
    throw refusal(
      at,
      'the cursor belongs to another order; start again without a cursor, or repeat the order it was made with',
    );
  }
  const types = [...orderOrDefault(order).map(({ field }) => ORDER_FIELDS[field]), 'id' as const];
  if (keyset.length !== types.length) throw broken(at);
  return types.map((type, index) => readValue(type, keyset[index], at));
}

/** `createdAt-` is descending, `key+` ascending. */
function signatureOf(order: readonly OrderTerm[]): string {
  return orderOrDefault(order)
    .map(({ field, direction }) => `${field}${direction === 'desc' ? '-' : '+'}`)
    .join('');
}

function readParts(cursor: unknown, at: readonly string[]): readonly unknown[] {
  if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR_LENGTH || !BASE64URL.test(cursor))
    throw broken(at);
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw broken(at);
  }
  if (!Array.isArray(parts)) throw broken(at);
  return parts;
}

function readValue(
  type: 'string' | 'number' | 'id',
  value: unknown,
  at: readonly string[],
): string | number {
  const fits =
    type === 'string'
      ? typeof value === 'string' &&
        value.isWellFormed() &&
        !value.includes('\0') &&
        Buffer.byteLength(value) <= MAX_KEY_BYTES
      : type === 'number'
        ? typeof value === 'number' && Number.isFinite(value)
        : Number.isSafeInteger(value);
  if (!fits || (typeof value !== 'string' && typeof value !== 'number')) throw broken(at);
  return value;
}

function broken(at: readonly string[]) {
  return refusal(at, 'is not a cursor of this list; pass back a cursor exactly as it was returned');
}
