import type { MemoryRecord } from '../../model/memory-record.ts';
import { CHANGE_COLUMNS } from '../change-log.ts';
import type { SqliteDatabase } from '../database.ts';
import { readRow } from '../record-row.ts';
import { StatementCache } from '../statement-cache.ts';
import { isTaken, salvageByRowId } from './salvage.ts';

const COLUMNS = `seq, csn, txid, kind, at, namespace, memory_id, key, section, persona, importance, version, record_csn, created_at,
  updated_at, expires_at, accessed_at, access_count, crc, tags, metadata, value`;
const INSERT = `INSERT OR REPLACE INTO changes (${COLUMNS}) VALUES (${COLUMNS.split(',')
  .map(() => '?')
  .join(', ')})`;
const ALL_OF = `SELECT ${COLUMNS} FROM changes WHERE seq = ?`;
const ENTRY = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE seq = ?`;
const NEWEST = `SELECT memory_id, max(seq), kind FROM changes GROUP BY memory_id`;
const POSITIONS = 'SELECT seq FROM changes WHERE seq > 0 ORDER BY seq';

export interface SalvagedChanges {
  readonly saved: number;
  readonly filled: number;
  /** No entry is missing between the oldest one kept and the newest one written. */
  readonly complete: boolean;
}

/**
 * Copies the entries of the change log that can be read and match their checksum, and fills the others from the backup. `trimmed`: the
 * log had lost its beginning in an orderly way, so that nothing is missing before its oldest entry.
 */
export function salvageChanges(
  source: SqliteDatabase,
  target: SqliteDatabase,
  backup: SqliteDatabase | null,
  headSeq: number,
  trimmed: boolean,
): SalvagedChanges {
  const insert = target.prepare(INSERT);
  const statements = new StatementCache(target);
  const keep = (values: readonly unknown[]): boolean => isSound(values) && isTaken(insert, values);
  let unsound = false;
  const lost = salvageByRowId(source, 'changes', COLUMNS, (row) => {
    if (!keep(row.slice(1))) unsound = true;
  });
  const saved = countOf(statements);
  const oldest = trimmed && lost.length === 0 && !unsound ? oldestOf(statements, headSeq) : 1;
  // A damaged counter may name any end: what lies behind the newest entry of file and backup is one gap.
  const known = Math.max(
    newestOf(statements),
    backup === null ? 0 : newestOf(new StatementCache(backup)),
  );
  const end = Math.min(headSeq, known);
  const gaps = (): number[] => missingFrom(statements, oldest, end);
  const missing = gaps();
  if (backup !== null) {
    const find = backup.prepare(ALL_OF).raw(true);
    for (const seq of missing) {
      const row = find.get(seq) as unknown[] | undefined;
      if (row !== undefined) keep(row);
    }
  }
  const complete = known >= headSeq && (missing.length === 0 || gaps().length === 0);
  return { saved, filled: countOf(statements) - saved, complete };
}

/** The newest state of every memory that the log in the new file knows; null = it was deleted. */
export function newestStates(target: SqliteDatabase): ReadonlyMap<number, MemoryRecord | null> {
  const statements = new StatementCache(target);
  const newest = new Map<number, MemoryRecord | null>();
  for (const [id, seq, kind] of statements.rows(NEWEST)) {
    const row = kind === 'deleted' ? undefined : statements.row(ENTRY, seq);
    newest.set(id as number, row === undefined ? null : readRow(row).record);
  }
  return newest;
}

function isSound(values: readonly unknown[]): boolean {
  const [, , , , , namespace, id, key, section, persona, importance, version, csn] = values;
  const [createdAt, updatedAt, expiresAt, accessedAt, accessCount, crc, tags, metadata, value] =
    values.slice(13);
  const record = [id, namespace, key, value, metadata, tags, section, persona, importance, version];
  return readRow([...record, csn, createdAt, updatedAt, accessedAt, accessCount, expiresAt, crc])
    .sound;
}

function countOf(statements: StatementCache): number {
  return statements.row('SELECT count(*) FROM changes')?.[0] as number;
}

function oldestOf(statements: StatementCache, headSeq: number): number {
  const [oldest] = statements.row('SELECT min(seq) FROM changes WHERE seq > 0') ?? [];
  return (oldest as number | null) ?? headSeq + 1;
}

function newestOf(statements: StatementCache): number {
  return (statements.row('SELECT max(seq) FROM changes')?.[0] as number | null) ?? 0;
}

function missingFrom(statements: StatementCache, oldest: number, headSeq: number): number[] {
  const present = new Set(statements.use(POSITIONS).pluck(true).all() as number[]);
  const missing: number[] = [];
  for (let seq = oldest; seq <= headSeq; seq += 1) if (!present.has(seq)) missing.push(seq);
  return missing;
}
