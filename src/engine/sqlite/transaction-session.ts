import type { TransactionRead } from '../backends/backend.ts';
import { MemoryConnectionError, MemoryTimeoutError } from '../errors.ts';
import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';
import type { Validation } from '../model/validation.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { operationTargets } from '../operation-targets.ts';
import { applyAllToOverlay, applyToOverlay, type OverlayScope } from './apply-to-overlay.ts';
import type { SqliteDatabase } from './database.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { findAnswer } from './idempotency.ts';
import { Overlay } from './overlay.ts';
import { OverlayQueries } from './overlay-queries.ts';
import { getOverlaid } from './overlay-reads.ts';
import type { OwnVectors } from './own-vectors.ts';
import { SeenState } from './seen-state.ts';
import { toMemoryError } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';

/** One write of a transaction, with the clock it was made at. */
export interface LoggedOperation {
  readonly operation: WriteOperation;
  readonly now: number;
}

export type TransactionLevel = 'READ_COMMITTED' | 'REPEATABLE_READ' | 'SERIALIZABLE';

/** `data.reason` when only part of the log was sent to a session that needs all of it. */
export const OUT_OF_STEP = 'out_of_step';

const SNAPSHOT = 'SELECT csn FROM engine_meta WHERE id = 1';
/** What another transaction's commit can do to an operation that was accepted before. */
const LATE_FAILURES = new Set(['NOT_FOUND', 'VERSION_CONFLICT', 'VALIDATION']);

/**
 * A read-only connection that answers one transaction: it pins the snapshot, lays the transaction's own writes over it, and has what
 * is read remembered. At READ_COMMITTED nothing is pinned: every step sees the newest commit, and the writes are laid over it anew
 * each time.
 */
export class TransactionSession {
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #metrics: StatementMetrics;
  readonly #clock: DeadlineClock;
  readonly #overlay: Overlay;
  readonly #queries: OverlayQueries;
  readonly #seen: SeenState;
  #scope: OverlayScope;
  #level: TransactionLevel = 'READ_COMMITTED';
  #snapshotCsn = 0;
  /** How much of the transaction's log lies in the overlay. */
  #applied = 0;
  #generation = 0;

  constructor(database: SqliteDatabase, metrics: StatementMetrics, ownVectors: OwnVectors) {
    this.#database = database;
    this.#statements = new StatementCache(database);
    this.#metrics = metrics;
    this.#clock = new DeadlineClock(database);
    this.#overlay = new Overlay(database, this.#statements);
    this.#scope = { statements: this.#statements, overlay: this.#overlay, namespace: '' };
    this.#queries = new OverlayQueries(this.#statements, this.#overlay, ownVectors);
    this.#seen = new SeenState(this.#statements, this.#queries, this.#clock);
  }

  /** Pins the snapshot (except at READ_COMMITTED); returns its commit number. BEGIN alone would pin nothing. */
  begin(namespace: string, level: TransactionLevel): number {
    this.#start(namespace, level);
    if (level !== 'READ_COMMITTED') this.#pin();
    return this.#snapshotCsn;
  }

  /**
   * Lays the log over the snapshot; only what is new when the generation is the same. Operations that were accepted
   * before but no longer apply at READ_COMMITTED (their memory is gone) are left out here and fail at commit.
   */
  sync(generation: number, from: number, log: readonly LoggedOperation[]): void {
    if (from > 0 && (generation !== this.#generation || from !== this.#applied)) {
      throw new MemoryConnectionError('the log is out of step', { data: { reason: OUT_OF_STEP } });
    }
    if (from === 0) this.#overlay.clear();
    for (const { operation, now } of log) {
      try {
        applyToOverlay(this.#scope, operation, now, []);
      } catch (error) {
        const { code } = toMemoryError(error);
        if (this.#level !== 'READ_COMMITTED' || !LATE_FAILURES.has(code)) throw error;
      }
    }
    this.#generation = generation;
    this.#applied = from + log.length;
  }

  /** All of them or none. What it answers, errors too, tells what was there: at SERIALIZABLE it counts as read. */
  write(operations: readonly WriteOperation[], now: number): readonly OperationOutcome[] {
    this.#seen.addTargets(operations.flatMap(operationTargets));
    for (const operation of operations) this.#seen.addLook(operation, now);
    const outcomes = applyAllToOverlay(this.#scope, operations, now);
    this.#applied += operations.length;
    this.#seen.addDuplicates(outcomes);
    return outcomes;
  }

  read(read: TransactionRead, deadline: number): unknown {
    if (Date.now() > deadline)
      throw new MemoryTimeoutError('the deadline passed before the read was started');
    this.#clock.set(deadline);
    const start = performance.now();
    try {
      return this.#read(read);
    } catch (error) {
      throw toMemoryError(error);
    } finally {
      this.#metrics.record(`transaction ${read.kind}`, performance.now() - start, 1);
    }
  }

  /** Runs steps at READ_COMMITTED on the newest commit, without leaving anything behind. */
  unpinned<T>(namespace: string, run: () => T): T {
    this.#start(namespace, 'READ_COMMITTED');
    this.#statements.run('BEGIN');
    try {
      return run();
    } finally {
      this.end();
    }
  }

  /** What the writer has to check at commit: what was written, and at SERIALIZABLE what was read. */
  validation(): Validation {
    const written = this.#overlay.baseVersions();
    const serializable = this.#level === 'SERIALIZABLE';
    return {
      snapshotCsn: this.#snapshotCsn,
      versions: serializable ? [...this.#seen.versions(), ...written] : written,
      links: this.#overlay.baseLinks(),
      // What a store found decided what it wrote, at every level.
      predicates: this.#overlay.withoutWrites(() =>
        this.#seen.predicates(serializable ? undefined : 'duplicates'),
      ),
    };
  }

  /**
   * Moves the snapshot to the newest commit if everything read and written is still the same there; false and an ended
   * session otherwise. The caller lays its log over anew.
   */
  refresh(): boolean {
    const versions = [...this.#seen.versions(), ...this.#overlay.baseVersions()];
    const links = this.#overlay.baseLinks();
    this.#overlay.clear();
    this.#applied = 0;
    const predicates = this.#seen.predicates();
    this.#statements.run('COMMIT');
    this.#pin();
    const same = this.#seen.isSame(versions, links, predicates);
    if (!same) this.end();
    return same;
  }

  end(): void {
    // Everything in the overlay was written inside of it.
    if (this.#database.inTransaction) this.#statements.run('ROLLBACK');
    this.#overlay.forget();
    this.#seen.forget();
    this.#snapshotCsn = 0;
    this.#applied = 0;
    this.#generation = 0;
  }

  close(): void {
    this.end();
    this.#database.close();
  }

  #start(namespace: string, level: TransactionLevel): void {
    this.end();
    this.#scope = { ...this.#scope, namespace };
    this.#level = level;
    this.#seen.begin(namespace, level !== 'READ_COMMITTED');
  }

  #pin(): void {
    this.#statements.run('BEGIN');
    this.#snapshotCsn = this.#statements.row(SNAPSHOT)?.[0] as number;
  }

  #read(read: TransactionRead): unknown {
    switch (read.kind) {
      case 'getMany':
        this.#seen.addTargets(read.args.targets);
        return getOverlaid(this.#overlay, read.args);
      case 'answer': {
        const { key, requestHash, now } = read.args;
        return findAnswer(this.#statements, this.#scope.namespace, key, requestHash, now) ?? null;
      }
      default:
        this.#seen.addQuery(read);
        return this.#queries.answer(read);
    }
  }
}
