import type { SqliteDatabase } from '../database.ts';
import { StatementCache } from '../statement-cache.ts';
import { countTotals, saveTotals } from '../text-totals.ts';

/**
 * Earlier versions left deleted and replaced rows in the totals of the full-text index, so that after many updates every word
 * counted as rare. They are counted anew once: 0.3 s for a million memories.
 */
export function trueTextTotals(database: SqliteDatabase): void {
  const statements = new StatementCache(database);
  saveTotals(statements, countTotals(statements));
}
