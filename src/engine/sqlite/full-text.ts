import { FULL_TEXT_COLUMNS, indexedText } from '../search/text-query.ts';
import type { MemoryRecord } from '../types.ts';
import type { StatementCache } from './statement-cache.ts';

const COLUMN_LIST = FULL_TEXT_COLUMNS.join(', ');
const PLACES = FULL_TEXT_COLUMNS.map(() => '?').join(', ');
const INSERT = `INSERT INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const REPLACE = `INSERT OR REPLACE INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const DELETE = 'DELETE FROM memories_text WHERE rowid = ?';

export function insertText(statements: StatementCache, record: MemoryRecord): void {
  statements.run(INSERT, record.id, ...indexedValues(record));
}

export function replaceText(statements: StatementCache, record: MemoryRecord): void {
  statements.run(REPLACE, record.id, ...indexedValues(record));
}

export function deleteText(statements: StatementCache, id: number): void {
  statements.run(DELETE, id);
}

/** The texts of a memory in the order of FULL_TEXT_COLUMNS. */
export function indexedValues(record: MemoryRecord): readonly string[] {
  const text = indexedText(record);
  return FULL_TEXT_COLUMNS.map((column) => text[column]);
}
