import {
  isInteger,
  isSafeNumber,
  parse as parseLossless,
  stringify as stringifyLossless,
} from 'lossless-json';
import { ValidationError } from './errors.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import type { JsonValue } from './model/json-value.ts';

/** Sixteen digits in a row are the only place where a JS number can lose an integer; all other text takes the fast path. */
const LONG_NUMBER_DIGITS = 16;

/** Smallest magnitude whose shortest form JS prints with an exponent: above it a number is meant as a float. */
const EXPONENT_FROM = 1e21;

/** Parses JSON text; integers that a JS number cannot hold exactly become bigint, other long numbers plain numbers. */
export function parseJsonText(text: string): JsonValue {
  if (isExactJson(text)) return JSON.parse(text) as JsonValue;
  return parseLossless(text, null, { parseNumber }) as JsonValue;
}

/** Whether JSON readers understand the text as it is meant; others round integers beyond 2^53, which it may hold. */
export function isExactJson(text: string): boolean {
  // A run of so many digits covers one of these positions, so the others need no look.
  for (let at = LONG_NUMBER_DIGITS - 1; at < text.length; at += LONG_NUMBER_DIGITS) {
    if (isDigit(text, at) && digitsAround(text, at) >= LONG_NUMBER_DIGITS) return false;
  }
  return true;
}

function digitsAround(text: string, at: number): number {
  let from = at;
  while (isDigit(text, from - 1)) from -= 1;
  let to = at;
  while (isDigit(text, to)) to += 1;
  return to - from;
}

/** False beyond both ends. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function parseNumber(digits: string): number | bigint {
  return isInteger(digits) && !isSafeNumber(digits) ? BigInt(digits) : Number.parseFloat(digits);
}

/**
 * Canonical JSON text of a JS value. Refuses what JSON cannot say (NaN, undefined inside a value, functions,
 * symbols, cycles, nesting beyond 128) and integers that were already rounded before they reached us.
 */
export function toJsonText(value: unknown, path: readonly string[]): string {
  const holdsBigInt = checkJson(value, path, 0);
  return holdsBigInt ? (stringifyLossless(value) as string) : JSON.stringify(value);
}

/** Re-writes caller's JSON text without white space, keeping every digit; refuses duplicate keys, as parsers disagree on them. */
export function canonicalJsonText(text: string, path: readonly string[]): string {
  let parsed: unknown;
  try {
    parsed = parseLossless(text);
  } catch (error) {
    throw new ValidationError([
      {
        path,
        message: `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
      },
    ]);
  }
  checkDepth(parsed, path, 0);
  return stringifyLossless(parsed) as string;
}

function checkDepth(value: unknown, path: readonly string[], depth: number): void {
  if (depth > MAX_JSON_DEPTH) throw tooDeep(path);
  if (typeof value !== 'object' || value === null) return;
  for (const child of Object.values(value)) checkDepth(child, path, depth + 1);
}

/** Returns whether a bigint was met. */
function checkJson(value: unknown, path: readonly string[], depth: number): boolean {
  if (depth > MAX_JSON_DEPTH) throw tooDeep(path);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return false;
    case 'bigint':
      return true;
    case 'number':
      return checkNumber(value, path);
    case 'object':
      return value === null ? false : checkContainer(value, path, depth);
    default:
      throw new ValidationError([{ path, message: `must be JSON, not ${typeof value}` }]);
  }
}

function checkNumber(value: number, path: readonly string[]): boolean {
  if (!Number.isFinite(value))
    throw new ValidationError([{ path, message: `must be a finite number, not ${value}` }]);
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < EXPONENT_FROM) {
    throw new ValidationError([
      {
        path,
        message: `integer ${value} is beyond 2^53 and may already be rounded; send it exactly as valueText`,
      },
    ]);
  }
  return false;
}

function checkContainer(value: object, path: readonly string[], depth: number): boolean {
  let holdsBigInt = false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      if (checkJson(value[index], [...path, String(index)], depth + 1)) holdsBigInt = true;
    }
    return holdsBigInt;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ValidationError([
      { path, message: 'must be a plain JSON value (no Date, Map or class instance)' },
    ]);
  }
  for (const [key, child] of Object.entries(value)) {
    if (checkJson(child, [...path, key], depth + 1)) holdsBigInt = true;
  }
  return holdsBigInt;
}

function tooDeep(path: readonly string[]): ValidationError {
  return new ValidationError([
    { path: path.slice(0, 3), message: `is nested deeper than ${MAX_JSON_DEPTH} levels` },
  ]);
}

/** The same value with integers beyond 2^53 as strings of their digits, for readers whose numbers cannot hold them. */
export function withDigitStrings(value: JsonValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withDigitStrings);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withDigitStrings(child)]),
  );
}
