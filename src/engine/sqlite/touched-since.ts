import type { ReadMap } from '../backends/read-map.ts';
import { readLogBounds } from './change-log.ts';
import type { SqliteDatabase } from './database.ts';
import { fileIdentity } from './file-identity.ts';
import type { StatementCache } from './statement-cache.ts';

const POSITION = 'SELECT csn, cache_epoch FROM engine_meta WHERE id = 1';
const TOUCHED =
  'SELECT namespace, memory_id, key, persona, seq FROM changes WHERE seq > ? ORDER BY seq LIMIT ?';

/** What was committed after a position, by whichever process; two look-ups when nothing was. */
export function readTouchedSince(
  database: SqliteDatabase,
  statements: StatementCache,
  path: string,
  { afterSeq, limit }: ReadMap['touchedSince']['args'],
): ReadMap['touchedSince']['result'] {
  // Before the first read of the snapshot, within which no checkpoint counter is told.
  const walBytes = neededWalBytes(database);
  const [csn, cacheEpoch] = statements.row(POSITION) as [number, number];
  const { headSeq, oldestSeq } = readLogBounds(statements);
  const rows = headSeq > afterSeq ? statements.rows(TOUCHED, afterSeq, limit) : [];
  return {
    csn,
    cacheEpoch,
    headSeq,
    file: fileIdentity(path),
    walBytes,
    touched: rows.map(([namespace, memoryId, key, persona]) => ({
      namespace: namespace as string,
      memoryId: memoryId as number,
      key: key as string,
      persona: persona as string | null,
    })),
    lastSeq: rows.length < limit ? headSeq : (rows.at(-1)?.[4] as number),
    complete: oldestSeq <= afterSeq + 1,
  };
}

/** NOOP only reads the counters. What is folded back already is no reason to give a snapshot up: the file keeps its length meanwhile. */
function neededWalBytes(database: SqliteDatabase): number {
  const [row] = database.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
  if (row === undefined || row.log <= row.checkpointed) return 0;
  return row.log * Number(database.pragma('page_size', { simple: true }));
}
