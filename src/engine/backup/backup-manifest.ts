import { z } from 'zod';
import { BACKUP_KINDS } from './backup-kinds.ts';

/** Incremented when an older program could misread the files. */
export const BACKUP_FORMAT_VERSION = 1;

/** Letters, digits, dot, dash and underline, so that a name is never a path; 100 keep every file name below 255 bytes. */
export const BACKUP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What stands beside the file of each backup; a file without it was never finished and is no backup. */
export const backupManifestSchema = z.strictObject({
  format: z.literal('trinitas-backup'),
  formatVersion: z.literal(BACKUP_FORMAT_VERSION),
  name: z.string().regex(BACKUP_NAME),
  kind: z.enum(BACKUP_KINDS),
  /** File name of the database that was backed up, without its folder: backups of another database are left alone. */
  database: z.string().min(1),
  /** Version of Trinitas that wrote it. */
  writtenBy: z.string(),
  schemaVersion: z.int().positive(),
  /** When the moment that it holds was pinned, RFC 3339 in UTC. */
  takenAt: z.iso.datetime(),
  bytes: z.int().nonnegative(),
  sha256,
  /** History that the numbers below belong to. */
  epoch: z.string().min(1),
  /** Newest commit that it holds. */
  csn: z.int().nonnegative(),
  /** Newest entry of the change log that it holds. */
  changeSeq: z.int().nonnegative(),
  /** Memories of the database at that moment. */
  memories: z.int().nonnegative(),
  /** Entries of the change log in this file. */
  changes: z.int().nonnegative(),
  /** What an incremental backup continues; null for a full one. */
  base: z
    .strictObject({
      name: z.string().regex(BACKUP_NAME),
      sha256,
      csn: z.int().nonnegative(),
      changeSeq: z.int().nonnegative(),
      takenAt: z.iso.datetime(),
    })
    .nullable(),
});

export type BackupManifest = Readonly<z.output<typeof backupManifestSchema>>;

/** Name of the file that holds the data, in the folder of the manifest. */
export function backupFileName({ name, kind }: Pick<BackupManifest, 'name' | 'kind'>): string {
  return `${name}.${kind}.db`;
}

export function manifestFileName(name: string): string {
  return `${name}${MANIFEST_SUFFIX}`;
}

export const MANIFEST_SUFFIX = '.backup.json';
