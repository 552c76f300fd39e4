import type { SqliteDatabase } from '../database.ts';
import { readMeta } from '../meta.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

const HIGHEST = `SELECT
  (SELECT max(csn) FROM main.tx_log), (SELECT max(csn) FROM main.memories), (SELECT max(csn) FROM main.changes),
  (SELECT max(seq) FROM main.changes), (SELECT max(id) FROM main.memories), (SELECT count(*) FROM main.engine_meta)`;

/** The counters of the file against what was written with them, and the newest commit against the mark outside the file. */
export function checkCounters(
  database: SqliteDatabase,
  statements: StatementCache,
  mark: number | null,
  findings: Findings,
): void {
  const meta = readMeta(database);
  const [outcome, memory, change, seq, id] = statements.row(HIGHEST) as (number | null)[];
  const wrong = (problem: string): void =>
    findings.structure({ area: 'counters', table: 'engine_meta', problem });
  // Every commit notes its outcome; outcomes are pruned from the oldest on, so the newest is there unless all are gone.
  if (outcome != null && outcome !== meta.csn)
    wrong(`the newest commit is ${meta.csn}, but the newest outcome is of commit ${outcome}`);
  if (Math.max(memory ?? 0, change ?? 0) > meta.csn)
    wrong(`the newest commit is ${meta.csn}, but there are rows of later ones`);
  if ((seq ?? 0) > meta.changeSeq)
    wrong(`the newest change is ${meta.changeSeq}, but there are later entries`);
  if ((id ?? 0) > meta.lastMemoryId)
    wrong(`the newest id is ${meta.lastMemoryId}, but there are later memories`);
  if (mark !== null && meta.csn < mark)
    wrong(
      `the file ends at commit ${meta.csn}, but ${mark} was acknowledged: commits ${meta.csn + 1} to ${mark} are lost`,
    );
}
