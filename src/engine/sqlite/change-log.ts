import type { ReadMap } from '../backends/read-map.ts';
import type { ChangeKind, ChangeRecord } from '../model/change.ts';
import { evaluateFilter } from '../search/filter-evaluate.ts';
import { damagedRecord, recordFromRow, type StoredForm, storedForm } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

const INSERT = `INSERT INTO changes (seq, csn, txid, kind, at, namespace, memory_id, key, section, persona, importance, version,
  record_csn, created_at, updated_at, expires_at, accessed_at, access_count, crc, tags, metadata, value)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The record columns first, in the order of record-row.ts. */
export const CHANGE_COLUMNS = `memory_id, namespace, key, value, metadata, tags, section, persona, importance, version, record_csn, created_at,
  updated_at, accessed_at, access_count, expires_at, crc, seq, csn, txid, kind, at`;
const SELECT_AFTER = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE seq > ? AND namespace = ? ORDER BY seq LIMIT ?`;
const SELECT_OF_UNIT = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE seq > ? AND csn = ? ORDER BY seq`;
const SELECT_NEWEST_OF_KEY = `SELECT ${CHANGE_COLUMNS} FROM changes WHERE memory_id IN (
    SELECT id FROM memories WHERE namespace = ? AND key = ?
    UNION ALL SELECT memory_id FROM changes WHERE namespace = ? AND key = ? AND kind = 'deleted')
  ORDER BY seq DESC LIMIT 1`;
/** Values may be a megabyte each; a page of changes stays within a few of them. */
export const MAX_PAGE_BYTES = 4_194_304;
const SELECT_BOUNDS =
  'SELECT change_seq, (SELECT min(seq) FROM changes WHERE seq > 0), trimmed_at FROM engine_meta WHERE id = 1';

export interface LogBounds {
  readonly headSeq: number;
  /** Smallest seq still in the log; headSeq + 1 when it is empty. Above 1 the log was trimmed. */
  readonly oldestSeq: number;
  /** Latest time (Unix ms) among the entries that were trimmed; null when none were. */
  readonly trimmedAt: number | null;
}

export function appendChange(
  statements: StatementCache,
  change: ChangeRecord,
  { crc, tagsText }: StoredForm = storedForm(change.record),
): void {
  const { record } = change;
  statements.run(
    INSERT,
    change.seq,
    change.csn,
    change.txid,
    change.kind,
    change.at,
    record.namespace,
    record.id,
    record.key,
    record.section,
    record.persona,
    record.importance,
    record.version,
    record.csn,
    record.createdAt,
    record.updatedAt,
    record.expiresAt,
    record.accessedAt,
    record.accessCount,
    crc,
    tagsText,
    record.metadataText,
    record.valueText,
  );
}

/** Changes after a position, in commit order, at most `limit` looked at; the filter sees the record of the change. */
export function readChanges(
  statements: StatementCache,
  args: ReadMap['changes']['args'],
): ReadMap['changes']['result'] {
  const { headSeq, oldestSeq } = readLogBounds(statements);
  const { filter } = args;
  const { scanned, complete } = scan(statements, args);
  const last = scanned.at(-1);
  return {
    changes:
      filter === null ? scanned : scanned.filter((change) => evaluateFilter(filter, change.record)),
    scannedSeq: complete || last === undefined ? Math.max(headSeq, args.afterSeq) : last.seq,
    headSeq,
    oldestSeq,
  };
}

/** The changes of one committed unit newer than `afterSeq`, to answer a caller whose acknowledgement was lost with the writer thread. */
export function readChangesOfUnit(
  statements: StatementCache,
  afterSeq: number,
  csn: number,
): readonly ChangeRecord[] {
  return statements.rows(SELECT_OF_UNIT, afterSeq, csn).map(changeFromRow);
}

export function newestChangeOf(
  statements: StatementCache,
  namespace: string,
  key: string,
): ChangeRecord | undefined {
  const row = statements.row(SELECT_NEWEST_OF_KEY, namespace, key, namespace, key);
  return row === undefined ? undefined : changeFromRow(row);
}

/** Stops at the limit, or when the texts together pass the bound of one page; `complete` = nothing is left behind it. */
function scan(
  statements: StatementCache,
  { afterSeq, namespace, limit }: ReadMap['changes']['args'],
): { readonly scanned: readonly ChangeRecord[]; readonly complete: boolean } {
  const scanned: ChangeRecord[] = [];
  let bytes = 0;
  const rows = statements.use(SELECT_AFTER).raw(true).iterate(afterSeq, namespace, limit);
  for (const row of rows) {
    const change = changeFromRow(row as unknown[]);
    scanned.push(change);
    bytes += change.record.valueText.length + change.record.metadataText.length;
    if (bytes >= MAX_PAGE_BYTES) return { scanned, complete: false };
  }
  return { scanned, complete: scanned.length < limit };
}

export function readLogBounds(statements: StatementCache): LogBounds {
  const row = statements.row(SELECT_BOUNDS) as [number, number | null, number | null];
  const [headSeq, oldestSeq, trimmedAt] = row;
  return { headSeq, oldestSeq: oldestSeq ?? headSeq + 1, trimmedAt };
}

/** The checksum of a record does not cover what kind of change left it. */
export function isChangeKind(text: unknown): text is ChangeKind {
  return text === 'created' || text === 'updated' || text === 'deleted';
}

/** Reads a row of CHANGE_COLUMNS and verifies its checksum. */
export function changeFromRow(row: readonly unknown[]): ChangeRecord {
  const record = recordFromRow(row);
  const kind = row[20];
  if (!isChangeKind(kind)) throw damagedRecord(record, 'has a change of no known kind');
  return {
    record,
    seq: row[17] as number,
    csn: row[18] as number,
    txid: row[19] as string,
    kind,
    at: row[21] as number,
  };
}
