import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import { type DatabaseOptions, openDatabase, type SqliteDatabase } from './database.ts';
import { DiskGuard } from './disk-guard.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { markCleanShutdown } from './meta.ts';
import { OwnerLock } from './owner-lock.ts';
import { toMemoryError } from './sqlite-errors.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

/**
 * The file in the hands of its one writer: the lock, the connection, and the upkeep between two groups of commits. What upkeep
 * meets costs no commit and fails no write: `throwUpkeepError` tells it to the next probe.
 */
export class OwnedFile {
  readonly #options: DatabaseOptions;
  readonly #lock: OwnerLock;
  readonly #wal: WriteAheadLog;
  readonly database: SqliteDatabase;
  /** null = the options set no limits. */
  readonly disk: DiskGuard | null;
  #mark: HighWaterMark | null = null;
  /** What the last checkpoint or the last high-water mark met. */
  #upkeepError: unknown;

  /** Errors: the file has another owner, or cannot be opened; nothing is held then. */
  constructor(options: DatabaseOptions, metrics: StatementMetrics) {
    this.#options = options;
    this.#lock = new OwnerLock(options.path);
    try {
      // First, since on a full disk the reserve is what the database is opened with.
      this.disk = DiskGuard.of(options, () => this.#fold());
      this.database = openDatabase(options);
      this.#wal = new WriteAheadLog(this.database, options.path, metrics);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** Since the file was opened. */
  get checkpoints(): number {
    return this.#wal.folds;
  }

  /** Once the file has been looked at, for which the mark of before is needed. */
  beginUpkeep(epoch: string): void {
    this.#mark = new HighWaterMark(this.#options.path, epoch);
    this.#keepReserve();
  }

  /** After a commit, so it never throws. */
  raiseMark(csn: number): void {
    try {
      this.#mark?.write(csn);
    } catch (error) {
      this.#upkeepError = error;
    }
  }

  /** Folds the WAL back when it has grown; never throws; call between groups, after the acknowledgements are on their way. */
  checkpointIfNeeded(): void {
    if (this.#options.role !== 'writer') return;
    this.#keepReserve();
    try {
      if (this.#wal.foldIfLong()) this.#upkeepError = undefined;
    } catch (error) {
      // Nothing is lost, the commits stay in the WAL; the next probe reports it, the next group tries again.
      this.#upkeepError = error;
    }
  }

  /** For the snapshot policy, whose limits are configured: the WAL's file keeps its size until it is cut down. */
  truncateWal(): void {
    if (this.#options.role === 'writer') this.#truncate();
  }

  /** Once each. */
  throwUpkeepError(): void {
    if (this.#upkeepError === undefined) return;
    const error = this.#upkeepError;
    this.#upkeepError = undefined;
    throw toMemoryError(error);
  }

  /** The last write. */
  leaveInOrder(): void {
    markCleanShutdown(this.database);
    this.database.pragma('optimize');
    if (this.#options.role === 'writer') this.database.pragma('wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.database.close();
    this.#mark?.close();
    this.#lock.release();
  }

  #keepReserve(): void {
    try {
      this.disk?.follow();
    } catch (error) {
      this.#upkeepError = error;
    }
  }

  #truncate(): void {
    this.#wal.fold('TRUNCATE');
    this.#upkeepError = undefined;
  }

  /** For a disk that is full. False: the WAL is as long as it was, and the next probe says why. */
  #fold(): boolean {
    if (this.#options.role !== 'writer') return false;
    try {
      this.#truncate();
      return true;
    } catch (error) {
      this.#upkeepError = error;
      return false;
    }
  }
}
