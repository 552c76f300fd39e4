import type { IssueCollector } from './issue-collector.ts';
import {
  MAX_IDEMPOTENCY_KEY_BYTES,
  MAX_KEY_BYTES,
  MAX_NAME_BYTES,
  MAX_QUERY_BYTES,
  MAX_TAG_BYTES,
  MAX_TAGS,
  MAX_VALUE_BYTES,
} from './limits.ts';
import { SECTIONS, type Section } from './model/section.ts';

interface TextRule {
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Unicode composes the same text in several ways; names must compare equal however they were typed. */
  readonly normalise: boolean;
}

const TEXT_RULES = {
  key: { minBytes: 1, maxBytes: MAX_KEY_BYTES, normalise: true },
  persona: { minBytes: 1, maxBytes: MAX_NAME_BYTES, normalise: true },
  namespace: { minBytes: 1, maxBytes: MAX_NAME_BYTES, normalise: true },
  tag: { minBytes: 1, maxBytes: MAX_TAG_BYTES, normalise: true },
  query: { minBytes: 0, maxBytes: MAX_QUERY_BYTES, normalise: false },
  task: { minBytes: 1, maxBytes: MAX_QUERY_BYTES, normalise: false },
  finishedTask: { minBytes: 1, maxBytes: MAX_VALUE_BYTES, normalise: false },
  savepoint: { minBytes: 1, maxBytes: MAX_NAME_BYTES, normalise: true },
  idempotencyKey: { minBytes: 1, maxBytes: MAX_IDEMPOTENCY_KEY_BYTES, normalise: false },
} as const satisfies Record<string, TextRule>;

/** Most UTF-8 bytes that one UTF-16 unit of decomposed text can shrink from when NFC composes it. */
const MAX_COMPOSITION = 4;

/** A century; beyond it a memory is meant to stay, and times stay exact integers of milliseconds. */
export const MAX_TTL_SECONDS = 3_155_760_000;

/** A text by its rule: string, well-formed UTF-16, no NUL, within bounds; NFC where the rule says so. */
export function readText(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
  kind: keyof typeof TEXT_RULES,
): string {
  const rule: TextRule = TEXT_RULES[kind];
  const problem = textProblem(value, rule);
  if (problem !== null || typeof value !== 'string') {
    issues.add(path, problem ?? 'must be a string');
    return '';
  }
  const text = rule.normalise ? value.normalize('NFC') : value;
  const bytes = Buffer.byteLength(text);
  if (bytes < rule.minBytes) issues.add(path, 'must not be empty');
  if (bytes > rule.maxBytes)
    issues.add(path, `must be at most ${rule.maxBytes} bytes of UTF-8, not ${bytes}`);
  return text;
}

function textProblem(value: unknown, rule: TextRule): string | null {
  if (typeof value !== 'string') return `must be a string, not ${nameOf(value)}`;
  // Refused before normalising, whose cost grows with the text.
  if (value.length > rule.maxBytes * MAX_COMPOSITION)
    return `must be at most ${rule.maxBytes} bytes of UTF-8`;
  // SQLite would store a lone surrogate as invalid UTF-8 and read it back as another text.
  if (!value.isWellFormed()) return 'must be well-formed Unicode (it holds a lone surrogate)';
  if (value.includes('\0')) return 'must not contain NUL';
  return null;
}

export function readPersona(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): string | null {
  return value === null ? null : readText(issues, value, path, 'persona');
}

export function readSection(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): Section {
  const section = SECTIONS.find((name) => name === value);
  if (section !== undefined) return section;
  issues.add(path, `must be one of ${SECTIONS.join(', ')}, not ${describe(value)}`);
  return 'working_memory';
}

/** One of a list of words; the first one when it is none of them. */
export function readOneOf<T extends string>(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
  words: readonly [T, ...T[]],
): T {
  const word = words.find((name) => name === value);
  if (word !== undefined) return word;
  issues.add(path, `must be one of ${words.join(', ')}, not ${describe(value)}`);
  return words[0];
}

/** 0..1 */
export function readImportance(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  issues.add(path, `must be a number from 0 to 1, not ${describe(value)}`);
  return 0;
}

/** Tags in the order given, each once. */
export function readTags(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): readonly string[] {
  if (!Array.isArray(value)) {
    issues.add(path, `must be a list of strings, not ${nameOf(value)}`);
    return [];
  }
  if (value.length > MAX_TAGS * 2) {
    issues.add(path, `must hold at most ${MAX_TAGS} tags, not ${value.length}`);
    return [];
  }
  const tags = new Set(
    value.map((tag, index) => readText(issues, tag, [...path, String(index)], 'tag')),
  );
  if (tags.size > MAX_TAGS)
    issues.add(path, `must hold at most ${MAX_TAGS} different tags, not ${tags.size}`);
  return [...tags];
}

/** Seconds, positive and finite. */
export function readTtl(issues: IssueCollector, value: unknown, path: readonly string[]): number {
  if (typeof value === 'number' && value > 0 && value <= MAX_TTL_SECONDS) return value;
  issues.add(
    path,
    `must be a number of seconds above 0 and at most ${MAX_TTL_SECONDS}, not ${describe(value)}`,
  );
  return 1;
}

/** A safe integer within bounds. */
export function readInteger(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number {
  if (
    typeof value === 'number' &&
    Number.isSafeInteger(value) &&
    value >= minimum &&
    value <= maximum
  )
    return value;
  const upper = maximum === Number.MAX_SAFE_INTEGER ? ` or more` : ` to ${maximum}`;
  issues.add(path, `must be an integer, ${minimum}${upper}, not ${describe(value)}`);
  return minimum;
}

/** Most fields may be left out or be null, which says the same. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

/** A short, safe picture of a refused value. */
export function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return nameOf(value);
}
