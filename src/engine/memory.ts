import { parseJsonText, withDigitStrings } from './json-text.ts';
import type { JsonObject, JsonValue } from './model/json-value.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import type { Section } from './model/section.ts';

/**
 * One memory as the library hands it out. `value` and `metadata` are parsed on first use only, because most
 * readers pass the text on. Integers beyond 2^53 appear as bigint; `valueText` always holds the exact JSON.
 */
export class Memory {
  readonly #record: MemoryRecord;
  #value: JsonValue | undefined;
  #metadata: JsonObject | undefined;

  constructor(record: MemoryRecord) {
    this.#record = record;
  }

  get id(): number {
    return this.#record.id;
  }
  get namespace(): string {
    return this.#record.namespace;
  }
  get key(): string {
    return this.#record.key;
  }
  get value(): JsonValue {
    this.#value ??= parseJsonText(this.#record.valueText);
    return this.#value;
  }
  get valueText(): string {
    return this.#record.valueText;
  }
  get metadata(): JsonObject {
    this.#metadata ??= parseJsonText(this.#record.metadataText) as JsonObject;
    return this.#metadata;
  }
  get metadataText(): string {
    return this.#record.metadataText;
  }
  get tags(): readonly string[] {
    return this.#record.tags;
  }
  get section(): Section {
    return this.#record.section;
  }
  get persona(): string | null {
    return this.#record.persona;
  }
  /** 0..1 */
  get importance(): number {
    return this.#record.importance;
  }
  /** 1, 2, 3 … */
  get version(): number {
    return this.#record.version;
  }
  get createdAt(): Date {
    return new Date(this.#record.createdAt);
  }
  get updatedAt(): Date {
    return new Date(this.#record.updatedAt);
  }
  get accessedAt(): Date {
    return new Date(this.#record.accessedAt);
  }
  get accessCount(): number {
    return this.#record.accessCount;
  }
  /** null = never */
  get expiresAt(): Date | null {
    return this.#record.expiresAt === null ? null : new Date(this.#record.expiresAt);
  }

  /** The stored form, for transfer and caches. */
  toRecord(): MemoryRecord {
    return this.#record;
  }

  /** Plain object for logs and JSON; integers beyond 2^53 become strings of digits. */
  toJSON(): Record<string, unknown> {
    const { valueText, metadataText, csn, ...rest } = this.#record;
    return {
      ...rest,
      value: withDigitStrings(this.value),
      metadata: withDigitStrings(this.metadata),
    };
  }
}
