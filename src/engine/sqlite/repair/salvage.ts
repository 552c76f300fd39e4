import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../database.ts';

/**
 * Row ids looked for behind the last page that can be read; the last page of a table has no end, so every id behind it fails. A store of
 * ten million memories is read to its end, when its counters cannot be.
 */
const FARTHEST = 10_000_000;
/** Ranges that fail, of one table: 5 s. What is left then is given up as a whole. */
const MAX_FAILURES = 500_000;

type OnRow = (row: readonly unknown[]) => void;

/** Row ids that could not be read; bounds included. */
export interface LostRange {
  readonly from: number;
  readonly to: number;
}

/**
 * All rows of a table that can be read, without any index: ranges of row ids are halved until what cannot be read is single pages. A
 * range that fails is read again, so `onRow` may see a row more than once. `sql` selects the row id first and takes two bounds.
 */
export function salvageByRowId(
  database: SqliteDatabase,
  table: string,
  columns: string,
  onRow: OnRow,
): readonly LostRange[] {
  const statement = database
    .prepare(
      `SELECT rowid, ${columns} FROM main."${table}" NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
    )
    .raw(true);
  const lost: LostRange[] = [];
  const ranges: LostRange[] = [boundsOf(database, table)];
  let failures = 0;
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const { from, to } = range;
    let last = from - 1;
    try {
      for (const row of statement.iterate(from, to) as Iterable<unknown[]>) {
        last = Math.max(last, row[0] as number);
        onRow(row);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      failures += 1;
      const next = last + 1;
      if (failures > MAX_FAILURES) {
        lost.push({ from: next, to });
        continue;
      }
      if (next >= to) {
        if (next === to) lost.push({ from: to, to });
        continue;
      }
      if (next > from) {
        ranges.push({ from: next, to });
        continue;
      }
      const middle = from + Math.floor((to - from) / 2);
      ranges.push({ from: middle + 1, to }, { from, to: middle });
    }
  }
  return merge(lost);
}

/** All rows of a table that has no row ids, read from both ends up to the first page that cannot be read. True when that was all. */
export function salvageFromEnds(
  database: SqliteDatabase,
  table: string,
  columns: string,
  key: readonly string[],
  onRow: OnRow,
): boolean {
  for (const direction of ['ASC', 'DESC']) {
    const order = key.map((column) => `${column} ${direction}`).join(', ');
    const sql = `SELECT ${columns} FROM main."${table}" NOT INDEXED ORDER BY ${order}`;
    try {
      for (const row of database.prepare(sql).raw(true).iterate()) onRow(row as unknown[]);
      if (direction === 'ASC') return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return false;
}

/** Whether SQLite refused to read on. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(String(error.code))
  );
}

/** False when the table refuses the row: what no checksum covers, as the kind of a change, or the type of a value, may be damaged too. */
export function isTaken(insert: Statement, values: readonly unknown[]): boolean {
  try {
    insert.run(...values);
    return true;
  } catch (error) {
    if (isRefusedRow(error)) return false;
    throw error;
  }
}

function isRefusedRow(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT')
  );
}

/** Without reading more than the edges of the table; everything possible when these cannot be read. */
function boundsOf(database: SqliteDatabase, table: string): LostRange {
  const edge = (name: 'min' | 'max', otherwise: number): number => {
    try {
      const sql = `SELECT ${name}(rowid) FROM main."${table}" NOT INDEXED`;
      return (database.prepare(sql).pluck().get() as number | null) ?? 0;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return otherwise;
    }
  };
  const farthest = farthestOf(database);
  return { from: edge('min', -farthest), to: edge('max', farthest) };
}

/** No counter of the store is behind its ids; a counter may be damaged itself. */
function farthestOf(database: SqliteDatabase): number {
  try {
    const sql = 'SELECT max(csn, change_seq, last_memory_id) FROM engine_meta';
    const found = database.prepare(sql).pluck().get() as number | undefined;
    return found === undefined ? FARTHEST : Math.min(found, FARTHEST);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return FARTHEST;
  }
}

function merge(ranges: readonly LostRange[]): readonly LostRange[] {
  const merged: LostRange[] = [];
  for (const range of ranges.toSorted((left, right) => left.from - right.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}
