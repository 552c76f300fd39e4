import { randomUUID } from 'node:crypto';
import type { RepairReport } from '../../integrity-report.ts';
import type { SqliteDatabase } from '../database.ts';
import { findLink, sealLinks } from '../links.ts';
import { migrate } from '../migrations/migrate.ts';
import { StatementCache } from '../statement-cache.ts';
import { checkLog } from '../verify/check-log.ts';
import { Findings } from '../verify/findings.ts';
import { rebuildDerived } from './rebuild-derived.ts';
import { salvageByRowId } from './salvage.ts';
import { newestStates, salvageChanges } from './salvaged-changes.ts';
import { salvageMemories } from './salvaged-memories.ts';
import { copyTable, ordinaryTables } from './salvaged-tables.ts';
import { dropDamagedLinks, sealPersonas } from './sealed-rows.ts';

/** Copied in an order and a way of their own, or made anew. */
const OWN_WAY = new Set([
  'engine_meta',
  'personas',
  'memories',
  'changes',
  'memory_tags',
  'conversation_turns',
  'vector_codes',
  'memory_links',
]);
const COUNTERS = `UPDATE engine_meta SET csn = max(csn, ?, (SELECT ifnull(max(csn), 0) FROM memories), (SELECT ifnull(max(csn), 0) FROM changes)),
  change_seq = max(change_seq, (SELECT ifnull(max(seq), 0) FROM changes)),
  last_memory_id = max(last_memory_id, (SELECT ifnull(max(id), 0) FROM memories), (SELECT ifnull(max(memory_id), 0) FROM changes)),
  clean_shutdown = 1 WHERE id = 1`;
const ORPHANS = [
  'DELETE FROM memory_access WHERE memory_id NOT IN (SELECT id FROM memories)',
  `DELETE FROM embeddings WHERE memory_id NOT IN (SELECT id FROM memories) OR embedder_id NOT IN (SELECT id FROM embedders)`,
];
/** See checkLinks. */
const WRONG_LINKS = `DELETE FROM memory_links WHERE NOT EXISTS (SELECT 1 FROM memories s, memories t
    WHERE s.id = source_id AND t.id = target_id AND s.namespace = memory_links.namespace AND t.namespace = memory_links.namespace)
  OR (kind IN ('relates', 'contradicts') AND source_id > target_id) OR csn > (SELECT csn FROM engine_meta)`;

type Rebuilt = Pick<RepairReport, 'memories' | 'changes' | 'links' | 'vectors' | 'newEpoch'>;

interface Sources {
  readonly source: SqliteDatabase;
  readonly backup: SqliteDatabase | null;
  /** Commits that were acknowledged and are not in the source. */
  readonly lostCommits: number;
  /** The table of links was found damaged, so that the backup's are to be trusted more than none. */
  readonly linksDamaged: boolean;
}

/** Fills a new, empty file with all that can be saved; everything derived is made from the rows. In one transaction. */
export function rebuildFile(
  target: SqliteDatabase,
  { source, backup, lostCommits, linksDamaged }: Sources,
  onRows: (count: number) => void,
): Rebuilt {
  const now = Date.now();
  migrate(target, now);
  target.pragma('foreign_keys = OFF');
  target.exec('BEGIN IMMEDIATE');
  const meta = copyMeta(source, target);
  const statements = new StatementCache(target);
  copyTable(source, target, 'personas');
  for (const table of ordinaryTables(target))
    if (!OWN_WAY.has(table)) copyTable(source, target, table);
  const changes = salvageChanges(source, target, backup, meta.changeSeq, meta.trimmed);
  const memories = salvageMemories({
    ...{ source, target, backup, now },
    personas: personasOf(source),
    newest: newestStates(target),
    logComplete: changes.complete,
  });
  const links = copyLinks(source, target, statements, linksDamaged ? backup : null);
  statements.run(COUNTERS, meta.csn);
  const droppedLinks = links.lost + statements.run(WRONG_LINKS);
  sealPersonas(statements, now);
  for (const sql of ORPHANS) statements.run(sql);
  keepOutcomesInStep(statements);
  const dropped = changes.complete && isLogSound(statements) ? 0 : dropLog(statements, now);
  const vectors = rebuildDerived(target, onRows);
  if (vectors.missing > 0) statements.run('UPDATE embedders SET complete = 0');
  const newEpoch =
    !meta.found ||
    dropped > 0 ||
    !changes.complete ||
    lostCommits > 0 ||
    memories.restored.length + memories.lost.length > 0;
  if (newEpoch)
    statements.run('UPDATE engine_meta SET epoch = ? WHERE id = 1', randomUUID().slice(0, 8));
  target.exec('COMMIT');
  return {
    memories,
    changes: { saved: changes.saved, filled: changes.filled, dropped },
    links: { saved: links.saved, filled: links.filled, dropped: droppedLinks },
    vectors,
    newEpoch,
  };
}

