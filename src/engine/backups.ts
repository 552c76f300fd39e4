import type { BackendInfo } from './backends/backend.ts';
import { refuseOnReplica } from './backends/replica/replica-refusal.ts';
import type { BackgroundJob } from './background-jobs.ts';
import { type BackupKind, NEEDS_FULL } from './backup/backup-kinds.ts';
import type { BackupManifest } from './backup/backup-manifest.ts';
import type { Backup, BackupInput } from './backup/backup-operations.ts';
import type { BackupOptions } from './backup/backup-options.ts';
import { assertName, backupDatabase, backupsOf } from './backup/run-backup.ts';
import { MemoryConnectionError, MemorySystemError, ValidationError } from './errors.ts';
import type { Job } from './job.ts';
import type { JobProgress, Jobs } from './jobs.ts';

const BACKUP = 'backup';
/** The schedule is looked at this often, or at each interval when that is shorter. */
const LOOK_EVERY_MS = 60_000;
/** A failed scheduled backup is tried again after this long: each attempt may copy the whole database. */
const RETRY_MS = 600_000;

/** The backups of one open engine: on demand and by schedule, one at a time, each a job. */
export class Backups {
  readonly #info: BackendInfo;
  readonly #options: BackupOptions;
  readonly #jobs: Jobs;
  #stopped = false;
  #failure: { readonly error: MemorySystemError; readonly at: number } | null = null;

  constructor(info: BackendInfo, options: BackupOptions, jobs: Jobs) {
    this.#info = info;
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Starts a backup, or answers the one that runs. */
  begin({ kind = 'full', name }: BackupInput = {}): Job {
    refuseOnReplica(this.#info);
    const directory = this.#directory();
    if (name !== undefined) assertName(name);
    if (this.#stopped) throw new MemoryConnectionError('the engine is closed');
    return (
      this.#jobs.running(BACKUP) ??
      this.#jobs.start(BACKUP, async (progress) => {
        await this.#take(directory, kind, name, progress);
      })
    );
  }

  async list(): Promise<readonly Backup[]> {
    const { directory } = this.#options;
    if (directory === null) return [];
    return (await backupsOf(directory, this.#info.path)).map(toBackup).reverse();
  }

  /** What runs by itself; nothing without an interval. */
  schedule(): readonly BackgroundJob[] {
    const { intervalMs, incrementalIntervalMs } = this.#options;
    if (intervalMs === null) return [];
    const lookMs = Math.min(LOOK_EVERY_MS, intervalMs, incrementalIntervalMs ?? intervalMs);
    return [{ name: BACKUP, intervalMs: lookMs, run: () => this.#look(intervalMs) }];
  }

  /** Cancels what is under way and begins nothing more. */
  stop(): void {
    this.#stopped = true;
    const running = this.#jobs.running(BACKUP);
    if (running !== null) this.#jobs.cancel(running.id);
  }

  /** Rejects while the last scheduled backup has failed, so that the health checks tell. */
  async #look(intervalMs: number): Promise<void> {
    if (this.#stopped || this.#jobs.running(BACKUP) !== null) return;
    const failure = this.#failure;
    if (failure !== null && Date.now() - failure.at < Math.min(RETRY_MS, intervalMs))
      throw failure.error;
    try {
      await this.#takeIfDue(intervalMs);
      this.#failure = null;
    } catch (cause) {
      const error =
        cause instanceof MemorySystemError
          ? cause
          : new MemorySystemError('the scheduled backup failed unexpectedly', { cause });
      this.#failure = { error, at: Date.now() };
      throw error;
    }
  }

  async #takeIfDue(intervalMs: number): Promise<void> {
    const directory = this.#directory();
    const backups = await backupsOf(directory, this.#info.path);
    const kind = this.#due(backups, intervalMs);
    if (kind !== null && !this.#stopped) await this.#runJob(directory, kind);
  }

  /** Backups of an earlier history do not count: nothing could be continued from them. */
  #due(backups: readonly BackupManifest[], intervalMs: number): BackupKind | null {
    const { incrementalIntervalMs } = this.#options;
    const own = backups.filter(({ epoch }) => epoch === this.#info.epoch);
    const isOlder = (backup: BackupManifest | undefined, ageMs: number): boolean =>
      backup === undefined || Date.now() - Date.parse(backup.takenAt) >= ageMs;
    if (
      isOlder(
        own.findLast(({ kind }) => kind === 'full'),
        intervalMs,
      )
    )
      return 'full';
    if (incrementalIntervalMs === null || !isOlder(own.at(-1), incrementalIntervalMs)) return null;
    return 'incremental';
  }

  /** As a job, so that it shows like any other; rejects with what it failed with. */
  async #runJob(directory: string, kind: BackupKind): Promise<void> {
    let failure: unknown = null;
    const { id } = this.#jobs.start(BACKUP, async (progress) => {
      try {
        await this.#take(directory, kind, undefined, progress).catch(async (error: unknown) => {
          if (!needsFull(error)) throw error;
          await this.#take(directory, 'full', undefined, progress);
        });
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    const job = await this.#jobs.whenEnded(id);
    if (job?.state === 'FAILED') throw failure;
  }

  async #take(
    directory: string,
    kind: BackupKind,
    name: string | undefined,
    progress: JobProgress,
  ): Promise<void> {
    const { keep, keepMs } = this.#options;
    let told = 0;
    await backupDatabase(
      { path: this.#info.path, directory, kind, name, retention: { keep, keepMs } },
      {
        signal: progress.signal,
        onProgress: (done, total) => {
          progress.setTotal(total);
          progress.advance(done - told);
          told = done;
        },
      },
    );
  }

  #directory(): string {
    if (this.#info.backend === 'sqlite_sync')
      throw new ValidationError('the backend sqlite_sync cannot be backed up while it is open', {
        remedy: 'Use the backend sqlite, or run `trinitas backup` after it was closed.',
      });
    if (this.#options.directory !== null) return this.#options.directory;
    throw new ValidationError('no folder for backups is configured', {
      remedy: 'Set backup.directory in the configuration.',
    });
  }
}

function needsFull(error: unknown): boolean {
  return error instanceof MemorySystemError && error.data['reason'] === NEEDS_FULL;
}

function toBackup({ takenAt, base, ...manifest }: BackupManifest): Backup {
  const { name, kind, bytes, sha256, epoch, csn, memories, changes, schemaVersion } = manifest;
  return {
    name,
    kind,
    takenAt: new Date(takenAt),
    bytes,
    sha256,
    epoch,
    csn,
    memories,
    changes,
    base: base?.name ?? null,
    schemaVersion,
  };
}
