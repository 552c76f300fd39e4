import { basename, extname, resolve } from 'node:path';
import { ValidationError } from '../errors.ts';
import { Maintenance } from '../pool/maintenance.ts';
import { listBackups, removeBackup } from './backup-directory.ts';
import { type BackupKind, NEEDS_FULL } from './backup-kinds.ts';
import { BACKUP_NAME, type BackupManifest } from './backup-manifest.ts';
import { type BackupRetention, expiredBackups } from './backup-retention.ts';
import { ProgressBoard } from './progress-board.ts';
import { type Watch, watchProgress } from './watch-progress.ts';

export interface BackupRequest {
  /** The database; it may be open in another process or engine. */
  readonly path: string;
  /** Made when it does not exist. */
  readonly directory: string;
  readonly kind: BackupKind;
  /** Default: the name of the database and the time. */
  readonly name?: string | undefined;
  /** What is beyond it goes once the new backup is there; by default nothing does. */
  readonly retention?: BackupRetention | undefined;
}

/**
 * Takes one backup in a thread of its own. Errors: ValidationError for a name that is taken or cannot be one, and when
 * there is nothing that an incremental backup could continue (`data.reason` is `needs_full_backup`);
 * MemoryConnectionError when the database cannot be read; MemoryDataCorruptionError when the copy does not pass its
 * checks; StorageFullError.
 */
export async function backupDatabase(
  request: BackupRequest,
  watch: Watch = {},
): Promise<BackupManifest> {
  const { kind, retention } = request;
  const source = resolve(request.path);
  const directory = resolve(request.directory);
  const name = request.name ?? defaultName(source, Date.now());
  assertName(name);
  const base = kind === 'full' ? null : await newestOf(directory, source);
  const board = new ProgressBoard();
  const work = { source, directory, name, base, progress: board.buffer };
  const maintenance = new Maintenance();
  const manifest = await watchProgress(board, watch, maintenance.run('backup', work)).finally(() =>
    maintenance.close(),
  );
  if (retention !== undefined) await retain(directory, source, retention);
  return manifest;
}

/** The backups of one database in a folder, oldest first. */
export async function backupsOf(
  directory: string,
  path: string,
): Promise<readonly BackupManifest[]> {
  const { backups } = await listBackups(directory);
  return backups.filter(({ database }) => database === basename(path));
}

async function newestOf(directory: string, path: string): Promise<BackupManifest> {
  const newest = (await backupsOf(directory, path)).at(-1);
  if (newest !== undefined) return newest;
  throw new ValidationError(
    'there can be no incremental backup: there is none that it could continue',
    {
      data: { reason: NEEDS_FULL },
      remedy: 'Take a full backup.',
    },
  );
}

async function retain(directory: string, path: string, retention: BackupRetention): Promise<void> {
  for (const manifest of expiredBackups(await backupsOf(directory, path), retention, Date.now()))
    await removeBackup(directory, manifest);
}

/** Throws ValidationError for what cannot be the name of a backup. */
export function assertName(name: string): void {
  if (BACKUP_NAME.test(name)) return;
  throw new ValidationError([
    {
      path: ['name'],
      message:
        'must be 1 to 100 letters, digits, dots, dashes and underlines, and begin with a letter or digit',
    },
  ]);
}

/** `trinitas-20261126T202145123Z` for `/data/trinitas.db`. */
function defaultName(path: string, now: number): string {
  const stem = basename(path, extname(path))
    .replaceAll(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 60);
  const time = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
  return `${/^[A-Za-z0-9]/.test(stem) ? stem : `db${stem}`}-${time}`;
}
