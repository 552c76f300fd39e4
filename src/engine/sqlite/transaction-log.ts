import type { StatementCache } from './statement-cache.ts';

const INSERT =
  "INSERT INTO tx_log (txid, csn, incarnation, state, at) VALUES (?, ?, ?, 'COMMITTED', ?)";
const SELECT = 'SELECT csn FROM tx_log WHERE txid = ?';
const PRUNE =
  'DELETE FROM tx_log WHERE txid IN (SELECT txid FROM tx_log WHERE txid < ? ORDER BY txid LIMIT ?)';
/** Outcomes are asked for within seconds of a crash; a day is what idempotency promises. */
export const OUTCOME_TTL_MS = 86_400_000;
const PRUNE_SLICE = 5_000;

export function logCommit(
  statements: StatementCache,
  txid: string,
  csn: number,
  incarnation: number,
  now: number,
): void {
  statements.run(INSERT, txid, csn, incarnation, now);
}

/** Commit number of a unit, or undefined when it never committed (or longer ago than a day). */
export function findCommit(statements: StatementCache, txid: string): number | undefined {
  return statements.row(SELECT, txid)?.[0] as number | undefined;
}

/** UUIDv7 sorts by time, so the primary key finds what is old. */
export function pruneOutcomes(statements: StatementCache, now: number): number {
  const hex = Math.max(0, now - OUTCOME_TTL_MS)
    .toString(16)
    .padStart(12, '0');
  return statements.run(PRUNE, `${hex.slice(0, 8)}-${hex.slice(8)}`, PRUNE_SLICE);
}
