import { parseJsonText } from '../json-text.ts';
import type { JsonValue } from '../model/json-value.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { compareCodePoints } from './code-points.ts';
import type { Filter, FilterComparison, FilterOperand, FilterScalar } from './filter.ts';
import { valueAt } from './json-path.ts';

/** Whether a record passes a filter: the plain meaning of the algebra, which every backend must agree with. */
export function evaluateFilter(filter: Filter, record: MemoryRecord): boolean {
  return evaluate(filter, new RecordReader(record));
}

/** Parses each JSON column of a record once per evaluation and only when asked. */
class RecordReader {
  readonly record: MemoryRecord;
  readonly #parsed = new Map<'value' | 'metadata', JsonValue>();

  constructor(record: MemoryRecord) {
    this.record = record;
  }

  /** undefined = missing; a persona or an expiry that is null counts as missing. */
  read(operand: FilterOperand): JsonValue | undefined {
    if ('field' in operand) return this.record[operand.field] ?? undefined;
    return valueAt(this.#json(operand.json), operand.path);
  }

  #json(column: 'value' | 'metadata'): JsonValue {
    let parsed = this.#parsed.get(column);
    if (parsed === undefined) {
      parsed = parseJsonText(column === 'value' ? this.record.valueText : this.record.metadataText);
      this.#parsed.set(column, parsed);
    }
    return parsed;
  }
}

function evaluate(filter: Filter, reader: RecordReader): boolean {
  if ('and' in filter) return filter.and.every((part) => evaluate(part, reader));
  if ('or' in filter) return filter.or.some((part) => evaluate(part, reader));
  if ('not' in filter) return !evaluate(filter.not, reader);
  if ('tags' in filter) return evaluateTags(filter.tags, filter.values, reader.record.tags);
  return compare(reader.read(filter.operand), filter.comparison);
}

function evaluateTags(
  quantifier: 'any' | 'all' | 'none',
  wanted: readonly string[],
  tags: readonly string[],
): boolean {
  const present = new Set(tags);
  if (quantifier === 'all') return wanted.every((tag) => present.has(tag));
  const any = wanted.some((tag) => present.has(tag));
  return quantifier === 'any' ? any : !any;
}

function compare(actual: JsonValue | undefined, comparison: FilterComparison): boolean {
  switch (comparison.operator) {
    case 'eq':
      return isEqual(actual, comparison.value);
    case 'ne':
      return !isEqual(actual, comparison.value);
    case 'in':
      return comparison.values.some((value) => isEqual(actual, value));
    case 'nin':
      return !comparison.values.some((value) => isEqual(actual, value));
    case 'gt':
      return (order(actual, comparison.value) ?? 0) > 0;
    case 'gte':
      return (order(actual, comparison.value) ?? -1) >= 0;
    case 'lt':
      return (order(actual, comparison.value) ?? 0) < 0;
    case 'lte':
      return (order(actual, comparison.value) ?? 1) <= 0;
    case 'between':
      return (
        (order(actual, comparison.low) ?? -1) >= 0 && (order(actual, comparison.high) ?? 1) <= 0
      );
    case 'exists':
      return (actual !== undefined) === comparison.value;
    case 'contains':
      if (Array.isArray(actual)) return actual.includes(comparison.value);
      return typeof actual === 'string' && actual.includes(comparison.value);
    case 'startsWith':
      return typeof actual === 'string' && actual.startsWith(comparison.value);
  }
}

function isEqual(actual: JsonValue | undefined, value: FilterScalar): boolean {
  if (value === null) return actual === undefined || actual === null;
  if (typeof value === 'boolean') return actual === value;
  return order(actual, value) === 0;
}

/** Sign of `actual` against `value`; undefined when they are not two strings or two numbers. */
function order(actual: JsonValue | undefined, value: string | number): number | undefined {
  if (typeof value === 'string')
    return typeof actual === 'string' ? compareCodePoints(actual, value) : undefined;
  if (typeof actual === 'bigint') return compareNumbers(withinInt64(actual), value);
  return typeof actual === 'number' ? compareNumbers(actual, value) : undefined;
}

function compareNumbers(actual: number | bigint, value: number): number {
  if (actual < value) return -1;
  return actual > value ? 1 : 0;
}

/** Integers are exact up to 64 bits; beyond they count as the nearest float, as in SQLite. */
function withinInt64(value: bigint): number | bigint {
  return BigInt.asIntN(64, value) === value ? value : Number(value);
}
