import { MemoryDataCorruptionError } from '../errors.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { Section } from '../model/section.ts';
import type { ReadMap } from './read-map.ts';

/**
 * A page as it crosses threads: its records as texts, made by SQLite itself (sqlite/record-text.ts). A small page is one text, of a large
 * one each record: what is cut out of a text keeps the whole of it. The first text begins with what is known of the page. Nothing but
 * texts, since each property of an object costs the threads more than a record's field.
 */
export type PackedPage = readonly string[];

/** Between fields and between records; it cannot occur in names and is escaped inside JSON text. */
export const FIELD_SEPARATOR = '\0';
/** Characters of a page that travels as one text; copying more costs more than what fewer texts save. */
const MAX_JOINED_LENGTH = 65_536;

export function packPage(
  records: readonly string[],
  { hasMore, total }: Pick<ReadMap['list']['result'], 'hasMore' | 'total'>,
): PackedPage {
  const head = `${records.length}${FIELD_SEPARATOR}${hasMore ? 1 : 0}${FIELD_SEPARATOR}${total ?? ''}`;
  const [first, ...others] = records;
  if (first === undefined) return [head];
  const length = records.reduce((sum, text) => sum + text.length, 0);
  if (length <= MAX_JOINED_LENGTH)
    return [`${head}${FIELD_SEPARATOR}${records.join(FIELD_SEPARATOR)}`];
  return [`${head}${FIELD_SEPARATOR}${first}`, ...others];
}

/** Records of a page. */
export function packedCount([first = '']: PackedPage): number {
  return new Fields(first).integer();
}

/** MemoryDataCorruptionError when a name holds the separator, which none can have that was stored by this program. */
export function unpackPage([first = '', ...others]: PackedPage): ReadMap['list']['result'] {
  const fields = new Fields(first);
  const count = fields.integer();
  const hasMore = fields.integer() === 1;
  const total = fields.integerOrNull();
  const records: MemoryRecord[] = [];
  while (!fields.ended) records.push(nextRecord(fields));
  for (const text of others) {
    fields.begin(text);
    while (!fields.ended) records.push(nextRecord(fields));
  }
  if (records.length !== count)
    throw new MemoryDataCorruptionError('a name of a memory holds a character that none can have');
  return { records, hasMore, total };
}

/** The fields are taken in their order. */
function nextRecord(fields: Fields): MemoryRecord {
  fields.skip();
  // Empty when it was never accessed.
  const accessedAt = fields.integerOrNull();
  const accessCount = fields.integer();
  const id = fields.integer();
  const namespace = fields.text();
  const key = fields.text();
  const section = fields.text() as Section;
  const persona = fields.text() || null;
  const importance = fields.number();
  const version = fields.integer();
  const csn = fields.integer();
  const createdAt = fields.integer();
  return {
    accessedAt: accessedAt ?? createdAt,
    accessCount,
    id,
    namespace,
    key,
    section,
    persona,
    importance,
    version,
    csn,
    createdAt,
    updatedAt: fields.integer(),
    expiresAt: fields.integerOrNull(),
    tags: fields.tags(),
    metadataText: fields.text(),
    valueText: fields.text(),
  };
}

const DIGIT_0 = 48;
const NO_TAGS: readonly string[] = Object.freeze([]);

/**
 * Takes a text apart, from its beginning to its end, and makes no string that is not asked for: a page that is split into all its
 * fields first takes four times as long.
 */
class Fields {
  #text: string;
  #at = 0;
  #tagsText = '[]';
  #tags = NO_TAGS;
  #numberText = '0';
  #number = 0;

  constructor(text: string) {
    this.#text = text;
  }

  begin(text: string): void {
    this.#text = text;
    this.#at = 0;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(): void {
    this.#at = this.#end() + 1;
  }

  text(): string {
    const from = this.#at;
    const to = this.#end();
    this.#at = to + 1;
    return this.#text.slice(from, to);
  }

  /** Not negative; 0 when it is empty. */
  integer(): number {
    let value = 0;
    let digit = this.#text.charCodeAt(this.#at) - DIGIT_0;
    while (digit >= 0) {
      value = value * 10 + digit;
      this.#at += 1;
      digit = this.#text.charCodeAt(this.#at) - DIGIT_0;
    }
    this.#at += 1;
    return value;
  }

  integerOrNull(): number | null {
    const from = this.#at;
    const value = this.integer();
    return this.#at === from + 1 ? null : value;
  }

  /** Neighbours often have the same one, which is then read once. */
  number(): number {
    const text = this.text();
    if (text !== this.#numberText) {
      this.#numberText = text;
      this.#number = Number(text);
    }
    return this.#number;
  }

  /** Neighbours often have the same ones, which are then one list. */
  tags(): readonly string[] {
    const text = this.text();
    if (text === this.#tagsText) return this.#tags;
    this.#tagsText = text;
    this.#tags = Object.freeze(JSON.parse(text) as string[]);
    return this.#tags;
  }

  #end(): number {
    const end = this.#text.indexOf(FIELD_SEPARATOR, this.#at);
    return end === -1 ? this.#text.length : end;
  }
}
