import { MemoryDataCorruptionError } from '../errors.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { Section } from '../model/section.ts';
import type { ReadMap } from './read-map.ts';

/** A page as it crosses threads: its records as texts, made by SQLite itself (sqlite/record-text.ts). */
export interface PackedPage {
  /** A small page is one text, of a large one each record: what is cut out of a text keeps the whole of it. */
  readonly texts: readonly string[];
  /** Records in all texts. */
  readonly count: number;
  readonly hasMore: boolean;
  readonly total: number | null;
}

/** Between fields and between records; it cannot occur in names and is escaped inside JSON text. */
export const FIELD_SEPARATOR = '\0';
/** Characters of a page that travels as one text; copying more costs more than what fewer texts save. */
const MAX_JOINED_LENGTH = 65_536;

export function packPage(
  records: readonly string[],
  rest: Pick<PackedPage, 'hasMore' | 'total'>,
): PackedPage {
  const length = records.reduce((sum, text) => sum + text.length, 0);
  const joined = records.length > 0 && length <= MAX_JOINED_LENGTH;
  return {
    texts: joined ? [records.join(FIELD_SEPARATOR)] : records,
    count: records.length,
    ...rest,
  };
}

/** MemoryDataCorruptionError when a name holds the separator, which none can have that was stored by this program. */
export function unpackPage({
  texts,
  count,
  hasMore,
  total,
}: PackedPage): ReadMap['list']['result'] {
  const records: MemoryRecord[] = [];
  for (const text of texts) {
    const fields = new Fields(text);
    while (!fields.ended) records.push(nextRecord(fields));
  }
  if (records.length !== count)
    throw new MemoryDataCorruptionError('a name of a memory holds a character that none can have');
  return { records, hasMore, total };
}

/** The properties are evaluated in the order of the fields. */
function nextRecord(fields: Fields): MemoryRecord {
  fields.skip();
  return {
    accessedAt: fields.integer(),
    accessCount: fields.integer(),
    id: fields.integer(),
    namespace: fields.text(),
    key: fields.text(),
    section: fields.text() as Section,
    persona: fields.text() || null,
    importance: Number(fields.text()),
    version: fields.integer(),
    csn: fields.integer(),
    createdAt: fields.integer(),
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
  readonly #text: string;
  #at = 0;
  #tagsText = '[]';
  #tags = NO_TAGS;

  constructor(text: string) {
    this.#text = text;
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

  /** Not negative. */
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
