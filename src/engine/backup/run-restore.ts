import { resolve } from 'node:path';
import { Maintenance } from '../pool/maintenance.ts';
import { chainTo, type RestorePoint } from './backup-chain.ts';
import { listBackups } from './backup-directory.ts';
import type { RestoreReport } from './maintenance-work.ts';
import { ProgressBoard } from './progress-board.ts';
import { type Watch, watchProgress } from './watch-progress.ts';

export interface RestoreRequest extends RestorePoint {
  readonly directory: string;
  /** The database to make. */
  readonly path: string;
  /** Move a database that is there aside instead of refusing; one that is in use is refused all the same. */
  readonly force?: boolean | undefined;
}

/**
 * Makes a database from backups: the full one, and the incremental ones that lead to the point. Whatever fails leaves
 * the target as it was. The database gets a new history, so that cursors of the old one are refused. Errors:
 * NotFoundError for an unknown backup; ValidationError when the target exists or no backup reaches the point;
 * MemoryConnectionError when the target is in use; MemoryDataCorruptionError for a damaged backup or a gap.
 */
export async function restoreDatabase(
  { directory, path, force, ...point }: RestoreRequest,
  watch: Watch = {},
): Promise<RestoreReport> {
  const { backups } = await listBackups(directory);
  const board = new ProgressBoard();
  const work = {
    directory: resolve(directory),
    chain: chainTo(backups, point),
    csn: point.csn ?? null,
    at: point.at ?? null,
    target: resolve(path),
    force: force ?? false,
    progress: board.buffer,
  };
  const maintenance = new Maintenance();
  try {
    return await watchProgress(board, watch, maintenance.run('restore', work));
  } finally {
    await maintenance.close();
  }
}
