import type { BackupManifest } from '../../backup/backup-manifest.ts';
import type { ProgressBoard } from '../../backup/progress-board.ts';
import { MemoryDataCorruptionError } from '../../errors.ts';
import type { SqliteDatabase } from '../database.ts';
import { sealLinks } from '../links.ts';
import { readMeta } from '../meta.ts';
import type { StatementCache } from '../statement-cache.ts';
import { Replay } from './replay-increment.ts';

/** Where to stop; both null for the end of the increment. */
export interface StopAt {
  readonly csn: number | null;
  /** Unix ms */
  readonly at: number | null;
}

/** More than any commit number or time. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

const HEADER = 'SELECT epoch, base_csn, base_seq, csn, last_memory_id FROM increment.increment';
/** What was linked until then; what was unlinked since the base stays linked, for nothing tells when that was. */
const LINKED_UNTIL = `WHERE csn <= @csn AND created_at <= @at
  AND EXISTS (SELECT 1 FROM main.memories WHERE id = source_id) AND EXISTS (SELECT 1 FROM main.memories WHERE id = target_id)`;
const ACCESSED = 'WHERE EXISTS (SELECT 1 FROM main.memories WHERE id = memory_id)';
const SAVE_POSITION =
  'UPDATE engine_meta SET csn = ?, change_seq = ?, last_memory_id = max(last_memory_id, ?) WHERE id = 1';
/** So that the engine looks for memories without a vector when it opens the file. */
const VECTORS_MISSING = 'UPDATE embedders SET complete = 0';

/** Brings a database that nobody else has open from the base of an increment to its end, or to where to stop. */
export function applyIncrement(
  database: SqliteDatabase,
  statements: StatementCache,
  path: string,
  { name }: BackupManifest,
  stop: StopAt,
  board: ProgressBoard,
): void {
  database.prepare('ATTACH ? AS increment').run(path);
  const [epoch, baseCsn, baseSeq, csn, lastMemoryId] = statements.row(HEADER) as [
    string,
    number,
    number,
    number,
    number,
  ];
  const meta = readMeta(database);
  if (epoch !== meta.epoch || baseCsn !== meta.csn || baseSeq !== meta.changeSeq)
    throw new MemoryDataCorruptionError(`the backup ${name} does not continue the one before it`, {
      remedy: 'Restore an earlier point, or the full backup alone.',
    });
  const replay = new Replay(
    database,
    statements,
    (change) => change.csn <= (stop.csn ?? NO_BOUND) && change.at <= (stop.at ?? NO_BOUND),
  );
  const end = replay.run(meta.changeSeq, board);
  const reached = endOf(csn, stop, end.stoppedBefore);
  database
    .transaction(() => {
      applyImages(database, reached === csn && end.stoppedBefore === null, {
        csn: reached,
        at: stop.at ?? NO_BOUND,
      });
      sealLinks(statements);
      statements.run(SAVE_POSITION, reached, end.seq, lastMemoryId);
      statements.run(VECTORS_MISSING);
    })
    .immediate();
  database.exec('DETACH increment');
}

/** The commit that the database then ends with: commits that left no change in the log count too. */
function endOf(csn: number, stop: StopAt, stoppedBefore: number | null): number {
  return Math.min(csn, stop.csn ?? csn, stoppedBefore ?? csn);
}

function applyImages(
  database: SqliteDatabase,
  whole: boolean,
  bounds: { readonly csn: number; readonly at: number },
): void {
  const copy = (table: string, where = '', parameters = {}): void => {
    // By the columns that the increment has: later versions may have added some, which have defaults.
    const columns = columnsOf(database, table);
    database
      .prepare(
        `INSERT OR REPLACE INTO main.${table} (${columns}) SELECT ${columns} FROM increment.${table} ${where}`,
      )
      .run(parameters);
  };
  if (whole) {
    database.exec('DELETE FROM main.memory_links');
    copy('memory_links');
    copy('memory_access', ACCESSED);
  } else {
    copy('memory_links', LINKED_UNTIL, bounds);
  }
  copy('idempotency', 'WHERE csn <= @csn AND created_at <= @at', bounds);
  copy('tx_log', 'WHERE csn <= @csn AND at <= @at', bounds);
}

/** Of a table of the attached increment. */
export function columnsOf(database: SqliteDatabase, table: string): string {
  const names = database
    .prepare("SELECT name FROM pragma_table_info(?, 'increment')")
    .pluck()
    .all(table);
  return names.join(', ');
}
