import type { MemoryRecord } from '../model/memory-record.ts';
import type { DuplicateProbe } from './duplicates.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, recordFromRow } from './record-row.ts';
import type { RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';
import { supersededCondition } from './superseded.ts';

/**
 * Memories that a store could be a duplicate of and whose value matches an FTS5 expression, oldest first: of the same
 * section and persona under another key, visible and not superseded (what was replaced is not what is known now).
 */
export function matchCandidates(
  statements: StatementCache,
  probe: DuplicateProbe,
  source: RecordSource,
  expression: string,
  limit: number,
): readonly MemoryRecord[] {
  const table = source.fullTextTable;
  const name = table.slice(table.indexOf('.') + 1);
  const current = supersededCondition(source, probe.now);
  const sql = `SELECT ${RECORD_COLUMNS} FROM ${table} CROSS JOIN ${source.from}
    WHERE ${name} MATCH ? AND m.id = ${name}.rowid AND m.namespace = ? AND m.section = ? AND p.name IS ? AND m.key <> ?
      AND ${NOT_EXPIRED} ${source.condition} AND ${current.sql}
    ORDER BY ${name}.rowid LIMIT ?`;
  const { namespace, section, persona, key, now } = probe;
  const params = [`{body} : (${expression})`, namespace, section, persona, key, now];
  return statements.rows(sql, ...params, ...current.params, limit).map(recordFromRow);
}

/** The same by their ids. */
export function candidatesById(
  statements: StatementCache,
  probe: DuplicateProbe,
  source: RecordSource,
  ids: readonly number[],
): readonly MemoryRecord[] {
  if (ids.length === 0) return [];
  const current = supersededCondition(source, probe.now);
  const sql = `SELECT ${RECORD_COLUMNS} FROM ${source.from}
    WHERE m.id IN (SELECT value FROM json_each(?)) AND m.namespace = ? AND m.section = ? AND p.name IS ? AND m.key <> ?
      AND ${NOT_EXPIRED} ${source.condition} AND ${current.sql}`;
  const { namespace, section, persona, key, now } = probe;
  const params = [JSON.stringify(ids), namespace, section, persona, key, now];
  return statements.rows(sql, ...params, ...current.params).map(recordFromRow);
}
