import { FULL_TEXT_COLUMNS, indexedText } from '../search/text-query.ts';
import type { MemoryRecord } from '../types.ts';
import type { StatementCache } from './statement-cache.ts';

const COLUMN_LIST = FULL_TEXT_COLUMNS.join(', ');
const PLACES = FULL_TEXT_COLUMNS.map(() => '?').join(', ');
const INSERT = `INSERT INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const REPLACE = `INSERT OR REPLACE INTO memories_text (rowid, ${COLUMN_LIST}) VALUES (?, ${PLACES})`;
const DELETE = 'DELETE FROM memories_text WHERE rowid = ?';

/** What has to happen to the index entry of one memory; `insert` spares the look-up of an older entry. */
export type FullTextChange =
  | { readonly kind: 'insert' | 'replace'; readonly record: MemoryRecord }
  | { readonly kind: 'delete' };

/**
 * Changes of the full-text index collected over a commit group and applied once, after the last member was released:
 * every SAVEPOINT makes FTS5 flush its pending terms, which halves the write rate (measured, engine.md section 4).
 * The last change of a memory wins.
 */
export class FullTextBatch {
  readonly #changes = new Map<number, FullTextChange>();

  /** Takes over the changes of a member that was released. */
  add(changes: ReadonlyMap<number, FullTextChange>): void {
    for (const [id, change] of changes) this.#changes.set(id, merge(this.#changes.get(id), change));
  }

  apply(statements: StatementCache): void {
    for (const [id, change] of this.#changes) {
      if (change.kind === 'delete') statements.run(DELETE, id);
      else
        statements.run(
          change.kind === 'insert' ? INSERT : REPLACE,
          id,
          ...indexedValues(change.record),
        );
    }
    this.#changes.clear();
  }
}

/** A memory that is inserted and updated inside one group has no older entry yet: still an insert. */
export function merge(before: FullTextChange | undefined, after: FullTextChange): FullTextChange {
  return before?.kind === 'insert' && after.kind === 'replace'
    ? { kind: 'insert', record: after.record }
    : after;
}

/** The texts of a memory in the order of FULL_TEXT_COLUMNS. */
export function indexedValues(record: MemoryRecord): readonly string[] {
  const text = indexedText(record);
  return FULL_TEXT_COLUMNS.map((column) => text[column]);
}
