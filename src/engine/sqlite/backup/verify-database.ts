import type { ProgressBoard } from '../../backup/progress-board.ts';
import { MemoryDataCorruptionError } from '../../errors.ts';
import { CHANGE_COLUMNS, changeFromRow } from '../change-log.ts';
import type { SqliteDatabase } from '../database.ts';
import { verifiedBytes } from '../embeddings.ts';
import { readMeta } from '../meta.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';

const COUNTS = `SELECT (SELECT count(*) FROM memories), (SELECT count(*) FROM changes),
  (SELECT count(*) FROM embeddings WHERE state = 'READY')`;
const MEMORIES = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} ORDER BY m.id`;
const CHANGES = `SELECT ${CHANGE_COLUMNS} FROM changes ORDER BY seq`;
const VECTORS =
  "SELECT memory_id, embedder_id, scale, vector, crc FROM embeddings WHERE state = 'READY' ORDER BY memory_id";
/** The index holds no texts, so it is compared by its row ids. */
const TEXT_MISMATCHES = `SELECT count(*) FROM (
  SELECT id FROM memories EXCEPT SELECT id FROM memories_text_docsize
  UNION ALL SELECT * FROM (SELECT id FROM memories_text_docsize EXCEPT SELECT id FROM memories))`;
const NEWEST = 'SELECT ifnull(max(csn), 0), ifnull(max(seq), 0) FROM changes';

/** Rows looked at between two reports of progress. */
const ROWS_PER_STEP = 256;

export interface RowCounts {
  readonly memories: number;
  readonly changes: number;
  readonly vectors: number;
}

export function countRows(statements: StatementCache): RowCounts {
  const [memories, changes, vectors] = statements.row(COUNTS) as [number, number, number];
  return { memories, changes, vectors };
}

/**
 * Looks at every page, every index and every checksum of a file that nobody else has open. The first fault is thrown as
 * MemoryDataCorruptionError. One step of progress per row.
 */
export function verifyDatabase(
  database: SqliteDatabase,
  statements: StatementCache,
  board: ProgressBoard,
): void {
  verifyPages(database);
  if (database.prepare('PRAGMA foreign_key_check').get() !== undefined)
    throw damaged('a row refers to another one that does not exist');
  // Its structure; a write statement to FTS5, though it writes nothing (sqlite.org/fts5.html#the_integrity_check_command).
  statements.run("INSERT INTO memories_text (memories_text) VALUES ('integrity-check')");
  const mismatches = statements.row(TEXT_MISMATCHES)?.[0];
  if (mismatches !== 0) throw damaged(`the full-text index differs from ${mismatches} memories`);
  sweep(statements, MEMORIES, board, recordFromRow);
  sweep(statements, CHANGES, board, changeFromRow);
  sweep(statements, VECTORS, board, (row) =>
    verifiedBytes(...(row as Parameters<typeof verifiedBytes>)),
  );
  verifyCounters(database, statements);
}

export function verifyPages(database: SqliteDatabase): void {
  const found = database.pragma('integrity_check(1)', { simple: true });
  if (found !== 'ok') throw damaged(String(found));
}

/** Calls `check`, which throws, with every row of a statement. */
export function sweep(
  statements: StatementCache,
  sql: string,
  board: ProgressBoard,
  check: (row: readonly unknown[]) => unknown,
): void {
  let rows = 0;
  for (const row of statements.use(sql).raw(true).iterate()) {
    check(row as unknown[]);
    rows += 1;
    if (rows % ROWS_PER_STEP === 0) board.advance(ROWS_PER_STEP);
  }
  board.advance(rows % ROWS_PER_STEP);
}

function verifyCounters(database: SqliteDatabase, statements: StatementCache): void {
  const { csn, changeSeq } = readMeta(database);
  const [loggedCsn = 0, loggedSeq = 0] = statements.row(NEWEST) as number[];
  if (loggedCsn <= csn && loggedSeq <= changeSeq) return;
  throw damaged(`the change log ends at commit ${loggedCsn}, the database at ${csn}`);
}

function damaged(reason: string): MemoryDataCorruptionError {
  return new MemoryDataCorruptionError(`the copy of the database is damaged: ${reason}`, {
    remedy: 'Check the database itself and the disk; nothing was kept of the copy.',
  });
}
