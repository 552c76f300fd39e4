import { placeOf } from '../conversation-turns.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, readRow } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

/** Rows read in one statement, between two looks at the clock of progress. */
const PAGE = 500;

const MEMORIES = `SELECT ${RECORD_COLUMNS}, t.conversation, t.position, t.namespace,
    (SELECT json_group_array(g.tag) FROM memory_tags g WHERE g.memory_id = m.id)
  FROM ${RECORD_SOURCE} LEFT JOIN conversation_turns t ON t.memory_id = m.id
  WHERE m.id > ? ORDER BY m.id LIMIT ?`;
/** Answered by the index of keys alone. */
const ID_OF_KEY = 'SELECT id FROM main.memories WHERE namespace = ? AND key = ?';

/** Goes through all memories from an id on: checksums, tags against their index, turns against the metadata. Returns how many. */
export function checkRows(
  statements: StatementCache,
  afterId: number,
  findings: Findings,
  onRows: (count: number) => void,
): number {
  let total = 0;
  for (let after = afterId; ; ) {
    const rows = statements.rows(MEMORIES, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return total;
    for (const row of rows) checkRow(statements, row, findings);
    if (!((last[0] as number) > after)) return outOfOrder(findings, total);
    after = last[0] as number;
    total += rows.length;
    onRows(rows.length);
  }
}

/** Row ids that do not ascend in a scan would never end. */
function outOfOrder(findings: Findings, total: number): number {
  const problem = 'the rows of memories are out of order';
  findings.structure({ area: 'rows', table: 'memories', problem });
  return total;
}

function checkRow(statements: StatementCache, row: readonly unknown[], findings: Findings): void {
  const [id, namespace, key] = row as [number, string, string];
  const place = { id, namespace: textOf(namespace), key: textOf(key) };
  const { record, sound } = readRow(row);
  if (!sound) {
    // Its names may be what is damaged: they are believed when the index of keys has them too.
    const known = statements.row(ID_OF_KEY, namespace, key)?.[0] === id;
    findings.entry({
      ...(known ? place : { id }),
      area: 'rows',
      table: 'memories',
      problem: `memory ${id} (${JSON.stringify(key)}) does not match its checksum`,
    });
    return;
  }
  const indexed = (JSON.parse(row[20] as string) as string[]).sort();
  if (JSON.stringify(indexed) !== JSON.stringify([...new Set(record.tags)].sort())) {
    findings.entry({
      ...place,
      area: 'tags',
      table: 'memory_tags',
      problem: `the index of tags differs from the tags of memory ${id} (${JSON.stringify(key)})`,
    });
  }
  const turn = placeOf(record);
  const [conversation, position, turnNamespace] = [row[17], row[18], row[19]];
  const same =
    turn === null
      ? conversation === null
      : turn.conversation === conversation &&
        turn.position === position &&
        turnNamespace === namespace;
  if (!same) {
    findings.entry({
      ...place,
      area: 'turns',
      table: 'conversation_turns',
      problem: `the place of memory ${id} (${JSON.stringify(key)}) in its conversation differs from its metadata`,
    });
  }
}

/** A damaged row may hold anything. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
