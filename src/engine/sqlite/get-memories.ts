import { type PackedPage, packPage } from '../backends/packed-page.ts';
import type { ReadMap } from '../backends/read-map.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import { live } from './apply-operation.ts';
import { NOT_EXPIRED, RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import { isSoundText, RECORD_TEXT } from './record-text.ts';
import type { StatementCache } from './statement-cache.ts';

/** In the order of the targets, null where nothing visible is found. */
export function getMemories(
  statements: StatementCache,
  args: ReadMap['getMany']['args'],
): ReadMap['getMany']['result'] {
  const found = findMemories(statements, args.namespace, args.targets);
  return found.map((record) => live(record, args.now) ?? null);
}

const SELECT_TEXT = `SELECT ${RECORD_TEXT} FROM ${RECORD_SOURCE} WHERE m.namespace = ? AND ${NOT_EXPIRED}`;

/** One memory ready to travel, or none; null when its row does not match its checksum: `getMemories` tells whether it is damaged. */
export function getText(
  statements: StatementCache,
  namespace: string,
  target: Target,
  now: number,
): PackedPage | null {
  const texts = (
    'key' in target
      ? statements.column(`${SELECT_TEXT} AND m.key = ?`, namespace, now, target.key)
      : statements.column(`${SELECT_TEXT} AND m.id = ?`, namespace, now, target.id)
  ) as string[];
  return texts.every(isSoundText) ? packPage(texts, { hasMore: false, total: null }) : null;
}

/** In the order of the targets, expired or not; undefined where there is none. */
export function findMemories(
  statements: StatementCache,
  namespace: string,
  targets: readonly Target[],
  source: RecordSource = FILE_SOURCE,
): readonly (MemoryRecord | undefined)[] {
  const select = `SELECT ${RECORD_COLUMNS} FROM ${source.from} WHERE m.namespace = ? ${source.condition}`;
  const keys = targets.flatMap((target) => ('key' in target ? [target.key] : []));
  const ids = targets.flatMap((target) => ('key' in target ? [] : [target.id]));
  const byKey = new Map<string, MemoryRecord>();
  const byId = new Map<number, MemoryRecord>();
  for (const row of rowsOf(statements, select, 'm.key', namespace, keys)) {
    const record = recordFromRow(row);
    byKey.set(record.key, record);
  }
  for (const row of rowsOf(statements, select, 'm.id', namespace, ids)) {
    const record = recordFromRow(row);
    byId.set(record.id, record);
  }
  return targets.map((target) => ('key' in target ? byKey.get(target.key) : byId.get(target.id)));
}

/** One value by equality, several through one bound JSON list, so that the statement is the same for every number. */
function rowsOf(
  statements: StatementCache,
  select: string,
  column: string,
  namespace: string,
  values: readonly (string | number)[],
): readonly unknown[][] {
  if (values.length === 0) return [];
  if (values.length === 1)
    return statements.rows(`${select} AND ${column} = ?`, namespace, values[0]);
  const list = JSON.stringify(values);
  return statements.rows(
    `${select} AND ${column} IN (SELECT value FROM json_each(?))`,
    namespace,
    list,
  );
}
