import {
  MAX_CONTAINS_BYTES,
  MAX_FILTER_DEPTH,
  MAX_FILTER_TERMS,
  MAX_FILTER_VALUES,
} from '../limits.ts';
import {
  FILTER_FIELDS,
  type Filter,
  type FilterComparison,
  type FilterField,
  type FilterOperand,
  type FilterScalar,
} from './filter.ts';
import {
  type FilterOperator,
  kindOf,
  OPERATORS,
  type OperandKind,
  readFilterString,
  readOperand,
  refusal,
} from './filter-operand.ts';
import { parseJsonPath } from './json-path.ts';

const COMBINATORS = ['and', 'or', 'not'] as const;
const SPECIAL = ['tags', 'value', 'metadata'] as const;
const FIELD_NAMES = Object.keys(FILTER_FIELDS);
const ALLOWED_KEYS = [...COMBINATORS, ...FIELD_NAMES, ...SPECIAL].join(', ');
const TAG_QUANTIFIERS = ['any', 'all', 'none'] as const;

/**
 * Turns a caller's filter into the algebra, validated; null when it asks for nothing. The form:
 * - `{ and: [where…], or: [where…], not: where }`; several keys of one object all have to hold;
 * - `{ <field>: comparison }` for the names of FILTER_FIELDS;
 * - `{ tags: ['a', 'b'] }` (all of them) or `{ tags: { any, all, none } }`;
 * - `{ value: { 'path.to[0]': comparison } }` or `{ value: [{ path, ...operators }] }`, and `metadata` likewise.
 *
 * A comparison is a scalar (equal), null (missing), a list (one of) or an object of operators, all of which have to hold.
 * Sections in any case, times as Date, ISO 8601 text (UTC without a zone) or Unix ms. Undefined properties are ignored.
 * `and: []` holds for all, `or: []` for none. Everything else is a ValidationError whose path starts with `at`.
 */
export function parseWhere(where: unknown, at: readonly string[] = []): Filter | null {
  if (where === null || where === undefined) return null;
  const filter = new WhereParser().parse(where, at, 1);
  return 'and' in filter && filter.and.length === 0 ? null : filter;
}

/** Counts the terms of one filter while it reads it. */
class WhereParser {
  #terms = 0;

  parse(where: unknown, at: readonly string[], depth: number): Filter {
    if (depth > MAX_FILTER_DEPTH)
      throw refusal(at, `filters nest at most ${MAX_FILTER_DEPTH} levels deep`);
    return conjunction(
      entriesOf(where, at).flatMap(([key, part]) => this.#parseKey(key, part, [...at, key], depth)),
    );
  }

  #parseKey(key: string, part: unknown, at: readonly string[], depth: number): readonly Filter[] {
    switch (key) {
      case 'and':
        return [{ and: this.#parseList(part, at, depth) }];
      case 'or':
        return [{ or: this.#parseList(part, at, depth) }];
      case 'not':
        return [{ not: this.parse(part, at, depth + 1) }];
      case 'tags':
        return this.#parseTags(part, at);
      case 'value':
      case 'metadata':
        return this.#parseJson(key, part, at);
      default:
        if (!isField(key))
          throw refusal(at, `unknown filter ${JSON.stringify(key)}; allowed: ${ALLOWED_KEYS}`);
        return this.#parseComparison({ field: key }, FILTER_FIELDS[key], part, at);
    }
  }

  #parseList(list: unknown, at: readonly string[], depth: number): readonly Filter[] {
    const items = listOf(list, at, MAX_FILTER_TERMS);
    return items.map((item, index) => {
      this.#count(at);
      return this.parse(item, [...at, String(index)], depth + 1);
    });
  }

  #parseTags(tags: unknown, at: readonly string[]): readonly Filter[] {
    if (Array.isArray(tags)) return [this.#tags('all', tags, at)];
    return entriesOf(tags, at, 'a list of tags or an object').map(([name, values]) => {
      const quantifier = TAG_QUANTIFIERS.find((known) => known === name);
      const place = [...at, name];
      if (quantifier === undefined) {
        throw refusal(
          place,
          `unknown operator ${JSON.stringify(name)}; allowed: ${TAG_QUANTIFIERS.join(', ')}`,
        );
      }
      return this.#tags(quantifier, values, place);
    });
  }

  #tags(quantifier: 'any' | 'all' | 'none', values: unknown, at: readonly string[]): Filter {
    this.#count(at);
    const list = listOf(values, at, MAX_FILTER_VALUES);
    return {
      tags: quantifier,
      values: list.map((tag, index) =>
        readFilterString(tag, [...at, String(index)]).normalize('NFC'),
      ),
    };
  }

  #parseJson(
    json: 'value' | 'metadata',
    conditions: unknown,
    at: readonly string[],
  ): readonly Filter[] {
    if (!Array.isArray(conditions)) {
      return entriesOf(conditions, at, 'a list or an object of paths').flatMap(
        ([path, comparison]) => {
          const place = [...at, path];
          return this.#parseComparison(
            { json, path: parseJsonPath(path, place) },
            'json',
            comparison,
            place,
          );
        },
      );
    }
    return listOf(conditions, at, MAX_FILTER_TERMS).flatMap((condition, index) => {
      const place = [...at, String(index)];
      const entries = entriesOf(condition, place);
      const path = entries.find(([name]) => name === 'path')?.[1];
      if (typeof path !== 'string')
        throw refusal([...place, 'path'], `must be a string, not ${kindOf(path)}`);
      const operators = entries.filter(([name]) => name !== 'path');
      if (operators.length === 0)
        throw refusal(place, `needs an operator; allowed: ${OPERATORS.json.join(', ')}`);
      const operand = { json, path: parseJsonPath(path, [...place, 'path']) };
      return operators.map(([name, value]) =>
        this.#parseOperator(operand, 'json', name, value, [...place, name]),
      );
    });
  }

