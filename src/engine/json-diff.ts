import type { JsonPath, JsonValue } from './model/json-value.ts';

/** One difference between two JSON documents. */
export interface JsonChange {
  /** Where, as filters and `increment` write paths: `a.b[0]`; the empty text is the whole document. */
  readonly path: string;
  /** The same place as segments, exact for every name. */
  readonly segments: JsonPath;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Absent when added. */
  readonly before?: JsonValue | undefined;
  /** Absent when removed. */
  readonly after?: JsonValue | undefined;
}

/** Names that a path holds without quotes, as json-path.ts reads them. */
const PLAIN_NAME = /^[^.[\]"\\\s\p{Cc}]+$/u;

/**
 * The differences, in an order in which applying them one by one turns `from` into `to`: list elements are compared by
 * position, and what a list lost at its end is removed from the last to the first. Integers beyond 2^53 (bigint) are
 * compared digit by digit; members of an object have no order.
 */
export function diffJson(from: JsonValue, to: JsonValue): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  compare(from, to, [], changes);
  return changes;
}

/** The text of a path; names that need it stand in quotes, written as JSON strings. */
export function jsonPathText(segments: JsonPath): string {
  return segments
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      // A leading `$` means the document itself.
      const plain = PLAIN_NAME.test(segment) && !(index === 0 && segment.startsWith('$'));
      return `${index === 0 ? '' : '.'}${plain ? segment : JSON.stringify(segment)}`;
    })
    .join('');
}

/** Documents are at most 128 levels deep, so recursion is bounded. */
function compare(from: JsonValue, to: JsonValue, at: JsonPath, changes: JsonChange[]): void {
  if (from === to) return;
  if (isList(from) && isList(to)) compareLists(from, to, at, changes);
  else if (isObject(from) && isObject(to)) compareObjects(from, to, at, changes);
  else changes.push({ ...place(at), kind: 'changed', before: from, after: to });
}

function compareLists(
  from: readonly JsonValue[],
  to: readonly JsonValue[],
  at: JsonPath,
  changes: JsonChange[],
): void {
  for (const [index, after] of to.entries()) {
    const before = from[index];
    if (before === undefined) changes.push({ ...place([...at, index]), kind: 'added', after });
    else compare(before, after, [...at, index], changes);
  }
  for (let index = from.length - 1; index >= to.length; index -= 1)
    changes.push({ ...place([...at, index]), kind: 'removed', before: from[index] });
}

function compareObjects(
  from: { readonly [name: string]: JsonValue },
  to: { readonly [name: string]: JsonValue },
  at: JsonPath,
  changes: JsonChange[],
): void {
  for (const [name, before] of Object.entries(from)) {
    if (!Object.hasOwn(to, name))
      changes.push({ ...place([...at, name]), kind: 'removed', before });
  }
  for (const [name, after] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (before === undefined) changes.push({ ...place([...at, name]), kind: 'added', after });
    else compare(before, after, [...at, name], changes);
  }
}

function place(segments: JsonPath): Pick<JsonChange, 'path' | 'segments'> {
  return { path: jsonPathText(segments), segments };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
