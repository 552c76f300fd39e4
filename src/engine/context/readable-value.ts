import type { JsonValue } from '../model/json-value.ts';

/** UTF-8 bytes that one memory may take of a packed text; about a thousand tokens of English, fewer of others. */
export const MAX_MEMORY_TEXT_BYTES = 4_096;

const ELLIPSIS = '…';
/** White space and control characters: one memory is one line, so that no value can pass for another memory. */
const SPACES = /[\s\p{Cc}]+/gu;
/** A byte order mark says nothing and is counted differently by different tokenizers. */
const BYTE_ORDER_MARK = '\ufeff';

export interface BoundedText {
  readonly text: string;
  /** True when the value says more than `text`, which then ends with an ellipsis. */
  readonly truncated: boolean;
}

/**
 * A JSON value as one line for a reader: strings as they are, lists as `a, b`, objects as `name: Ada; age: 36`, nested ones
 * in parentheses. At most MAX_MEMORY_TEXT_BYTES; the work is bounded too, however large the value.
 */
export function readableValue(value: JsonValue): BoundedText {
  const writer = new BoundedWriter();
  writeValue(writer, value, false);
  return boundBytes(oneLine(writer.text).trim(), writer.full);
}

/** White space as single blanks, well-formed Unicode. */
export function oneLine(text: string): string {
  return text.replaceAll(BYTE_ORDER_MARK, '').replace(SPACES, ' ').toWellFormed();
}

class BoundedWriter {
  #text = '';
  #full = false;

  get text(): string {
    return this.#text;
  }
  get full(): boolean {
    return this.#full;
  }

  /** Every UTF-16 unit is at least one byte, so what lies beyond cannot be in the result unless blanks collapse. */
  write(text: string): void {
    if (this.#full) return;
    const room = MAX_MEMORY_TEXT_BYTES * 2 - this.#text.length;
    this.#full = text.length > room;
    this.#text += oneLine(this.#full ? text.slice(0, room) : text);
  }
}

function writeValue(writer: BoundedWriter, value: JsonValue, nested: boolean): void {
  if (typeof value !== 'object' || value === null) {
    writer.write(String(value));
    return;
  }
  if (nested) writer.write('(');
  if (Array.isArray(value)) writeList(writer, value);
  else writeObject(writer, value as { readonly [key: string]: JsonValue });
  if (nested) writer.write(')');
}

function writeList(writer: BoundedWriter, items: readonly JsonValue[]): void {
  for (const [index, item] of items.entries()) {
    if (writer.full) return;
    if (index > 0) writer.write(', ');
    writeValue(writer, item, true);
  }
}

function writeObject(writer: BoundedWriter, members: { readonly [key: string]: JsonValue }): void {
  let separator = '';
  for (const [name, member] of Object.entries(members)) {
    if (writer.full) return;
    writer.write(`${separator}${name}: `);
    writeValue(writer, member, true);
    separator = '; ';
  }
}

function boundBytes(text: string, cut: boolean): BoundedText {
  const room = MAX_MEMORY_TEXT_BYTES - Buffer.byteLength(ELLIPSIS);
  if (Buffer.byteLength(text) <= (cut ? room : MAX_MEMORY_TEXT_BYTES))
    return { text: cut ? text + ELLIPSIS : text, truncated: cut };
  // Stops before the code point that does not fit whole.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room));
  return { text: text.slice(0, read) + ELLIPSIS, truncated: true };
}
