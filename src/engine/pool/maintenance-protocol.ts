import type { BackupManifest } from '../backup/backup-manifest.ts';
import type { BackupWork, RestoreReport, RestoreWork } from '../backup/maintenance-work.ts';
import type { WireError } from './error-transfer.ts';

/** What the maintenance thread does; each of its own connections opens and closes its own files. */
export interface MaintenanceMethods {
  backup: { args: BackupWork; result: BackupManifest };
  restore: { args: RestoreWork; result: RestoreReport };
}
export type MaintenanceMethod = keyof MaintenanceMethods;

export interface MaintenanceCall {
  readonly method: MaintenanceMethod;
  readonly args: unknown;
}

export type MaintenanceReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: WireError };
