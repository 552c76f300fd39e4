import { z } from 'zod';

const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;
/** Seconds of a year. */
const MAX_INTERVAL = 31_536_000;

/** The `backup` section of a configuration; intervals in seconds. */
export const backupConfigSchema = z
  .strictObject({
    /** Folder of the backups, made when it does not exist; without it there are none. Not the disk of the database, if there is another. */
    directory: z.string().min(1).optional(),
    /** Seconds between two full backups; without it none is taken by itself. */
    interval: z.number().positive().max(MAX_INTERVAL).optional(),
    /** Seconds between an incremental backup and the backup before it; without it all are full. */
    incremental_interval: z.number().positive().max(MAX_INTERVAL).optional(),
    /** Full backups kept, each with its incremental ones. */
    keep: z.int().min(1).max(100_000).default(7),
    /** Days after which a full backup and its incremental ones go, whatever their number; the newest always stays. */
    keep_days: z.number().positive().max(36_500).optional(),
  })
  .refine(({ directory, interval }) => interval === undefined || directory !== undefined, {
    path: ['directory'],
    message: 'is needed by backup.interval',
  })
  .refine(
    ({ interval, incremental_interval }) =>
      incremental_interval === undefined || interval !== undefined,
    { path: ['interval'], message: 'is needed by backup.incremental_interval' },
  )
  .prefault({});

/** Durations in milliseconds; null = not wanted. */
export interface BackupOptions {
  readonly directory: string | null;
  readonly intervalMs: number | null;
  readonly incrementalIntervalMs: number | null;
  readonly keep: number;
  readonly keepMs: number | null;
}

export function toBackupOptions(backup: z.output<typeof backupConfigSchema>): BackupOptions {
  const times = (value: number | undefined, factor: number): number | null =>
    value === undefined ? null : value * factor;
  return {
    directory: backup.directory ?? null,
    intervalMs: times(backup.interval, MS_PER_SECOND),
    incrementalIntervalMs: times(backup.incremental_interval, MS_PER_SECOND),
    keep: backup.keep,
    keepMs: times(backup.keep_days, MS_PER_DAY),
  };
}
