import type { BackupManifest } from '../../backup/backup-manifest.ts';
import type { StatementCache } from '../statement-cache.ts';

/**
 * What an incremental backup takes from each table. Memories are not among them: the change log holds every one of their
 * versions, and what is derived from them is made anew. Links and personas are in no log, so all of them are taken each
 * time. Access statistics, which may be lost by contract, are taken as far as they are newer than the base. Vectors can
 * be made again from the texts, and are (see replay-increment.ts).
 */
export interface IncrementTable {
  readonly name: string;
  /** Over `@seq`, `@csn` and `@since` (Unix ms) of the base. */
  readonly where: string;
  readonly order: string;
}

export const INCREMENT_TABLES: readonly IncrementTable[] = [
  { name: 'changes', where: 'seq > @seq', order: 'seq' },
  { name: 'personas', where: 'true', order: 'id' },
  { name: 'memory_links', where: 'true', order: 'source_id, kind, target_id' },
  { name: 'memory_access', where: 'accessed_at >= @since', order: 'memory_id' },
  { name: 'idempotency', where: 'csn > @csn', order: 'rowid' },
  { name: 'tx_log', where: 'csn > @csn', order: 'txid' },
];

/** Accesses are counted some time after they happened, in batches; far longer than a batch waits. */
const ACCESS_MARGIN_MS = 60_000;

/** Where an increment begins. */
export type IncrementBase = Pick<
  BackupManifest,
  'name' | 'sha256' | 'epoch' | 'csn' | 'changeSeq' | 'schemaVersion' | 'takenAt'
>;

export function incrementBounds({
  changeSeq,
  csn,
  takenAt,
}: IncrementBase): Readonly<Record<string, number>> {
  return { seq: changeSeq, csn, since: Date.parse(takenAt) - ACCESS_MARGIN_MS };
}

/** Only the parameters that a condition names: SQLite refuses others. */
export function parametersOf(
  { where }: IncrementTable,
  bounds: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(bounds).filter(([name]) => where.includes(`@${name}`)));
}

/** Statement that makes the same table elsewhere. */
export function tableSql(statements: StatementCache, table: string): string {
  const sql = statements.row(
    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?",
    table,
  );
  return String(sql?.[0]);
}
