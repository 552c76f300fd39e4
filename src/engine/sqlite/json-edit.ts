import { ValidationError } from '../errors.ts';
import type { JsonPath } from '../model/json-value.ts';
import { toSqlitePath } from '../search/json-path.ts';
import type { StatementCache } from './statement-cache.ts';

/*
 * Edits of stored JSON by SQLite's own functions, which keep every digit of numbers they do not touch;
 * a round trip through JS would round integers beyond 2^53.
 */

const PATCH = 'SELECT json_patch(?, ?)';
const LOOK = 'SELECT json_type(t, p), json_extract(t, p) FROM (SELECT ? AS t, ? AS p)';
const SET =
  'SELECT json_set(t, p, json(v)), json_type(json_set(t, p, json(v)), p) FROM (SELECT ? AS t, ? AS p, ? AS v)';
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** RFC 7396. */
export function mergePatch(statements: StatementCache, text: string, patchText: string): string {
  return statements.row(PATCH, text, patchText)?.[0] as string;
}

/** Adds `by` to the number at the path; nothing there counts as 0, missing steps are made. Integers are exact within 64 bits. */
export function incrementAt(
  statements: StatementCache,
  text: string,
  path: JsonPath,
  by: number,
): string {
  const sqlPath = toSqlitePath(path);
  const [type, current] = lookAt(statements, text, sqlPath);
  if (type !== null && type !== 'integer' && type !== 'real') {
    throw new ValidationError([
      { path: ['path'], message: `${sqlPath} holds ${describe(type)}, not a number` },
    ]);
  }
  // SQLite hands an integer beyond 64 bits over as a real; adding to that would change its digits.
  if (type === 'integer' && typeof current === 'number') throw outOfRange(sqlPath);
  return setAt(statements, text, sqlPath, numberText(sum(current, by, sqlPath)));
}

/** Appends to the array at the path; nothing there counts as an empty array, missing steps are made; a string is extended by strings. */
export function appendAt(
  statements: StatementCache,
  text: string,
  path: JsonPath,
  itemsText: string,
): string {
  const sqlPath = toSqlitePath(path);
  const [type, current] = lookAt(statements, text, sqlPath);
  if (type === null) return setAt(statements, text, sqlPath, itemsText);
  if (type === 'array') {
    const inner = String(current).slice(1, -1);
    const items = itemsText.slice(1, -1);
    return setAt(
      statements,
      text,
      sqlPath,
      `[${[inner, items].filter((part) => part !== '').join(',')}]`,
    );
  }
  if (type === 'text') {
    const items = JSON.parse(itemsText) as unknown[];
    if (items.every((item) => typeof item === 'string')) {
      return setAt(
        statements,
        text,
        sqlPath,
        JSON.stringify(`${String(current)}${items.join('')}`),
      );
    }
  }
  throw new ValidationError([
    {
      path: ['path'],
      message: `${sqlPath} holds ${describe(type)}; only an array takes any item, a string takes strings`,
    },
  ]);
}

function lookAt(
  statements: StatementCache,
  text: string,
  sqlPath: string,
): readonly [string | null, unknown] {
  const row = statements.use(LOOK).safeIntegers(true).raw(true).get(text, sqlPath) as
    | [string | null, unknown]
    | undefined;
  return row ?? [null, null];
}

function setAt(statements: StatementCache, text: string, sqlPath: string, newText: string): string {
  const row = statements.row(SET, text, sqlPath, newText) as [string, string | null] | undefined;
  if (row?.[1] == null) {
    throw new ValidationError([
      { path: ['path'], message: `${sqlPath} leads through something that does not exist` },
    ]);
  }
  return row[0];
}

function sum(current: unknown, by: number, sqlPath: string): bigint | number {
  if (typeof current === 'number' || !Number.isInteger(by)) {
    const result = Number(current ?? 0) + by;
    if (!Number.isFinite(result))
      throw new ValidationError([
        { path: ['amount'], message: `${sqlPath} would leave the range of numbers` },
      ]);
    return result;
  }
  const result = ((current as bigint | null) ?? 0n) + BigInt(by);
  if (result > INT64_MAX || result < INT64_MIN) throw outOfRange(sqlPath);
  return result;
}

function outOfRange(sqlPath: string): ValidationError {
  return new ValidationError([
    { path: ['amount'], message: `${sqlPath} would leave the range of 64-bit integers` },
  ]);
}

/** A real stays a real: 1.5 + 0.5 is written 2.0, so that the type at the path does not flip. */
function numberText(value: bigint | number): string {
  const text = String(value);
  return typeof value === 'number' && !/[.e]/.test(text) ? `${text}.0` : text;
}

function describe(type: string): string {
  return type === 'text'
    ? 'a string'
    : type === 'null'
      ? 'null'
      : type === 'object' || type === 'array'
        ? `an ${type}`
        : `a boolean`;
}
