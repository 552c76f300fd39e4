import type { BackupManifest } from './backup-manifest.ts';

/** One backup to take; runs in the maintenance thread. */
export interface BackupWork {
  /** Absolute path of the database. */
  readonly source: string;
  /** An existing folder. */
  readonly directory: string;
  readonly name: string;
  /** What an incremental backup continues; null for a full one. */
  readonly base: BackupManifest | null;
  /** Of a ProgressBoard. */
  readonly progress: SharedArrayBuffer;
}

/** A database to make from backups; runs in the maintenance thread. */
export interface RestoreWork {
  readonly directory: string;
  /** The full backup first; see chainTo. */
  readonly chain: readonly BackupManifest[];
  /** Stop at this commit or, in Unix ms, at this time; both null for the end of the chain. */
  readonly csn: number | null;
  readonly at: number | null;
  /** Absolute path of the database to make. */
  readonly target: string;
  /** Move what is there aside instead of refusing. */
  readonly force: boolean;
  readonly progress: SharedArrayBuffer;
}

export interface RestoreReport {
  readonly path: string;
  /** Names of the backups it was made from, the full one first. */
  readonly backups: readonly string[];
  /** Newest commit that the database holds. */
  readonly csn: number;
  readonly memories: number;
  /** Its new history: cursors of the old one are refused. */
  readonly epoch: string;
  /** Where the database went that was there before; null when none was. */
  readonly movedAside: string | null;
}
