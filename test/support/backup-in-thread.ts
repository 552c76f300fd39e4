import { chainTo, type RestorePoint } from '../../src/engine/backup/backup-chain.ts';
import { listBackups } from '../../src/engine/backup/backup-directory.ts';
import type { BackupManifest } from '../../src/engine/backup/backup-manifest.ts';
import type { RestoreReport } from '../../src/engine/backup/maintenance-work.ts';
import { ProgressBoard } from '../../src/engine/backup/progress-board.ts';
import { restoreBackup } from '../../src/engine/sqlite/backup/restore-backup.ts';
import { takeBackup } from '../../src/engine/sqlite/backup/take-backup.ts';

/* What the maintenance thread does, in the test's own, which saves starting one each time. */

export interface BackupPlace {
  readonly path: string;
  readonly directory: string;
}

/** A full backup without a base. */
export function backUp(
  { path, directory }: BackupPlace,
  name: string,
  base: BackupManifest | null = null,
): Promise<BackupManifest> {
  const progress = new ProgressBoard().buffer;
  return takeBackup({ source: path, directory, name, base, progress });
}

export async function restoreTo(
  target: string,
  directory: string,
  point: RestorePoint = {},
  force = false,
): Promise<RestoreReport> {
  const { backups } = await listBackups(directory);
  return restoreBackup({
    directory,
    chain: chainTo(backups, point),
    csn: point.csn ?? null,
    at: point.at ?? null,
    target,
    force,
    progress: new ProgressBoard().buffer,
  });
}
