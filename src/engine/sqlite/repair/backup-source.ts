import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ValidationError } from '../../errors.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { readMeta } from '../meta.ts';

/** A backup that rows may be taken from. */
export interface BackupSource {
  readonly path: string;
  readonly database: SqliteDatabase;
  readonly csn: number;
}

/**
 * Opens a full backup: a database file, or the one with the newest commit of those in a folder. It must be of the same history,
 * since ids are compared. Errors: ValidationError when there is none.
 */
export function openBackup(path: string, epoch: string | null): BackupSource {
  const candidates = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && !/\.(json|owner|hwm)$|-(wal|shm|journal)$/.test(entry.name),
        )
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];
  const problems: string[] = [];
  let best: BackupSource | undefined;
  for (const candidate of candidates) {
    const opened = tryOpen(candidate, epoch);
    if (typeof opened === 'string') problems.push(`${candidate}: ${opened}`);
    else if (best === undefined || opened.csn > best.csn) {
      best?.database.close();
      best = opened;
    } else opened.database.close();
  }
  if (best !== undefined) return best;
  throw new ValidationError(`there is no usable full backup in ${path}`, {
    data: { problems: problems.slice(0, 20) },
    remedy: `Name a full backup of this database${problems[0] === undefined ? '' : ` (${problems[0]})`}, or repair without --backup.`,
  });
}

/** What is wrong with it, as text. */
function tryOpen(path: string, epoch: string | null): BackupSource | string {
  let database: SqliteDatabase | undefined;
  try {
    database = openDatabase({
      path,
      role: 'reader',
      synchronous: 'FULL',
      mmapSize: 0,
      embedder: null,
    });
    const meta = readMeta(database);
    if (epoch === null || meta.epoch === epoch) return { path, database, csn: meta.csn };
    database.close();
    return 'it is of another history';
  } catch (error) {
    database?.close();
    return error instanceof Error ? error.message : String(error);
  }
}
