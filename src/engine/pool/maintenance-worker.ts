import { toFileError } from '../sqlite/backup/file-errors.ts';
import { restoreBackup } from '../sqlite/backup/restore-backup.ts';
import { takeBackup } from '../sqlite/backup/take-backup.ts';
import { toWireError } from './error-transfer.ts';
import type {
  MaintenanceCall,
  MaintenanceMethods,
  MaintenanceReply,
} from './maintenance-protocol.ts';

/* Entry of the maintenance thread: long work on files, apart from the threads that answer callers. */

const table: {
  readonly [M in keyof MaintenanceMethods]: (
    args: MaintenanceMethods[M]['args'],
  ) => Promise<MaintenanceMethods[M]['result']>;
} = {
  backup: takeBackup,
  restore: async (work) => restoreBackup(work),
};

/** Called by Piscina. Never rejects: an error becomes part of the reply. */
export async function handle({ method, args }: MaintenanceCall): Promise<MaintenanceReply> {
  try {
    const work = table[method] as (args: unknown) => Promise<unknown>;
    return { ok: true, result: await work(args) };
  } catch (error) {
    return { ok: false, error: toWireError(toFileError(error)) };
  }
}
