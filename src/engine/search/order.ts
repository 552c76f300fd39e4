import type { MemoryRecord } from '../model/memory-record.ts';
import type { OrderField, OrderTerm } from './filter.ts';
import { kindOf, refusal } from './filter-operand.ts';

/** Fields a list can be ordered by, none of which is ever null, and the type of their values. */
export const ORDER_FIELDS: Readonly<Record<OrderField, 'string' | 'number'>> = {
  key: 'string',
  importance: 'number',
  createdAt: 'number',
  updatedAt: 'number',
  accessedAt: 'number',
  accessCount: 'number',
  version: 'number',
};

/** Newest first. */
export const DEFAULT_ORDER: readonly OrderTerm[] = Object.freeze([
  Object.freeze({ field: 'createdAt', direction: 'desc' } as const),
]);

const DIRECTIONS = ['asc', 'desc'] as const;
const NAMES = Object.keys(ORDER_FIELDS).join(', ');

/**
 * A caller's order, validated: a list of `{ field, direction }`, direction in any case and `asc` when absent;
 * absent, null or empty means newest first. A field named twice is an error, since the second could not matter.
 */
export function parseOrder(input: unknown, at: readonly string[] = []): readonly OrderTerm[] {
  if (input === undefined || input === null) return DEFAULT_ORDER;
  if (!Array.isArray(input)) throw refusal(at, `must be a list, not ${kindOf(input)}`);
  if (input.length > Object.keys(ORDER_FIELDS).length)
    throw refusal(at, `names each field at most once: ${NAMES}`);
  const seen = new Set<OrderField>();
  const terms = Array.from(input as readonly unknown[], (item, index) =>
    readTerm(item, [...at, String(index)], seen),
  );
  return terms.length === 0 ? DEFAULT_ORDER : terms;
}

function readTerm(item: unknown, at: readonly string[], seen: Set<OrderField>): OrderTerm {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw refusal(at, `must be an object with field and direction, not ${kindOf(item)}`);
  }
  const given: { readonly field?: unknown; readonly direction?: unknown } = item;
  const unknown = Object.keys(item).find((name) => name !== 'field' && name !== 'direction');
  if (unknown !== undefined)
    throw refusal([...at, unknown], 'unknown name; allowed: field, direction');
  const { field } = given;
  if (!isOrderField(field)) throw refusal([...at, 'field'], `must be one of ${NAMES}`);
  if (seen.has(field)) throw refusal([...at, 'field'], `${field} is named twice`);
  seen.add(field);
  const wanted =
    typeof given.direction === 'string'
      ? given.direction.toLowerCase()
      : (given.direction ?? 'asc');
  const direction = DIRECTIONS.find((name) => name === wanted);
  if (direction === undefined)
    throw refusal([...at, 'direction'], `must be one of ${DIRECTIONS.join(', ')}`);
  return { field, direction };
}

/** Position of a record in an order: its order values, then its id. */
export function keysetOf(
  record: MemoryRecord,
  order: readonly OrderTerm[],
): readonly (string | number)[] {
  return [...orderOrDefault(order).map(({ field }) => record[field]), record.id];
}

export function orderOrDefault(order: readonly OrderTerm[]): readonly OrderTerm[] {
  return order.length === 0 ? DEFAULT_ORDER : order;
}

function isOrderField(name: unknown): name is OrderField {
  return typeof name === 'string' && Object.hasOwn(ORDER_FIELDS, name);
}
