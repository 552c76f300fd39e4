import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { ValidationError, type ValidationIssue } from '../errors.ts';
import { canonicalJsonText } from '../json-text.ts';
import { LINK_KINDS } from '../model/link.ts';
import { SECTIONS, type Section } from '../model/section.ts';
import { readLines } from './read-lines.ts';
import {
  type TransferLink,
  type TransferRecord,
  type TransferRow,
  toFailure,
} from './transfer-row.ts';

/** Stands in every line as `v`, so that lines of different exports can be mixed and a later form can be told apart. */
export const JSONL_VERSION = 1;

/** Times as written by `Date.prototype.toISOString`: UTC with milliseconds. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

const FIELDS: ReadonlySet<string> = new Set([
  'v',
  'key',
  'section',
  'persona',
  'importance',
  'tags',
  'createdAt',
  'updatedAt',
  'accessedAt',
  'accessCount',
  'expiresAt',
  'metadata',
  'value',
]);

const LINK_FIELDS: ReadonlySet<string> = new Set(['v', 'link', 'from', 'to', 'createdAt']);

/**
 * Our own format: one memory per line, fields always in the same order, value and metadata embedded as the raw
 * JSON text that is stored. The same memories therefore give the same bytes.
 */
export function toJsonLine(record: TransferRecord): string {
  const head = JSON.stringify({
    v: JSONL_VERSION,
    key: record.key,
    section: record.section,
    persona: record.persona,
    importance: record.importance,
    tags: record.tags,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    accessedAt: new Date(record.accessedAt).toISOString(),
    accessCount: record.accessCount,
    expiresAt: record.expiresAt === null ? null : new Date(record.expiresAt).toISOString(),
  });
  return `${head.slice(0, -1)},"metadata":${record.metadataText},"value":${record.valueText}}\n`;
}

/** A link has a line of its own, after the memories. */
export function toJsonLinkLine({ kind, from, to, createdAt }: TransferLink): string {
  const time = new Date(createdAt).toISOString();
  return `${JSON.stringify({ v: JSONL_VERSION, link: kind, from, to, createdAt: time })}\n`;
}

/** Reads such a file; blank lines are passed over, every other line is a memory, a link or a failure. */
export async function* readJsonl(path: string): AsyncGenerator<TransferRow> {
  for await (const { number, text, problem } of readLines(path)) {
    const place = `line ${number}`;
    if (text === null) yield { failure: { key: place, reason: problem } };
    else if (text.trim() !== '') yield parseJsonLine(text, place);
  }
}

/** Lines that hold something. */
export async function countJsonl(path: string): Promise<number> {
  let count = 0;
  for await (const { text } of readLines(path)) {
    if (text === null || text.trim() !== '') count += 1;
  }
  return count;
}

/** `place` names the line in a failure that comes before the key is known. */
export function parseJsonLine(line: string, place: string): TransferRow {
  let name = place;
  try {
    const fields = parseObject(line);
    if (fields['link'] !== undefined) return { link: toLink(fields) };
    if (typeof fields['key'] === 'string' && fields['key'] !== '') name = fields['key'];
    return { record: toRecord(fields) };
  } catch (error) {
    return toFailure(name, error);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(line: string): Fields {
  let parsed: unknown;
  try {
    parsed = parse(line);
  } catch (error) {
    throw new ValidationError(
      `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isObject(parsed)) throw new ValidationError('must be a JSON object');
  return parsed;
}

function toLink(fields: Fields): TransferLink {
  const { issues, take } = createTaker(fields, LINK_FIELDS);
  const link = {
    from: take('from', asString, 'a string'),
    to: take('to', asString, 'a string'),
    kind: take('link', (value) => LINK_KINDS.find((kind) => kind === value), 'a kind of link'),
    createdAt: take('createdAt', asTime, 'a UTC time with milliseconds'),
  };
  if (issues.length > 0) throw new ValidationError(issues);
  return link;
}

type Take = <T>(name: string, read: (value: unknown) => T | undefined, expected: string) => T;

/** Reads fields one by one and collects what is wrong with them; fields that are not known and the version come first. */
function createTaker(
  fields: Fields,
  known: ReadonlySet<string>,
): { readonly issues: readonly ValidationIssue[]; readonly take: Take } {
  const issues: ValidationIssue[] = [];
  const take: Take = (name, read, expected) => {
    const value = read(fields[name]);
    if (value === undefined) issues.push({ path: [name], message: `must be ${expected}` });
    return value as NonNullable<typeof value>;
  };
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) issues.push({ path: [name], message: 'is not a field of this format' });
  }
  take(
    'v',
    (value) => (asNumber(value) === JSONL_VERSION ? JSONL_VERSION : undefined),
    `${JSONL_VERSION}, the version of this format`,
  );
  return { issues, take };
}

function toRecord(fields: Fields): TransferRecord {
  const { issues, take } = createTaker(fields, FIELDS);
  const record = {
    key: take('key', asString, 'a string'),
    section: take('section', asSection, 'a section or null'),
    persona: take(
      'persona',
      (value) => (typeof value === 'string' || value === null ? value : undefined),
      'a string or null',
    ),
    importance: take(
      'importance',
      (value) => (value === null ? null : asNumber(value)),
      'a number or null',
    ),
    tags: take('tags', asTags, 'a list of strings'),
    createdAt: take('createdAt', asTime, 'a UTC time with milliseconds'),
    updatedAt: take('updatedAt', asTime, 'a UTC time with milliseconds'),
    accessedAt: take('accessedAt', asTime, 'a UTC time with milliseconds'),
    accessCount: take('accessCount', asCount, 'a whole number from 0'),
    expiresAt: take(
      'expiresAt',
      (value) => (value === null ? null : asTime(value)),
      'a UTC time with milliseconds, or null',
    ),
    metadataText: take(
      'metadata',
      (value) => (isObject(value) ? stringify(value) : undefined),
      'an object',
    ),
    valueText: take('value', (value) => stringify(value), 'present'),
  };
  if (issues.length > 0) throw new ValidationError(issues);
  return {
    ...record,
    metadataText: canonicalJsonText(record.metadataText, ['metadata']),
    valueText: canonicalJsonText(record.valueText, ['value']),
  };
}

function isObject(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
  );
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return isLosslessNumber(value) ? Number(value.value) : undefined;
}

function asCount(value: unknown): number | undefined {
  const count = asNumber(value);
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function asSection(value: unknown): Section | null | undefined {
  return value === null ? null : SECTIONS.find((section) => section === value);
}

function asTags(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string') ? value : undefined;
}

function asTime(value: unknown): number | undefined {
  if (typeof value !== 'string' || !ISO_TIME.test(value)) return undefined;
  const time = Date.parse(value);
  // Date.parse lets 30 February through as 2 March; only a real date prints as it was written.
  return Number.isNaN(time) || new Date(time).toISOString() !== value ? undefined : time;
}
