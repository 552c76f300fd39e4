import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryConnectionError } from '../errors.ts';
import { BACKUP_KINDS } from './backup-kinds.ts';
import {
  type BackupManifest,
  backupFileName,
  backupManifestSchema,
  MANIFEST_SUFFIX,
  manifestFileName,
} from './backup-manifest.ts';

export interface BackupList {
  /** Oldest first. */
  readonly backups: readonly BackupManifest[];
  /** Manifests that cannot be read, files without one, and backups whose file is missing or has another size; one sentence each. */
  readonly damaged: readonly string[];
}

/** What a folder holds, by its manifests; the files themselves are read only by a restore. None when the folder does not exist. */
export async function listBackups(directory: string): Promise<BackupList> {
  const backups: BackupManifest[] = [];
  const damaged: string[] = [];
  const files = await filesIn(directory);
  for (const file of files) {
    const name = nameOfData(file);
    if (name !== null && !files.includes(manifestFileName(name)))
      damaged.push(`${file} has no manifest: it was never finished and can be removed`);
    if (!file.endsWith(MANIFEST_SUFFIX)) continue;
    const manifest = parse(await readFile(join(directory, file), 'utf8'));
    if (manifest === null || manifestFileName(manifest.name) !== file) {
      damaged.push(`${file} is no manifest that this version can read`);
      continue;
    }
    const problem = await problemOf(directory, manifest);
    if (problem === null) backups.push(manifest);
    else damaged.push(problem);
  }
  backups.sort(byMoment);
  return { backups, damaged };
}

/** The manifest goes first, so that no list ever shows a backup without its file. */
export async function removeBackup(directory: string, manifest: BackupManifest): Promise<void> {
  await rm(join(directory, manifestFileName(manifest.name)), { force: true });
  await rm(join(directory, backupFileName(manifest)), { force: true });
}

/** Name of the backup whose data a file holds; null for any other file. */
function nameOfData(file: string): string | null {
  const kind = BACKUP_KINDS.find((known) => file.endsWith(`.${known}.db`));
  return kind === undefined ? null : file.slice(0, -`.${kind}.db`.length);
}

function byMoment(left: BackupManifest, right: BackupManifest): number {
  return (
    Date.parse(left.takenAt) - Date.parse(right.takenAt) ||
    left.csn - right.csn ||
    (left.name < right.name ? -1 : 1)
  );
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new MemoryConnectionError(`the folder of the backups cannot be read: ${directory}`, {
      cause,
      remedy: 'Check backup.directory and its permissions.',
    });
  }
}

function parse(text: string): BackupManifest | null {
  try {
    return backupManifestSchema.parse(JSON.parse(text));
  } catch {
    // Whatever is wrong with it, the caller is told that it cannot be read.
    return null;
  }
}

async function problemOf(directory: string, manifest: BackupManifest): Promise<string | null> {
  const file = backupFileName(manifest);
  const found = await stat(join(directory, file)).catch(() => null);
  if (found === null) return `${file} is missing`;
  if (found.size === manifest.bytes) return null;
  return `${file} has ${found.size} bytes instead of ${manifest.bytes}`;
}
