import type { MemoryRecord } from '../model/memory-record.ts';
import { FULL_TEXT_COLUMNS, indexedText } from '../search/text-query.ts';
import type { StatementCache } from './statement-cache.ts';
import { LeavingRows } from './text-totals.ts';

const COLUMN_LIST = FULL_TEXT_COLUMNS.join(', ');
const PLACES = FULL_TEXT_COLUMNS.map(() => '?').join(', ');
const INSERT = `INSERT INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const REPLACE = `INSERT OR REPLACE INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const DELETE = 'DELETE FROM memories_text WHERE rowid = ?';

export function insertText(statements: StatementCache, record: MemoryRecord): void {
  statements.run(INSERT, record.id, ...indexedValues(record));
}

/** Changes of the full-text index in one transaction. */
export class TextWriter {
  readonly #statements: StatementCache;
  readonly #leaving: LeavingRows;

  constructor(statements: StatementCache) {
    this.#statements = statements;
    this.#leaving = new LeavingRows(statements);
  }

  insert(record: MemoryRecord): void {
    insertText(this.#statements, record);
  }

  replace(record: MemoryRecord): void {
    this.#leaving.add(record.id);
    this.#statements.run(REPLACE, record.id, ...indexedValues(record));
  }

  delete(id: number): void {
    this.#leaving.add(id);
    this.#statements.run(DELETE, id);
  }

  /** After the last change before COMMIT; more may follow and be finished again. */
  finish(): void {
    this.#leaving.settle();
  }
}

/** The texts of a memory in the order of FULL_TEXT_COLUMNS. */
export function indexedValues(record: MemoryRecord): readonly string[] {
  const text = indexedText(record);
  return FULL_TEXT_COLUMNS.map((column) => text[column]);
}
