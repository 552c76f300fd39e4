import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { type BackupManifest, backupFileName } from '../../backup/backup-manifest.ts';
import {
  hashFile,
  renameDurably,
  STEP_BYTES,
  syncDirectory,
  syncFile,
} from '../../backup/durable-file.ts';
import type { RestoreReport, RestoreWork } from '../../backup/maintenance-work.ts';
import { ProgressBoard } from '../../backup/progress-board.ts';
import { MemoryConnectionError, MemoryDataCorruptionError, ValidationError } from '../../errors.ts';
import type { SqliteDatabase } from '../database.ts';
import { refuseForeignFile } from '../file-format.ts';
import { readMeta } from '../meta.ts';
import { migrate, SCHEMA_VERSION } from '../migrations/migrate.ts';
import { OwnerLock } from '../owner-lock.ts';
import { withoutReplicas } from '../replica-lock.ts';
import { StatementCache } from '../statement-cache.ts';
import { applyIncrement } from './apply-increment.ts';
import { countRows, verifyDatabase } from './verify-database.ts';

/** Files that belong to a database; moved aside together, because a new database would take the log of the old one for its own. */
const SUFFIXES = ['', '-wal', '-shm', '-journal', '.hwm'] as const;

/**
 * A new history: other processes' cursors, cached values and published vectors are of a future that this file does not
 * have. The commit numbers go on from the backup's, and the high-water mark beside the file, which names its history,
 * counts no more. The cache epoch jumps to the time, because the lost future may have used the next ones; whatever a
 * vector store still holds is garbage to it, and all vectors are published again.
 */
const NEW_HISTORY =
  'UPDATE engine_meta SET epoch = ?, cache_epoch = max(cache_epoch, ?) + 1, clean_shutdown = 1 WHERE id = 1';
const FORGET_PARTICIPANTS = ['DELETE FROM outbox', 'DELETE FROM published_vectors'];

/**
 * Makes a database from a chain of backups. It is built and verified beside the target and takes its place only at the
 * end, so that whatever fails leaves the target as it was. Nobody can open the target meanwhile. Errors:
 * ValidationError when it exists, MemoryConnectionError when it is in use, MemoryDataCorruptionError for a damaged backup.
 */
export function restoreBackup(work: RestoreWork): RestoreReport {
  const { target } = work;
  if (!existsSync(dirname(target)))
    throw new MemoryConnectionError(`the folder ${dirname(target)} does not exist`, {
      remedy: 'Create it, or choose another database.',
    });
  const lock = new OwnerLock(target);
  try {
    return withoutReplicas(target, 'be replaced', () => replace(work));
  } finally {
    lock.release();
  }
}

function replace(work: RestoreWork): RestoreReport {
  const { target } = work;
  refuseExisting(work);
  const scratch = `${target}.restoring`;
  removeAll(scratch);
  try {
    const built = build(work, scratch);
    syncFile(scratch);
    const movedAside = moveAside(target);
    renameDurably(scratch, target);
    return { path: target, backups: work.chain.map(({ name }) => name), ...built, movedAside };
  } finally {
    removeAll(scratch);
  }
}

function build(
  { directory, chain, csn, at, progress }: RestoreWork,
  scratch: string,
): Pick<RestoreReport, 'csn' | 'memories' | 'epoch'> {
  const board = new ProgressBoard(progress);
  const [full, ...increments] = chain;
  if (full === undefined) throw new ValidationError('there is no backup to restore');
  for (const { bytes, changes, kind } of chain)
    board.expect(bytes / STEP_BYTES + (kind === 'full' ? 0 : changes));
  // Everything is read once before anything is made of it.
  for (const backup of increments) checkFile(directory, backup, board);
  checkFile(directory, full, board, scratch);
  const database = new Database(scratch);
  try {
    refuseForeignFile(database, SCHEMA_VERSION);
    // Nothing of the scratch file outlives a failure, so it needs no journal on disk; it is brought to the disk at the end.
    database.pragma('journal_mode = MEMORY');
    database.pragma('synchronous = OFF');
    database.pragma('foreign_keys = ON');
    migrate(database, Date.now());
    const statements = new StatementCache(database);
    for (const [index, backup] of increments.entries()) {
      const last = index === increments.length - 1;
      const stop = last ? { csn, at } : { csn: null, at: null };
      applyIncrement(
        database,
        statements,
        join(directory, backupFileName(backup)),
        backup,
        stop,
        board,
      );
    }
    return finish(database, statements, board);
  } finally {
    database.close();
  }
}

function finish(
  database: SqliteDatabase,
  statements: StatementCache,
  board: ProgressBoard,
): Pick<RestoreReport, 'csn' | 'memories' | 'epoch'> {
  const { memories, changes, vectors } = countRows(statements);
  board.expect(memories + changes + vectors);
  statements.run(NEW_HISTORY, randomUUID().slice(0, 8), Date.now());
  for (const sql of FORGET_PARTICIPANTS) statements.run(sql);
  database.pragma('journal_mode = DELETE');
  verifyDatabase(database, statements, board);
  const { csn, epoch } = readMeta(database);
  return { csn, epoch, memories };
}

function checkFile(
  directory: string,
  backup: BackupManifest,
  board: ProgressBoard,
  copyTo?: string,
): void {
  const file = backupFileName(backup);
  if (hashFile(join(directory, file), board, copyTo) === backup.sha256) return;
  throw new MemoryDataCorruptionError(`the backup ${file} does not match its checksum`, {
    data: { backup: backup.name },
    remedy: 'Restore another backup (--list shows them).',
  });
}

function refuseExisting({ target, force }: RestoreWork): void {
  // A mark alone is what a lost database leaves behind.
  const existing = SUFFIXES.filter((suffix) => suffix !== '.hwm').find((suffix) =>
    existsSync(`${target}${suffix}`),
  );
  if (existing === undefined || force) return;
  throw new ValidationError(`${target}${existing} exists`, {
    remedy: 'Name another database with --db, or move this one aside with --force.',
  });
}

/**
 * Where the database went; null when there was none. One without a log keeps its name until the new one takes it, so that whoever is
 * killed meanwhile leaves one of the two. One with a log goes before its log: found without it, it would be opened as if nothing were
 * missing; killed there, nothing is left under the name, and the database lies aside.
 */
function moveAside(target: string): string | null {
  const aside = `${target}.replaced-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
  const moved = SUFFIXES.filter((suffix) => existsSync(`${target}${suffix}`));
  const hasLog = moved.some((suffix) => suffix !== '' && suffix !== '.hwm');
  if (moved.includes('') && !hasLog && giveSecondName(target, aside)) {
    // The mark that stays counts for the old database only, since it names its history.
    if (moved.includes('.hwm')) copyFileSync(`${target}.hwm`, `${aside}.hwm`);
  } else {
    for (const suffix of moved) renameSync(`${target}${suffix}`, `${aside}${suffix}`);
  }
  if (moved.length > 0) syncDirectory(dirname(target));
  return moved.includes('') ? aside : null;
}

/** False on file systems where a file has one name only. */
function giveSecondName(path: string, second: string): boolean {
  try {
    linkSync(path, second);
    return true;
  } catch {
    return false;
  }
}

function removeAll(path: string): void {
  for (const suffix of SUFFIXES) rmSync(`${path}${suffix}`, { force: true });
}
