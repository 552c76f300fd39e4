import Database from 'better-sqlite3';
import { NEEDS_FULL } from '../../backup/backup-kinds.ts';
import type { ProgressBoard } from '../../backup/progress-board.ts';
import { MemoryDataCorruptionError, ValidationError } from '../../errors.ts';
import { CHANGE_COLUMNS, changeFromRow } from '../change-log.ts';
import type { SqliteDatabase } from '../database.ts';
import { SCHEMA_VERSION } from '../migrations/migrate.ts';
import { StatementCache } from '../statement-cache.ts';
import {
  INCREMENT_TABLES,
  type IncrementBase,
  type IncrementTable,
  incrementBounds,
  parametersOf,
  tableSql,
} from './increment-tables.ts';
import type { PinnedSource } from './pinned-source.ts';
import { sweep, verifyPages } from './verify-database.ts';

/** `TRII` in ASCII: an increment, which no engine takes for a database. */
const APPLICATION_ID = 0x54524949;
const ROWS_PER_STEP = 256;

const HEADER = `CREATE TABLE increment (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  base_csn INTEGER NOT NULL,
  base_seq INTEGER NOT NULL,
  csn INTEGER NOT NULL,
  change_seq INTEGER NOT NULL,
  last_memory_id INTEGER NOT NULL
) STRICT`;
const LOGGED = 'SELECT count(*), min(seq) FROM changes WHERE seq > ?';

/** Writes what changed since the base into a new file; returns how many entries of the change log that are. */
export function writeIncrement(
  source: PinnedSource,
  base: IncrementBase,
  path: string,
  board: ProgressBoard,
): number {
  const changes = loggedSince(source, base);
  board.expect(2 * changes);
  const target = new Database(path);
  try {
    target.pragma('journal_mode = OFF');
    target.pragma('synchronous = OFF');
    // The increment holds rows whose memories are elsewhere.
    target.pragma('foreign_keys = OFF');
    target.pragma(`application_id = ${APPLICATION_ID}`);
    target.transaction(() => fill(source, base, target, board)).exclusive();
    verify(target, base, source, board);
  } finally {
    target.close();
  }
  return changes;
}

function fill(
  { statements, meta }: PinnedSource,
  base: IncrementBase,
  target: SqliteDatabase,
  board: ProgressBoard,
): void {
  target.exec(HEADER);
  target
    .prepare('INSERT INTO increment VALUES (1, ?, ?, ?, ?, ?, ?)')
    .run(meta.epoch, base.csn, base.changeSeq, meta.csn, meta.changeSeq, meta.lastMemoryId);
  const bounds = incrementBounds(base);
  for (const table of INCREMENT_TABLES) {
    target.exec(tableSql(statements, table.name));
    copyRows(statements, table, bounds, target, table.name === 'changes' ? board : null);
  }
}

function copyRows(
  statements: StatementCache,
  table: IncrementTable,
  bounds: Readonly<Record<string, number>>,
  target: SqliteDatabase,
  board: ProgressBoard | null,
): void {
  const { name, where, order } = table;
  const select = statements.use(`SELECT * FROM ${name} WHERE ${where} ORDER BY ${order}`);
  const places = select.columns().map(() => '?');
  const insert = target.prepare(`INSERT INTO ${name} VALUES (${places.join(', ')})`);
  let rows = 0;
  for (const row of select.raw(true).iterate(parametersOf(table, bounds))) {
    insert.run(...(row as unknown[]));
    rows += 1;
    if (rows % ROWS_PER_STEP === 0) board?.advance(ROWS_PER_STEP);
  }
  board?.advance(rows % ROWS_PER_STEP);
}

/** Refuses bases of another history or format, and logs that have lost what followed the base. */
function loggedSince({ statements, meta }: PinnedSource, base: IncrementBase): number {
  if (base.epoch !== meta.epoch || base.csn > meta.csn || base.changeSeq > meta.changeSeq)
    throw needsFull(`the backup ${base.name} is of another history than the database`);
  if (base.schemaVersion !== SCHEMA_VERSION)
    throw needsFull(`the backup ${base.name} has schema version ${base.schemaVersion}`);
  const [count = 0, first] = statements.row(LOGGED, base.changeSeq) as [number, number | null];
  const wanted = meta.changeSeq - base.changeSeq;
  if (count !== wanted || (first !== null && first !== base.changeSeq + 1))
    throw needsFull(`the change log no longer holds all that followed the backup ${base.name}`);
  return count;
}

function needsFull(reason: string): ValidationError {
  return new ValidationError(`there can be no incremental backup: ${reason}`, {
    data: { reason: NEEDS_FULL },
    remedy: 'Take a full backup.',
  });
}

function verify(
  target: SqliteDatabase,
  base: IncrementBase,
  { meta }: PinnedSource,
  board: ProgressBoard,
): void {
  verifyPages(target);
  let expected = base.changeSeq;
  sweep(
    new StatementCache(target),
    `SELECT ${CHANGE_COLUMNS} FROM changes ORDER BY seq`,
    board,
    (row) => {
      expected += 1;
      if (changeFromRow(row).seq === expected) return;
      throw new MemoryDataCorruptionError(`entry ${expected} of the change log is missing`);
    },
  );
  if (expected !== meta.changeSeq)
    throw new MemoryDataCorruptionError(
      `the increment ends at entry ${expected}, not ${meta.changeSeq}`,
    );
}
