import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import {
  BACKUP_FORMAT_VERSION,
  type BackupManifest,
  backupFileName,
  manifestFileName,
} from '../../backup/backup-manifest.ts';
import {
  hashFile,
  renameDurably,
  STEP_BYTES,
  syncFile,
  writeDurably,
} from '../../backup/durable-file.ts';
import type { BackupWork } from '../../backup/maintenance-work.ts';
import { ProgressBoard } from '../../backup/progress-board.ts';
import { ValidationError } from '../../errors.ts';
import { sizeOf } from '../../file-size.ts';
import { VERSION } from '../../version.ts';
import { schemaVersion } from '../file-format.ts';
import { StatementCache } from '../statement-cache.ts';
import { writeIncrement } from './increment-file.ts';
import { openPinnedSource, type PinnedSource } from './pinned-source.ts';
import { countRows, type RowCounts, verifyDatabase } from './verify-database.ts';

/** 256 KB at a time: short enough to see a cancellation, and other threads get the disk in between (engine.md pitfall 11). */
const PAGES_PER_STEP = 64;

/**
 * Pages after which the copy is brought to the disk, 4 MB: one flush of everything at the end would hold the writer's own
 * up (200 MB beside 8 KB commits on ext4: longest stall 43 to 84 ms instead of 72 to 159, eight pairs).
 */
const FLUSH_PAGES = 1_024;

/** No backup writes nothing for a day. */
const LEFT_OVER_MS = 86_400_000;

/**
 * Takes one backup while the database is written to: copied from a pinned snapshot to a partial file, verified, brought
 * to the disk, and only then named. Resolves with its manifest, which is written last. The snapshot is held only while
 * the data is copied, since the write-ahead log cannot start anew meanwhile.
 */
export async function takeBackup(work: BackupWork): Promise<BackupManifest> {
  const { directory, name, base } = work;
  const kind = base === null ? 'full' : 'incremental';
  mkdirSync(directory, { recursive: true });
  refuseTaken(directory, name);
  removeLeftOvers(directory);
  const file = join(directory, backupFileName({ name, kind }));
  const partial = `${file}.partial`;
  const board = new ProgressBoard(work.progress);
  try {
    const source = openPinnedSource(work.source);
    const rows = countRows(source.statements);
    const about = describe(source, rows, work);
    let changes = rows.changes;
    try {
      if (base === null) await copyPages(source, rows, partial, board);
      else changes = writeIncrement(source, base, partial, board);
    } finally {
      source.close();
    }
    if (base === null) verifyCopy(partial, board);
    board.expect(sizeOf(partial) / STEP_BYTES);
    const sha256 = hashFile(partial, board);
    syncFile(partial);
    const manifest: BackupManifest = { ...about, changes, sha256, bytes: statSync(partial).size };
    renameDurably(partial, file);
    writeDurably(join(directory, manifestFileName(name)), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    for (const suffix of ['', '-journal']) rmSync(`${partial}${suffix}`, { force: true });
  }
}

async function copyPages(
  { database }: PinnedSource,
  { memories, changes, vectors }: RowCounts,
  partial: string,
  board: ProgressBoard,
): Promise<void> {
  const pages = Number(database.pragma('page_count', { simple: true }));
  board.expect(pages + memories + changes + vectors);
  let left = pages;
  let descriptor: number | null = null;
  try {
    await database.backup(partial, {
      progress: ({ remainingPages }) => {
        board.advance(left - remainingPages);
        const flushed = Math.floor((pages - left) / FLUSH_PAGES);
        left = remainingPages;
        if (Math.floor((pages - left) / FLUSH_PAGES) > flushed) {
          descriptor ??= openSync(partial, 'r+');
          fdatasyncSync(descriptor);
        }
        return PAGES_PER_STEP;
      },
    });
  } finally {
    // Not before SQLite has let go of the copy: closing it drops SQLite's locks on that file.
    if (descriptor !== null) closeSync(descriptor);
  }
  board.advance(left);
}

/** Without the write-ahead log, so that the copy is one file, which can be read on a read-only disk too (engine.md pitfall 4). */
function verifyCopy(partial: string, board: ProgressBoard): void {
  const copy = new Database(partial);
  try {
    copy.pragma('journal_mode = DELETE');
    verifyDatabase(copy, new StatementCache(copy), board);
  } finally {
    copy.close();
  }
}

function describe(
  { database, meta, takenAt }: PinnedSource,
  { memories }: RowCounts,
  { source, name, base }: BackupWork,
): Omit<BackupManifest, 'changes' | 'sha256' | 'bytes'> {
  return {
    format: 'trinitas-backup',
    formatVersion: BACKUP_FORMAT_VERSION,
    name,
    kind: base === null ? 'full' : 'incremental',
    database: basename(source),
    writtenBy: VERSION,
    schemaVersion: schemaVersion(database),
    takenAt: new Date(takenAt).toISOString(),
    epoch: meta.epoch,
    csn: meta.csn,
    changeSeq: meta.changeSeq,
    memories,
    base:
      base === null
        ? null
        : {
            name: base.name,
            sha256: base.sha256,
            csn: base.csn,
            changeSeq: base.changeSeq,
            takenAt: base.takenAt,
          },
  };
}

function refuseTaken(directory: string, name: string): void {
  const taken = [
    manifestFileName(name),
    backupFileName({ name, kind: 'full' }),
    backupFileName({ name, kind: 'incremental' }),
  ].some((file) => existsSync(join(directory, file)));
  if (taken)
    throw new ValidationError([
      { path: ['name'], message: `${name} is the name of another backup` },
    ]);
}

/** Of processes that were killed; a file that a backup under way writes is younger. */
function removeLeftOvers(directory: string): void {
  for (const file of readdirSync(directory)) {
    const path = join(directory, file);
    if (!/\.partial(-journal)?$/.test(file)) continue;
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LEFT_OVER_MS) rmSync(path, { force: true });
  }
}
