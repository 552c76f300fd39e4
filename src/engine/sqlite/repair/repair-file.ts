import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { MemoryDataCorruptionError, MemorySystemError } from '../../errors.ts';
import type { RepairOptions, RepairReport } from '../../integrity-report.ts';
import { type DatabaseOptions, openDatabase, type SqliteDatabase } from '../database.ts';
import { HighWaterMark } from '../high-water-mark.ts';
import { readMeta } from '../meta.ts';
import { OwnerLock } from '../owner-lock.ts';
import { withoutReplicas } from '../replica-lock.ts';
import { type VerifyProgress, verifyFile } from '../verify/verify-file.ts';
import { openBackup } from './backup-source.ts';
import { rebuildFile } from './rebuild-file.ts';
import { isDamage } from './salvage.ts';

const NOTHING = {
  memories: { saved: 0, restored: [], lost: [] },
  changes: { saved: 0, filled: 0, dropped: 0 },
  links: { saved: 0, filled: 0, dropped: 0 },
  vectors: { saved: 0, missing: 0 },
  lostCommits: 0,
  newEpoch: false,
  backup: null,
  damagedFile: null,
} as const;

/**
 * Builds a sound file out of a damaged one and puts it in its place; the damaged one is kept beside it, unchanged. Errors:
 * MemoryConnectionError while somebody has the database open, MemoryDataCorruptionError when nothing of it can be read,
 * ValidationError for an unusable backup. After an error everything is as it was.
 */
export function repairFile(
  options: RepairOptions,
  onProgress: (progress: VerifyProgress) => void,
): RepairReport {
  const { path, dryRun } = options;
  const lock = new OwnerLock(path);
  try {
    const run = (): RepairReport => rebuild(options, onProgress);
    return dryRun ? run() : withoutReplicas(path, 'be repaired', run);
  } finally {
    lock.release();
  }
}

function rebuild(
  options: RepairOptions,
  onProgress: (progress: VerifyProgress) => void,
): RepairReport {
  const { path, dryRun } = options;
  const work = `${path}.repairing`;
  removeWork(work);
  const report = build(options, work, onProgress);
  if (report.findings.length === 0 || dryRun) {
    removeWork(work);
    return report;
  }
  return { ...report, damagedFile: swap(path, work) };
}

/** Everything up to the swap; all connections are closed again, since files are moved next (engine.md pitfall 1). */
function build(
  { path, backup: backupPath, dryRun }: RepairOptions,
  work: string,
  onProgress: (progress: VerifyProgress) => void,
): RepairReport {
  const opened: SqliteDatabase[] = [];
  const keep = <T extends SqliteDatabase>(database: T): T => {
    opened.push(database);
    return database;
  };
  try {
    const source = keep(openDamaged(path));
    const epoch = epochOf(source);
    const { findings, csn, memories } = verifyFile(source, path, 'full', () => undefined);
    if (findings.length === 0) return { path, dryRun, findings, ...NOTHING };
    const backup = backupPath === null ? null : openBackup(backupPath, epoch);
    if (backup !== null) keep(backup.database);
    const mark = epoch === null ? null : HighWaterMark.read(path, epoch);
    const lostCommits = Math.max(0, (mark ?? 0) - csn);
    let done = 0;
    const target = keep(openDatabase({ ...SETTINGS, path: work, role: 'sync' }));
    const rebuilt = rebuildFile(
      target,
      {
        source,
        backup: backup?.database ?? null,
        lostCommits,
        linksDamaged: findings.some(({ area }) => area === 'links'),
      },
      (count) => {
        done += count;
        onProgress({ done: Math.min(done, memories), total: memories });
      },
    );
    assertSound(target, work);
    return {
      ...{ path, dryRun, findings, ...rebuilt, lostCommits },
      ...{ backup: backup?.path ?? null, damagedFile: null },
    };
  } finally {
    for (const database of opened) database.close();
  }
}

const SETTINGS: Omit<DatabaseOptions, 'path' | 'role'> = {
  synchronous: 'FULL',
  mmapSize: 0,
  embedder: null,
};

function openDamaged(path: string): SqliteDatabase {
  const remedy = 'Nothing of it can be saved: restore a backup.';
  try {
    const database = openDatabase({ ...SETTINGS, path, role: 'reader' });
    // Every row has a checksum, so that a page with one bad cell may give its other rows.
    database.pragma('cell_size_check = OFF');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (cause) {
    if (!(cause instanceof MemoryDataCorruptionError) && !isDamage(cause)) throw cause;
    throw new MemoryDataCorruptionError(
      `the first page of ${path} is damaged, or its end is cut off`,
      {
        cause,
        remedy,
      },
    );
  }
}

function epochOf(database: SqliteDatabase): string | null {
  try {
    return readMeta(database).epoch;
  } catch (error) {
    if (error instanceof MemoryDataCorruptionError || isDamage(error)) return null;
    throw error;
  }
}

/** A repair that leaves damage is none. */
function assertSound(target: SqliteDatabase, path: string): void {
  const { findings } = verifyFile(target, path, 'full', () => undefined);
  const [finding] = findings.filter(({ scope }) => scope !== 'derived');
  if (finding === undefined) return;
  throw new MemorySystemError(`the repaired file is not sound: ${finding.problem}`, {
    remedy: 'The damaged file was left as it is: restore a backup.',
  });
}

/** The damaged file with its log goes aside, the new one takes its name, and the mark tells of the new one. Returns where the old one is. */
function swap(path: string, work: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  sync(work);
  renameSync(path, aside);
  for (const suffix of ['-wal', '.hwm']) moveIfThere(`${path}${suffix}`, `${aside}${suffix}`);
  rmSync(`${path}-shm`, { force: true });
  renameSync(work, path);
  removeWork(work);
  sync(dirname(path));
  noteMark(path);
  return aside;
}

function noteMark(path: string): void {
  const database = openDatabase({ ...SETTINGS, path, role: 'reader' });
  const { epoch, csn } = readMeta(database);
  database.close();
  const mark = new HighWaterMark(path, epoch);
  mark.write(csn);
  mark.close();
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function removeWork(work: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm', '.hwm', '.owner', '.replicas', '.ballast'])
    rmSync(`${work}${suffix}`, { force: true });
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
