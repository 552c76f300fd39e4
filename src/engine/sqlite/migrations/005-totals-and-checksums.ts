import { crc32 } from 'node:zlib';
import type { SqliteDatabase } from '../database.ts';
import { StatementCache } from '../statement-cache.ts';
import { countTotals, saveTotals } from '../text-totals.ts';

/** Schema version of the first files that have them. */
export const CHECKSUMS_SINCE = 5;

/** What links.ts and personas.ts make their checksums of. */
const CHECKSUMS = `
ALTER TABLE personas ADD COLUMN crc INTEGER;
ALTER TABLE memory_links ADD COLUMN crc INTEGER;
UPDATE personas SET crc = trinitas_crc32(concat_ws(char(0), namespace, name, created_at));
UPDATE memory_links SET crc = trinitas_crc32(concat_ws(char(0), namespace, source_id, kind, target_id, created_at, csn));
`;

/**
 * Personas and links get checksums. Earlier versions left deleted and replaced rows in the totals of the full-text index, so that after
 * many updates every word counted as rare; they are counted anew: 0.3 s for a million memories.
 */
export function totalsAndChecksums(database: SqliteDatabase): void {
  database.function('trinitas_crc32', { deterministic: true }, (text) => crc32(String(text)));
  database.exec(CHECKSUMS);
  const statements = new StatementCache(database);
  saveTotals(statements, () => countTotals(statements));
}
