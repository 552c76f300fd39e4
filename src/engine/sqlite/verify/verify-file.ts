import type { Finding, VerifyDepth, VerifyReport } from '../../integrity-report.ts';
import type { SqliteDatabase } from '../database.ts';
import { schemaVersion } from '../file-format.ts';
import { HighWaterMark } from '../high-water-mark.ts';
import { type EngineMeta, readMeta } from '../meta.ts';
import { CHECKSUMS_SINCE } from '../migrations/005-totals-and-checksums.ts';
import { toMemoryError } from '../sqlite-errors.ts';
import { StatementCache } from '../statement-cache.ts';
import { checkCounters } from './check-counters.ts';
import { checkLinks } from './check-links.ts';
import { checkLog } from './check-log.ts';
import { checkPersonas } from './check-personas.ts';
import { checkRows } from './check-rows.ts';
import { checkStructure } from './check-structure.ts';
import { checkText } from './check-text.ts';
import { checkTextTotals } from './check-text-totals.ts';
import { checkVectors } from './check-vectors.ts';
import { Findings, RESTORE_REMEDY } from './findings.ts';

/** Newest rows and log entries that `quick` reads; about 10 ms. */
const QUICK_ROWS = 1_000;

const COUNTS = `SELECT (SELECT count(*) FROM main.memories NOT INDEXED), (SELECT count(*) FROM main.changes NOT INDEXED),
  (SELECT count(*) FROM main.embeddings)`;

export interface VerifyProgress {
  readonly done: number;
  /** Memories, log entries, texts and vectors together; what SQLite itself looks at is not counted. */
  readonly total: number;
}

/**
 * Everything that can be known to be wrong with a database, on a connection that never writes to it. Each check sees one snapshot;
 * between them a writer may go on. Throws only when the file cannot be looked at, as one that is no database.
 */
export function verifyFile(
  database: SqliteDatabase,
  path: string,
  depth: VerifyDepth,
  onProgress: (progress: VerifyProgress) => void,
): VerifyReport {
  const start = performance.now();
  const statements = new StatementCache(database);
  const findings = new Findings();
  const full = depth === 'full';
  // The mark first: it is written after its commit, so a snapshot taken later holds all that it tells of.
  const meta = metaOf(database, findings);
  const mark = meta === null ? null : HighWaterMark.read(path, meta.epoch);
  const { csn, changeSeq, lastMemoryId } = metaOf(database, findings) ?? {
    csn: 0,
    changeSeq: 0,
    lastMemoryId: 0,
  };
  const counts = countsOf(statements, findings);
  const [memories, changes, vectors] = counts;
  const total = full ? 2 * memories + changes + vectors : 0;
  let done = 0;
  const onRows = (count: number): void => {
    done += count;
    onProgress({ done: Math.min(done, total), total });
  };
  const inSnapshot = (check: () => unknown): void => {
    database.exec('BEGIN');
    try {
      check();
    } catch (error) {
      findings.structure(unreadable(error));
    } finally {
      if (database.inTransaction) database.exec('ROLLBACK');
    }
  };
  inSnapshot(() => checkStructure(database, statements, full, findings));
  if (meta !== null) inSnapshot(() => checkCounters(database, statements, mark, findings));
  // A file of an earlier version has none, and totals that its migration counts anew.
  const hasChecksums = schemaVersion(database) >= CHECKSUMS_SINCE;
  if (hasChecksums) inSnapshot(() => checkPersonas(statements, findings));
  inSnapshot(() => checkLinks(statements, full && hasChecksums, findings));
  const quickFrom = (newest: number): number =>
    full ? Number.MIN_SAFE_INTEGER : newest - QUICK_ROWS;
  inSnapshot(() => checkRows(statements, quickFrom(lastMemoryId), findings, onRows));
  inSnapshot(() => checkLog(statements, quickFrom(changeSeq), findings, onRows));
  if (full) {
    inSnapshot(() => checkText(database, statements, findings, onRows));
    if (hasChecksums) inSnapshot(() => checkTextTotals(statements, findings));
    inSnapshot(() => checkVectors(statements, findings, onRows));
  }
  return {
    path,
    depth,
    ok: findings.list.length === 0,
    csn,
    highWaterMark: mark,
    memories,
    changes,
    vectors,
    findings: findings.list,
    omitted: findings.omitted,
    tookMs: performance.now() - start,
  };
}

function metaOf(database: SqliteDatabase, findings: Findings): EngineMeta | null {
  try {
    return readMeta(database);
  } catch (error) {
    const { message } = toMemoryError(error);
    if (!findings.has('counters'))
      findings.structure({ area: 'counters', table: 'engine_meta', problem: message });
    return null;
  }
}

function countsOf(
  statements: StatementCache,
  findings: Findings,
): readonly [number, number, number] {
  try {
    return statements.row(COUNTS) as [number, number, number];
  } catch (error) {
    findings.structure(unreadable(error));
    return [0, 0, 0];
  }
}

/** A page that SQLite refuses to read stops a check. */
function unreadable(error: unknown): Pick<Finding, 'area' | 'table' | 'problem' | 'remedy'> {
  const { message, remedy = RESTORE_REMEDY } = toMemoryError(error);
  return { area: 'unknown', table: 'sqlite_schema', problem: message, remedy };
}
