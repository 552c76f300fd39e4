import type { JsonPath } from '../model/json-value.ts';

/** Scalars a filter compares with; strings compare by code point, never by locale. */
export type FilterScalar = string | number | boolean | null;

/** Fields of a memory that a filter or an order may name. Times are Unix milliseconds. */
export const FILTER_FIELDS = {
  key: 'string',
  section: 'section',
  persona: 'string',
  importance: 'number',
  version: 'number',
  createdAt: 'time',
  updatedAt: 'time',
  accessedAt: 'time',
  accessCount: 'number',
  expiresAt: 'time',
} as const;
export type FilterField = keyof typeof FILTER_FIELDS;

/** What a comparison looks at: a field, or a path into the value or the metadata. */
export type FilterOperand =
  | { readonly field: FilterField }
  | { readonly json: 'value' | 'metadata'; readonly path: JsonPath };

export type FilterComparison =
  | { readonly operator: 'eq' | 'ne'; readonly value: FilterScalar }
  | { readonly operator: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: string | number }
  | { readonly operator: 'in' | 'nin'; readonly values: readonly FilterScalar[] }
  | { readonly operator: 'between'; readonly low: string | number; readonly high: string | number }
  | { readonly operator: 'exists'; readonly value: boolean }
  | { readonly operator: 'contains' | 'startsWith'; readonly value: string };

/**
 * The one filter algebra of every backend, already validated. Two-valued logic: a comparison with something
 * missing or of another type is false (`eq null` is true for null or missing), and `ne`, `nin` and `not` are exact negations.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly tags: 'any' | 'all' | 'none'; readonly values: readonly string[] }
  | { readonly operand: FilterOperand; readonly comparison: FilterComparison };

export type OrderField =
  | 'key'
  | 'importance'
  | 'createdAt'
  | 'updatedAt'
  | 'accessedAt'
  | 'accessCount'
  | 'version';

/** Sort terms; the memory id is always appended as the last tie-break, so every order is total. */
export interface OrderTerm {
  readonly field: OrderField;
  readonly direction: 'asc' | 'desc';
}
