import { ValidationError } from '../errors.ts';
import { SECTIONS, type Section } from '../model/section.ts';
import type { FilterComparison } from './filter.ts';

/** What an operand is compared as; `json` takes strings, numbers and booleans, each compared with its own type only. */
export type OperandKind = 'string' | 'section' | 'number' | 'time' | 'json';

export type FilterOperator = FilterComparison['operator'];

const EQUALITY = ['eq', 'ne', 'in', 'nin', 'exists'] as const;
const ORDERED = [...EQUALITY, 'gt', 'gte', 'lt', 'lte', 'between'] as const;
const TEXTUAL = [...ORDERED, 'contains', 'startsWith'] as const;

/** Operators by kind; a section has no order and no parts worth matching. */
export const OPERATORS: Readonly<Record<OperandKind, readonly FilterOperator[]>> = {
  section: EQUALITY,
  number: ORDERED,
  time: ORDERED,
  string: TEXTUAL,
  json: TEXTUAL,
};

/** A filter compares names and short texts; longer text is searched for, not compared. */
const MAX_OPERAND_BYTES = 8_192;

/** Date alone, or date and time; without a zone it is UTC, as v4 wrote its times. */
const ISO_TIME =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;
const DATE_LENGTH = 10;

/** Unix ms that a Date can hold. */
const MAX_TIME = 8.64e15;

/** An operand as the algebra holds it: sections by their v4 name, times as Unix ms, names in NFC as they are stored. */
export function readOperand(
  kind: OperandKind,
  operand: unknown,
  at: readonly string[],
): string | number | boolean {
  switch (kind) {
    case 'string':
      return readFilterString(operand, at).normalize('NFC');
    case 'section':
      return readSection(operand, at);
    case 'number':
      return readNumber(operand, at);
    case 'time':
      return readTime(operand, at);
    case 'json':
      if (typeof operand === 'boolean') return operand;
      if (typeof operand === 'number') return readNumber(operand, at);
      if (typeof operand === 'string') return readFilterString(operand, at);
      throw refusal(at, `must be a string, a number or a boolean, not ${kindOf(operand)}`);
  }
}

/** A string that SQLite stores and compares faithfully, of at most `maxBytes` in UTF-8. */
export function readFilterString(
  value: unknown,
  at: readonly string[],
  maxBytes: number = MAX_OPERAND_BYTES,
): string {
  if (typeof value !== 'string') throw refusal(at, `must be a string, not ${kindOf(value)}`);
  if (value.length > maxBytes || Buffer.byteLength(value) > maxBytes) {
    throw refusal(at, `must be at most ${maxBytes} bytes of UTF-8`);
  }
  if (!value.isWellFormed())
    throw refusal(at, 'must be well-formed Unicode (it holds a lone surrogate)');
  if (value.includes('\0')) throw refusal(at, 'must not contain NUL');
  return value;
}

function readSection(value: unknown, at: readonly string[]): Section {
  const wanted = typeof value === 'string' ? value.toLowerCase() : undefined;
  const section = SECTIONS.find((name) => name === wanted);
  if (section === undefined)
    throw refusal(at, `must be one of ${SECTIONS.join(', ')}, not ${picture(value)}`);
  return section;
}

function readNumber(value: unknown, at: readonly string[]): number {
  if (typeof value !== 'number') throw refusal(at, `must be a number, not ${kindOf(value)}`);
  if (!Number.isFinite(value)) throw refusal(at, `must be a finite number, not ${value}`);
  return value;
}

function readTime(value: unknown, at: readonly string[]): number {
  const time =
    value instanceof Date ? value.getTime() : typeof value === 'string' ? isoToMs(value) : value;
  if (typeof time !== 'number' || !(Math.abs(time) <= MAX_TIME)) {
    throw refusal(
      at,
      `must be a Date, an ISO 8601 time or Unix milliseconds, not ${picture(value)}`,
    );
  }
  return time;
}

function isoToMs(text: string): number {
  const match = ISO_TIME.exec(text);
  if (match === null) return Number.NaN;
  const bare = text.length > DATE_LENGTH && match.groups?.['zone'] === undefined;
  return Date.parse(bare ? `${text}Z` : text);
}

export function refusal(at: readonly string[], message: string): ValidationError {
  return new ValidationError([{ path: at, message }]);
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a Date' : typeof value;
}

function picture(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'number' ? String(value) : kindOf(value);
}
