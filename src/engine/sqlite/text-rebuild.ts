import Database from 'better-sqlite3';
import { savePlace } from './conversation-turns.ts';
import type { SqliteDatabase } from './database.ts';
import { TextWriter } from './full-text.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';
import { countTotals, saveTotals } from './text-totals.ts';

const NEXT = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE m.id > ? ORDER BY m.id LIMIT ?`;
const FORGET_DEAD = 'DELETE FROM memories_text WHERE rowid NOT IN (SELECT id FROM memories)';
const FORGET_ALL = "INSERT INTO memories_text (memories_text) VALUES ('delete-all')";

/** How far a rebuild is. */
export interface TextSlice {
  readonly done: number;
  /** Where the next slice begins; null: this was the last one. */
  readonly lastId: number | null;
}

/**
 * Indexes the texts of up to `limit` memories after `afterId` anew, in one commit, so that writes go on between two slices and recall
 * finds every memory meanwhile. The first slice (`afterId` 0) drops entries of memories that are gone; an index that is damaged is
 * emptied and begun again, and what is not rebuilt yet is found by meaning only until its slice comes. The last slice counts the totals anew.
 */
export function rebuildText(
  database: SqliteDatabase,
  statements: StatementCache,
  afterId: number,
  limit: number,
): TextSlice {
  const slice = (isDamaged: boolean): TextSlice =>
    database
      .transaction(() => {
        if (isDamaged) statements.run(FORGET_ALL);
        else if (afterId === 0) statements.run(FORGET_DEAD);
        const records = statements.rows(NEXT, afterId, limit).map(recordFromRow);
        const texts = new TextWriter(statements);
        for (const record of records) texts.replace(record);
        texts.finish();
        // Behind all texts, as in an IndexBatch.
        for (const record of records) savePlace(statements, record, false);
        const last = records.length < limit ? undefined : records.at(-1);
        // The slices before this one were emptied too.
        const lastId = isDamaged && afterId > 0 ? 0 : (last?.id ?? null);
        if (lastId === null) saveTotals(statements, () => countTotals(statements));
        return { done: records.length, lastId };
      })
      .immediate();
  try {
    return slice(false);
  } catch (error) {
    const isDamaged =
      error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CORRUPT');
    if (!isDamaged) throw error;
    return slice(true);
  }
}
