import type { MemoryRecord } from '../model/memory-record.ts';
import { savePlace } from './conversation-turns.ts';
import { TextWriter } from './full-text.ts';
import type { StatementCache } from './statement-cache.ts';
import type { VectorWriter } from './vector-writer.ts';

/** What has to happen to the index entries of one memory; `insert` spares the look-up of older entries. */
export interface IndexChange {
  readonly kind: 'insert' | 'replace' | 'delete';
  /** After the change; for `delete` as it was before. */
  readonly record: MemoryRecord;
}

/**
 * Changes of the derived tables (full text, places in conversations, vectors) collected over a commit group and applied once,
 * after the last member was released: every SAVEPOINT makes FTS5 flush its pending terms, which halves the write rate (measured,
 * engine.md section 4), and a block of sign codes is written once. The last change of a memory wins. All texts come first, because
 * an upsert, as of a vector, is a savepoint to FTS5 too.
 */
export class IndexBatch {
  readonly #statements: StatementCache;
  readonly #texts: TextWriter;
  readonly #vectors: VectorWriter;
  readonly #changes = new Map<number, IndexChange>();

  constructor(statements: StatementCache, vectors: VectorWriter) {
    this.#statements = statements;
    this.#texts = new TextWriter(statements);
    this.#vectors = vectors;
  }

  /** Takes over the changes of a member that was released. */
  add(changes: ReadonlyMap<number, IndexChange>): void {
    for (const [id, change] of changes) this.#changes.set(id, merge(this.#changes.get(id), change));
  }

  apply(): void {
    if (this.#changes.size === 0) return;
    for (const change of this.#changes.values()) this.#applyText(change);
    this.#texts.finish();
    for (const change of this.#changes.values()) this.#applyRest(change);
    this.#vectors.flush();
    this.#changes.clear();
  }

  #applyText({ kind, record }: IndexChange): void {
    switch (kind) {
      case 'insert':
        this.#texts.insert(record);
        break;
      case 'replace':
        this.#texts.replace(record);
        break;
      case 'delete':
        this.#texts.delete(record.id);
        break;
    }
  }

  #applyRest({ kind, record }: IndexChange): void {
    switch (kind) {
      case 'insert':
        savePlace(this.#statements, record, true);
        this.#vectors.inserted(record);
        break;
      case 'replace':
        savePlace(this.#statements, record, false);
        this.#vectors.replaced(record);
        break;
      case 'delete':
        this.#vectors.deleted(record);
        break;
    }
  }
}

/** A memory that is inserted and updated inside one group has no older entries yet: still an insert. */
export function merge(before: IndexChange | undefined, after: IndexChange): IndexChange {
  return before?.kind === 'insert' && after.kind === 'replace'
    ? { kind: 'insert', record: after.record }
    : after;
}