interface SalvagedMeta {
  readonly found: boolean;
  readonly csn: number;
  readonly changeSeq: number;
  readonly trimmed: boolean;
}

function copyMeta(source: SqliteDatabase, target: SqliteDatabase): SalvagedMeta {
  target.exec('DELETE FROM engine_meta');
  copyTable(source, target, 'engine_meta');
  // Of a file of schema version 1.
  target.exec("UPDATE engine_meta SET store_id = lower(hex(randomblob(8))) WHERE store_id = ''");
  const row = new StatementCache(target).row(
    'SELECT csn, change_seq, trimmed_at FROM engine_meta WHERE id = 1',
  );
  if (row !== undefined) {
    const [csn, changeSeq, trimmedAt] = row as [number, number, number | null];
    return { found: true, csn, changeSeq, trimmed: trimmedAt !== null };
  }
  target
    .prepare(
      `INSERT INTO engine_meta (id, epoch, incarnation, cache_epoch, csn, change_seq, last_memory_id, clean_shutdown, created_at, store_id)
       VALUES (1, 'repaired', 0, 0, 0, 0, 0, 1, ?, lower(hex(randomblob(8))))`,
    )
    .run(Date.now());
  return { found: false, csn: 0, changeSeq: 0, trimmed: false };
}

function personasOf(source: SqliteDatabase): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  salvageByRowId(source, 'personas', 'name', ([id, name]) =>
    names.set(id as number, name as string),
  );
  return names;
}

function copyLinks(
  source: SqliteDatabase,
  target: SqliteDatabase,
  statements: StatementCache,
  backup: SqliteDatabase | null,
): { readonly saved: number; readonly lost: number; readonly filled: number } {
  const count = (): number =>
    target.prepare('SELECT count(*) FROM memory_links').pluck().get() as number;
  copyTable(source, target, 'memory_links');
  const damaged = dropDamagedLinks(statements);
  const saved = count();
  if (backup !== null) copyTable(backup, target, 'memory_links');
  sealLinks(statements);
  const lost = damaged.filter((link) => findLink(statements, link) === undefined).length;
  return { saved, lost, filled: count() - saved };
}

/** The newest outcome is that of the newest commit, or there are none. */
function keepOutcomesInStep(statements: StatementCache): void {
  statements.run(
    `DELETE FROM tx_log WHERE (SELECT max(csn) FROM tx_log) <> (SELECT csn FROM engine_meta WHERE id = 1)`,
  );
}

/** An outcome is worth less than the history: when they differ, outcomes are tried without. */
function isLogSound(statements: StatementCache): boolean {
  const check = (): boolean => {
    const findings = new Findings();
    checkLog(statements, Number.MIN_SAFE_INTEGER, findings, () => undefined);
    return findings.list.length === 0;
  };
  if (check()) return true;
  statements.run('DELETE FROM tx_log');
  return check();
}

/** A log with a gap would hide changes from whoever follows it, and show states that never were: it begins anew. */
function dropLog(statements: StatementCache, now: number): number {
  statements.run('UPDATE engine_meta SET trimmed_at = ? WHERE id = 1', now);
  return statements.run('DELETE FROM changes');
}
