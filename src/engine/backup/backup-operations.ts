import type { BackupKind } from './backup-kinds.ts';

/** What to take. ValidationError without a configured folder, for a name that cannot be one, and with the backend `sqlite_sync`. */
export interface BackupInput {
  /** Default: `full`. */
  readonly kind?: BackupKind | undefined;
  /** 1 to 100 letters, digits, dots, dashes and underlines; never a path. Default: the name of the database and the time. */
  readonly name?: string | undefined;
}

/** A backup that is there. */
export interface Backup {
  readonly name: string;
  readonly kind: BackupKind;
  /** The moment that it holds. */
  readonly takenAt: Date;
  readonly bytes: number;
  readonly sha256: string;
  /** History and newest commit that it holds. */
  readonly epoch: string;
  readonly csn: number;
  readonly memories: number;
  /** Entries of the change log in it. */
  readonly changes: number;
  /** Name of the backup that an incremental one continues; null for a full one. */
  readonly base: string | null;
  readonly schemaVersion: number;
}
