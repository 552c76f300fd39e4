import type { MemoryRecord } from '../model/memory-record.ts';
import { FULL_TEXT_COLUMNS } from '../search/text-query.ts';
import { indexedValues } from './full-text.ts';
import { FULL_TEXT_TOKENIZER } from './migrations/001-initial.ts';
import type { StatementCache } from './statement-cache.ts';

export const OVERLAY_TEXT_SCHEMA = `
CREATE VIRTUAL TABLE temp.overlay_text USING fts5 (
  ${FULL_TEXT_COLUMNS.join(', ')}, content = '', contentless_delete = 1,
  tokenize = '${FULL_TEXT_TOKENIZER}'
);`;

export const CLEAR_OVERLAY_TEXT =
  "INSERT INTO temp.overlay_text (overlay_text) VALUES ('delete-all')";
const DELETE = 'DELETE FROM temp.overlay_text WHERE rowid = ?';
const INSERT = `INSERT INTO temp.overlay_text (rowid, ${FULL_TEXT_COLUMNS.join(', ')})
  VALUES (?, ${FULL_TEXT_COLUMNS.map(() => '?').join(', ')})`;

interface TextChange {
  readonly record: MemoryRecord;
  readonly live: boolean;
}

/**
 * The full-text index of a transaction's own writes. Changes wait until it is searched, since it costs as much as all the rest and
 * few transactions ask it.
 */
export class OverlayText {
  readonly #statements: StatementCache;
  #waiting: TextChange[] = [];

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Changes that wait; to come back to by `cutTo`. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(record: MemoryRecord, live: boolean): void {
    this.#waiting.push({ record, live });
  }

  /** Before every search. */
  update(): void {
    for (const { record, live } of this.#waiting) {
      this.#statements.run(DELETE, record.id);
      if (live) this.#statements.run(INSERT, record.id, ...indexedValues(record));
    }
    this.#waiting = [];
  }

  /** After the table was rolled back to where so many waited; fewer do when the index was updated since. */
  cutTo(waiting: number): void {
    this.#waiting.length = Math.min(this.#waiting.length, waiting);
  }

  /** Runs something without the changes that wait. */
  aside<T>(run: () => T): T {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      return run();
    } finally {
      this.#waiting = waiting;
    }
  }

  /** After the table was emptied. */
  forget(): void {
    this.#waiting = [];
  }
}
