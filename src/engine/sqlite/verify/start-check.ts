import { sizeOf } from '../../file-size.ts';
import type { Finding } from '../../integrity-report.ts';
import type { SqliteDatabase } from '../database.ts';
import { HighWaterMark } from '../high-water-mark.ts';
import type { EngineMeta } from '../meta.ts';
import { StatementCache } from '../statement-cache.ts';
import { checkCounters } from './check-counters.ts';
import { checkLog } from './check-log.ts';
import { checkRows } from './check-rows.ts';
import { Findings } from './findings.ts';
import { verifyFile } from './verify-file.ts';

/** Files up to this size, log included, are looked at as a whole when they are opened; 150 to 200 ms at this size. */
const WHOLE_BYTES = 2_097_152;
/** Of larger ones the newest memories and log entries; 10 ms. */
const NEWEST = 1_000;

export interface StartCheck {
  readonly findings: readonly Finding[];
  /** Whether the whole file was looked at. */
  readonly whole: boolean;
}

/** What is wrong with a file that is about to be served, found in a time that does not grow with the file. Before anything is written. */
export function checkAtStart(database: SqliteDatabase, path: string, meta: EngineMeta): StartCheck {
  // Made a moment ago.
  if (meta.incarnation === 0 && meta.csn === 0) return { findings: [], whole: true };
  if (sizeOf(path) + sizeOf(`${path}-wal`) <= WHOLE_BYTES) {
    const { findings } = verifyFile(database, path, 'full', () => undefined);
    return { findings, whole: true };
  }
  const findings = new Findings();
  const statements = new StatementCache(database);
  const nobody = (): void => undefined;
  checkCounters(database, statements, HighWaterMark.read(path, meta.epoch), findings);
  checkRows(statements, meta.lastMemoryId - NEWEST, findings, nobody);
  checkLog(statements, meta.changeSeq - NEWEST, findings, nobody);
  return { findings: findings.list, whole: false };
}
