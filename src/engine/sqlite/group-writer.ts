import type { MemorySystemError } from '../errors.ts';
import type { OutboxEntry, Participation } from '../model/participation.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import { looksForDuplicates } from '../operation-targets.ts';
import type { SqliteDatabase } from './database.ts';
import { IndexBatch } from './index-batch.ts';
import type { ParticipantRecords } from './participant-records.ts';
import { PersonaIds } from './personas.ts';
import { toMemoryError } from './sqlite-errors.ts';
import type { StatementCache } from './statement-cache.ts';
import { type Counters, UnitWriter } from './unit-writer.ts';
import { Validator } from './validator.ts';
import type { VectorWriter } from './vector-writer.ts';

export type UnitResult = { readonly outcome: UnitOutcome } | { readonly error: MemorySystemError };

export interface GroupResult {
  /** In the order of the units. */
  readonly results: readonly UnitResult[];
  readonly csn: number;
  readonly headSeq: number;
  /** Prefix of external caches after the group. */
  readonly cacheEpoch: number;
  /** What failed all units together, such as a full disk; absent when each has its own result. */
  readonly fault?: MemorySystemError | undefined;
  /** COMMIT with its fsync, in ms. */
  readonly commitMs: number;
}

const SAVE_COUNTERS =
  'UPDATE engine_meta SET csn = ?, change_seq = ?, last_memory_id = ?, cache_epoch = ? WHERE id = 1';
const SAVE_LAST_ID = 'UPDATE engine_meta SET last_memory_id = ? WHERE id = 1';

/**
 * Group commit: one transaction and one fsync for many units, of which a failed one leaves its neighbours alone. Results may be told
 * to callers only after this returns, which is after COMMIT.
 *
 * A unit of several operations has a savepoint to go back to. A lone operation is decided before it writes, so that a refusal leaves
 * nothing behind, and has none: SQLite keeps a copy of each page that is changed after a savepoint, 13 µs of a store of 130. Should
 * one fail half-way all the same, the group is rolled back and written once more with savepoints for all.
 */
export class GroupWriter {
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #validator: Validator;
  readonly #personas = new PersonaIds();
  readonly #vectors: VectorWriter;
  readonly #incarnation: number;
  readonly #participants: ParticipantRecords;
  #counters: Counters;

  constructor(
    database: SqliteDatabase,
    statements: StatementCache,
    vectors: VectorWriter,
    incarnation: number,
    counters: Counters,
    participants: ParticipantRecords,
  ) {
    this.#participants = participants;
    this.#database = database;
    this.#statements = statements;
    this.#validator = new Validator(database, statements);
    this.#vectors = vectors;
    this.#incarnation = incarnation;
    this.#counters = counters;
  }

  get csn(): number {
    return this.#counters.csn;
  }

  get headSeq(): number {
    return this.#counters.changeSeq;
  }

  /**
   * Ids that only the caller will use; they are lost when it does not. Returns the first one. Written at once: a writer
   * that starts after a crash must not give them away again.
   */
  reserveIds(count: number): number {
    const first = this.#counters.lastMemoryId + 1;
    const lastMemoryId = this.#counters.lastMemoryId + count;
    this.#statements.run(SAVE_LAST_ID, lastMemoryId);
    this.#counters = { ...this.#counters, lastMemoryId };
    return first;
  }

  commit(units: readonly WriteUnit[]): GroupResult {
    return this.#commit(units, false);
  }

