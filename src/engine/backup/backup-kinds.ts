/** `full` holds the whole database, `incremental` what changed since another backup. */
export const BACKUP_KINDS = ['full', 'incremental'] as const;
export type BackupKind = (typeof BACKUP_KINDS)[number];

/** `data.reason` of the error of an incremental backup when only a full one can follow. */
export const NEEDS_FULL = 'needs_full_backup';
