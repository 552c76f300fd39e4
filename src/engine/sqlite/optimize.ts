import type { SqliteDatabase } from './database.ts';
import type { StatementCache } from './statement-cache.ts';

/** Slices of 200 pages merged by one optimisation. */
const MERGE_SLICES = 16;

/** Fresh planner statistics and a smaller full-text index; returns what was done. */
export function optimize(database: SqliteDatabase, statements: StatementCache): readonly string[] {
  database.pragma('optimize = 0x10002');
  let merged = 0;
  // Bounded slices instead of 'optimize', which would hold the writer for the whole index.
  for (let slice = 0; slice < MERGE_SLICES; slice += 1) {
    const before = totalChanges(statements);
    statements.run("INSERT INTO memories_text (memories_text, rank) VALUES ('merge', 200)");
    // A merge that finds nothing to do changes fewer than two rows (sqlite.org/fts5.html#the_merge_command).
    if (totalChanges(statements) - before < 2) break;
    merged += 1;
  }
  return ['planner statistics refreshed', `${merged} slices of the full-text index merged`];
}

function totalChanges(statements: StatementCache): number {
  return statements.row('SELECT total_changes()')?.[0] as number;
}
