import type { MemoryRecord } from '../model/memory-record.ts';
import { appendChange } from './change-log.ts';
import { storedForm } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

/*
 * The log loses whole units of work from its beginning, so what is left is without a gap: a cursor either continues or
 * is told that it expired. The latest time among the lost entries is noted: later moments can still be read, earlier
 * ones are refused. Reads of the past also need the version that a memory had before its oldest entry left. It is kept
 * under the negative id of the memory as its `seq`, where no feed and no history looks, for exactly those memories that
 * changed since: when an entry is dropped whose memory has later ones, and when a memory changes whose last entry was
 * dropped before.
 */

/** In slices, so that pruning a long log never holds the writer; a longer unit of work is one slice. */
export const PRUNE_SLICE = 2_000;

const FROM_OLDEST = 'SELECT seq, csn, at FROM changes WHERE seq > 0 ORDER BY seq';
const OLDEST_CSN = 'SELECT csn FROM changes WHERE seq > 0 ORDER BY seq LIMIT 1';
const SAVE_TIME = `UPDATE engine_meta SET trimmed_at =
  max(ifnull(trimmed_at, ?), (SELECT max(at) FROM changes WHERE seq BETWEEN 1 AND ?)) WHERE id = 1`;
const DROP_BEFORE_IMAGES =
  'DELETE FROM changes WHERE seq IN (SELECT -memory_id FROM changes WHERE seq BETWEEN 1 AND ?)';
const KEEP_BEFORE_IMAGES = `UPDATE changes SET seq = -memory_id
  WHERE seq IN (SELECT max(seq) FROM changes WHERE seq BETWEEN 1 AND ? GROUP BY memory_id) AND kind <> 'deleted'
    AND EXISTS (SELECT 1 FROM changes later WHERE later.memory_id = changes.memory_id AND later.seq > ?)`;
const DROP = 'DELETE FROM changes WHERE seq BETWEEN 1 AND ?';

/**
 * Drops the oldest units whose entries are older than `before` and not among the newest `keep`, about PRUNE_SLICE
 * entries at most; an entry that is not old enough protects what follows it. Returns how many entries went.
 */
export function pruneChanges(
  statements: StatementCache,
  headSeq: number,
  keep: number,
  before: number,
): number {
  const { upTo, count } = cut(statements, headSeq - keep, before);
  if (count === 0) return 0;
  statements.run(SAVE_TIME, Number.MIN_SAFE_INTEGER, upTo);
  statements.run(DROP_BEFORE_IMAGES, upTo);
  statements.run(KEEP_BEFORE_IMAGES, upTo, upTo);
  statements.run(DROP, upTo);
  return count;
}

/** Commit number of the oldest entry; null when the log is empty. What was committed before it has no entry. */
export function oldestLoggedCsn(statements: StatementCache): number | null {
  return (statements.row(OLDEST_CSN)?.[0] as number | undefined) ?? null;
}

/** Keeps a version that is about to be replaced and whose own entry is gone. */
export function keepBeforeImage(statements: StatementCache, record: MemoryRecord): void {
  const { id, csn, updatedAt } = record;
  const change = { seq: -id, csn, txid: '', kind: 'updated', at: updatedAt, record } as const;
  appendChange(statements, change, storedForm(record));
}

/** The end of the last whole unit that may go. */
function cut(
  statements: StatementCache,
  limit: number,
  before: number,
): { readonly upTo: number; readonly count: number } {
  let whole = { upTo: 0, count: 0 };
  let last = { csn: 0, upTo: 0, count: 0 };
  for (const row of statements.use(FROM_OLDEST).raw(true).iterate()) {
    const [seq, csn, at] = row as [number, number, number];
    if (csn !== last.csn) whole = last;
    if (whole.count >= PRUNE_SLICE || seq > limit || at >= before) return whole;
    last = { csn, upTo: seq, count: last.count + 1 };
  }
  return last;
}