  #commit(units: readonly WriteUnit[], allGuarded: boolean): GroupResult {
    const start = this.#counters;
    const results: UnitResult[] = [];
    const indexes = new IndexBatch(this.#statements, this.#vectors);
    let commitMs = 0;
    try {
      this.#statements.run('BEGIN IMMEDIATE');
      for (const unit of units) {
        // A member that searched is checked against the texts of the members before it.
        if (hasSearched(unit)) indexes.apply();
        const result = this.#member(unit, indexes, allGuarded || !isLone(unit));
        if (result === null) {
          this.#undo(start);
          return this.#commit(units, true);
        }
        results.push(result);
      }
      if (this.#counters.csn === start.csn) {
        this.#statements.run('ROLLBACK');
        this.#forgetGroup();
      } else {
        indexes.apply();
        const left = this.#participants.finish(start.csn, this.#counters.csn);
        this.#statements.run(
          SAVE_COUNTERS,
          this.#counters.csn,
          this.#counters.changeSeq,
          this.#counters.lastMemoryId,
          this.#participants.nextCacheEpoch,
        );
        dieIfAsked(units, 'IN_GROUP');
        const before = performance.now();
        this.#statements.run('COMMIT');
        commitMs = performance.now() - before;
        dieIfAsked(units, 'COMMITTED');
        this.#participants.committed();
        if (left.size > 0) results.splice(0, results.length, ...results.map(withEntries(left)));
      }
    } catch (cause) {
      // Disk full and I/O errors roll the whole group back (sqlite.org/c3ref/get_autocommit.html): nobody was acknowledged.
      this.#undo(start);
      const error = toMemoryError(cause);
      return {
        results: units.map(() => ({ error })),
        csn: start.csn,
        headSeq: start.changeSeq,
        cacheEpoch: this.#participants.cacheEpoch,
        fault: error,
        commitMs,
      };
    }
    const { cacheEpoch } = this.#participants;
    const { csn, changeSeq } = this.#counters;
    return { results, csn, headSeq: changeSeq, cacheEpoch, commitMs };
  }

  /** Of the whole group. */
  #undo(start: Counters): void {
    if (this.#database.inTransaction) this.#statements.run('ROLLBACK');
    this.#counters = start;
    this.#forgetGroup();
  }

  /** What is remembered of rows may be gone with a rollback. */
  #forget(): void {
    this.#personas.forget();
    this.#vectors.rolledBack();
  }

  #forgetGroup(): void {
    this.#forget();
    this.#participants.rolledBack();
  }

  /**
   * Null when a member without a savepoint failed after it had begun to write. Throws only when SQLite has already rolled the whole
   * transaction back.
   */
  #member(unit: WriteUnit, indexes: IndexBatch, guarded: boolean): UnitResult | null {
    if (guarded) this.#statements.run('SAVEPOINT member');
    const writer = new UnitWriter(
      this.#statements,
      this.#validator,
      this.#personas,
      this.#vectors,
      this.#incarnation,
      this.#counters,
      unit,
    );
    this.#participants.begin(unit);
    try {
      const outcome = this.#participants.applied(unit, writer.apply());
      if (guarded) this.#statements.run('RELEASE member');
      this.#counters = writer.counters;
      indexes.add(writer.indexChanges);
      return { outcome };
    } catch (error) {
      this.#participants.failed(unit);
      if (!this.#database.inTransaction) throw error;
      if (guarded) {
        this.#statements.run('ROLLBACK TO member');
        this.#statements.run('RELEASE member');
        this.#forget();
      } else if (writer.hasWritten) return null;
      return { error: toMemoryError(error) };
    }
  }
}

/** What a unit of several operations or of a two-phase commit does may have to be undone. */
function isLone({ operations, participation }: WriteUnit): boolean {
  return operations.length === 1 && participation === undefined;
}

function hasSearched({ validation, operations }: WriteUnit): boolean {
  if (operations.some(looksForDuplicates)) return true;
  return (
    validation?.predicates.some(({ kind }) => kind === 'recall' || kind === 'duplicates') ?? false
  );
}

function withEntries(
  left: ReadonlyMap<number, readonly OutboxEntry[]>,
): (result: UnitResult) => UnitResult {
  return (result) => {
    if (!('outcome' in result) || result.outcome.replayed) return result;
    const entries = left.get(result.outcome.csn);
    if (entries === undefined) return result;
    const { outbox = [] } = result.outcome;
    return { outcome: { ...result.outcome, outbox: [...outbox, ...entries] } };
  };
}

/** Asked for by the crash matrix only. */
function dieIfAsked(units: readonly WriteUnit[], step: Participation['dieAt']): void {
  if (units.some(({ participation }) => participation?.dieAt === step))
    process.kill(process.pid, 'SIGKILL');
}