  #parseComparison(
    operand: FilterOperand,
    kind: OperandKind,
    given: unknown,
    at: readonly string[],
  ): readonly Filter[] {
    if (Array.isArray(given)) return [this.#parseOperator(operand, kind, 'in', given, at)];
    if (given === null || typeof given !== 'object' || given instanceof Date) {
      return [this.#parseOperator(operand, kind, 'eq', given, at)];
    }
    return entriesOf(given, at).map(([name, value]) =>
      this.#parseOperator(operand, kind, name, value, [...at, name]),
    );
  }

  #parseOperator(
    operand: FilterOperand,
    kind: OperandKind,
    name: string,
    value: unknown,
    at: readonly string[],
  ): Filter {
    const operator = OPERATORS[kind].find((known) => known === name);
    if (operator === undefined) {
      throw refusal(
        at,
        `unknown operator ${JSON.stringify(name)}; allowed: ${OPERATORS[kind].join(', ')}`,
      );
    }
    this.#count(at);
    return { operand, comparison: readComparison(operator, kind, value, at) };
  }

  #count(at: readonly string[]): void {
    this.#terms += 1;
    if (this.#terms > MAX_FILTER_TERMS)
      throw refusal(at, `a filter holds at most ${MAX_FILTER_TERMS} terms`);
  }
}

function readComparison(
  operator: FilterOperator,
  kind: OperandKind,
  value: unknown,
  at: readonly string[],
): FilterComparison {
  switch (operator) {
    case 'eq':
    case 'ne':
      return { operator, value: readScalar(kind, value, at) };
    case 'in':
    case 'nin':
      return {
        operator,
        values: listOf(value, at, MAX_FILTER_VALUES).map((item, index) =>
          readScalar(kind, item, [...at, String(index)]),
        ),
      };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { operator, value: readOrdered(kind, value, at) };
    case 'between': {
      const bounds = listOf(value, at, MAX_FILTER_VALUES);
      if (bounds.length !== 2)
        throw refusal(at, `must be a list of two bounds, not ${bounds.length}`);
      const low = readOrdered(kind, bounds[0], [...at, '0']);
      const high = readOrdered(kind, bounds[1], [...at, '1']);
      if (typeof low !== typeof high) throw refusal(at, 'both bounds must be of the same type');
      return { operator, low, high };
    }
    case 'exists':
      if (typeof value !== 'boolean')
        throw refusal(at, `must be true or false, not ${kindOf(value)}`);
      return { operator, value };
    case 'contains':
    case 'startsWith': {
      const text =
        operator === 'contains'
          ? readFilterString(value, at, MAX_CONTAINS_BYTES)
          : readFilterString(value, at);
      return { operator, value: kind === 'string' ? text.normalize('NFC') : text };
    }
  }
}

function readScalar(kind: OperandKind, value: unknown, at: readonly string[]): FilterScalar {
  return value === null ? null : readOperand(kind, value, at);
}

function readOrdered(kind: OperandKind, value: unknown, at: readonly string[]): string | number {
  const operand = readOperand(kind, value, at);
  if (typeof operand === 'boolean') throw refusal(at, 'must be a string or a number, not boolean');
  return operand;
}

function conjunction(parts: readonly Filter[]): Filter {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { and: parts };
}

/** Own properties of a plain object that are not undefined. */
function entriesOf(
  value: unknown,
  at: readonly string[],
  wanted = 'an object',
): readonly [string, unknown][] {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    value instanceof Date
  ) {
    throw refusal(at, `must be ${wanted}, not ${kindOf(value)}`);
  }
  return Object.entries(value).filter(([, part]) => part !== undefined);
}

function listOf(value: unknown, at: readonly string[], maximum: number): readonly unknown[] {
  if (!Array.isArray(value)) throw refusal(at, `must be a list, not ${kindOf(value)}`);
  if (value.length > maximum)
    throw refusal(at, `holds at most ${maximum} items, not ${value.length}`);
  // A copy without holes, which `map` would skip.
  return Array.from(value);
}

function isField(key: string): key is FilterField {
  return Object.hasOwn(FILTER_FIELDS, key);
}
