import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteDatabase } from '../database.ts';

/** Where the copy of a file of an older schema version is kept; the next migration from that version replaces it. */
export function copyPathOf(path: string, version: number): string {
  return `${path}.schema-${version}.backup`;
}

/**
 * Keeps the file as its old version left it, before the first step to a newer one: a step that succeeds cannot be undone, and
 * the program that wrote the old version opens nothing newer. A whole consistent copy in rollback-journal mode, on the disk
 * before this returns; costs the time and the space of one copy. Throws what SQLite or the disk says when it cannot be made.
 */
export function copyBeforeMigration(database: SqliteDatabase, version: number): void {
  const copy = copyPathOf(database.name, version);
  const partial = `${copy}.partial`;
  try {
    rmSync(partial, { force: true });
    database.prepare('VACUUM INTO ?').run(partial);
    flush(partial);
    renameSync(partial, copy);
    flush(dirname(copy));
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Safe here: SQLite has no handle on the copy any more (engine.md pitfall 1 is about files it holds open). */
function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
