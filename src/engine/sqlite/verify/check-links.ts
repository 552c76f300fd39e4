import { LINK_COLUMNS, readLinkRow } from '../links.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

/** Links whose ends are not both in their namespace, and mutual ones that do not start at the smaller id. */
const WRONG = `SELECT l.source_id, l.kind, l.target_id, s.key FROM main.memory_links l
  LEFT JOIN main.memories s ON s.id = l.source_id LEFT JOIN main.memories t ON t.id = l.target_id
  WHERE s.namespace IS NOT l.namespace OR t.namespace IS NOT l.namespace
    OR (l.kind IN ('relates', 'contradicts') AND l.source_id > l.target_id)
    OR l.csn > (SELECT csn FROM main.engine_meta)
  LIMIT 1000`;
const ALL = `SELECT ${LINK_COLUMNS} FROM main.memory_links`;

/** Links against their memories, in full against their checksums too. */
export function checkLinks(statements: StatementCache, full: boolean, findings: Findings): void {
  for (const row of statements.rows(WRONG)) {
    const [source, kind, target, key] = row as [number, string, number, string | null];
    // No checksum tells which of its columns is wrong, so it may belong to any namespace.
    findings.entry({
      area: 'links',
      table: 'memory_links',
      id: source,
      key,
      problem: `the link ${kind} from ${source} to ${target} does not belong to its memories`,
    });
  }
  if (!full) return;
  for (const row of statements.use(ALL).raw(true).iterate() as Iterable<unknown[]>) {
    const { link, sound } = readLinkRow(row);
    if (sound) continue;
    const { sourceId, kind, targetId } = link;
    findings.entry({
      area: 'links',
      table: 'memory_links',
      id: sourceId,
      problem: `the link ${kind} from ${sourceId} to ${targetId} does not match its checksum`,
    });
  }
}
