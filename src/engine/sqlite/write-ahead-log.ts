import { sizeOf } from '../file-size.ts';
import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import { type SqliteDatabase, WRITER_BUSY_TIMEOUT_MS } from './database.ts';

/**
 * Pages in the WAL that are not yet in the file, after which the writer folds them in between two groups; 32 MB, half of
 * the soft limit below, so that the WAL starts anew well before it. Pages that many groups change are then folded in once:
 * 27 to 35 µs of a store become 9 (256 callers; 1,000 pages before).
 */
const CHECKPOINT_PAGES = 8_000;
/**
 * Beyond this the WAL file itself is cut down as soon as no reader needs it: between one fold and two, so that the second fold in a row after
 * which the WAL could not start anew cuts it, before it passes the soft limit (64 MB; engine.md section 2).
 */
const TRUNCATE_WAL_BYTES = 50_331_648;

interface CheckpointRow {
  /** 1 = a reader or another checkpoint was in the way. */
  readonly busy: number;
  /** Pages in the WAL, and how many of them are in the file already. */
  readonly log: number;
  readonly checkpointed: number;
}

/** Folds the WAL of the writer's connection back into the file. */
export class WriteAheadLog {
  readonly #database: SqliteDatabase;
  readonly #path: string;
  readonly #metrics: StatementMetrics;
  /** Checkpoints so far. */
  folds = 0;
  /** A reader was in the way of cutting the file: everything is folded in, so the pages alone would not ask again for long. */
  #cutIsDue = false;

  constructor(database: SqliteDatabase, path: string, metrics: StatementMetrics) {
    this.#database = database;
    this.#path = path;
    this.#metrics = metrics;
  }

  /** For between two groups; true when it was long enough. Throws what SQLite throws; nothing is lost then. */
  foldIfLong(): boolean {
    if (!this.#cutIsDue && this.#pages() < CHECKPOINT_PAGES) return false;
    this.fold(sizeOf(`${this.#path}-wal`) > TRUNCATE_WAL_BYTES ? 'TRUNCATE' : 'PASSIVE');
    return true;
  }

  /** PASSIVE never waits for readers; TRUNCATE with the busy handler off gives up at once when one is in the way. */
  fold(mode: 'PASSIVE' | 'TRUNCATE'): void {
    const start = performance.now();
    this.#database.pragma('busy_timeout = 0');
    try {
      const [row] = this.#database.pragma(`wal_checkpoint(${mode})`) as readonly CheckpointRow[];
      this.#cutIsDue = mode === 'TRUNCATE' && row?.busy !== 0;
    } finally {
      this.#database.pragma(`busy_timeout = ${WRITER_BUSY_TIMEOUT_MS}`);
    }
    this.folds += 1;
    this.#metrics.record('checkpoint', performance.now() - start, 0);
  }

  /** NOOP only reads the counters (11 µs): the WAL file itself keeps its size when it starts anew. */
  #pages(): number {
    const [row] = this.#database.pragma('wal_checkpoint(NOOP)') as readonly CheckpointRow[];
    return row === undefined ? 0 : row.log - row.checkpointed;
  }
}
