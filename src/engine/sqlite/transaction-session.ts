import type { TransactionRead } from '../backends/backend.ts';
import type { ReadMap } from '../backends/read-map.ts';
import { MemoryConnectionError, MemorySystemError, MemoryTimeoutError } from '../errors.ts';
import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import { looksForDuplicates, operationTargets } from '../operation-targets.ts';
import type {
  OperationOutcome,
  SeenPredicate,
  Target,
  Validation,
  WriteOperation,
} from '../types.ts';
import type { SqliteDatabase } from './database.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { toDuplicates } from './duplicates.ts';
import { findAnswer } from './idempotency.ts';
import { csnOfLink } from './links.ts';
import { Overlay } from './overlay.ts';
import { getOverlaid, linksOverlaid, listOverlaid, recallOverlaid } from './overlay-reads.ts';
import type { OwnVectors } from './own-vectors.ts';
import { readPersonas } from './personas.ts';
import { digestOf } from './record-digest.ts';
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
const CSN_OF = 'SELECT csn FROM main.memories WHERE namespace = ? AND ';

/**
 * A read-only connection that answers one transaction: its snapshot, its own writes in TEMP tables, and the record of
 * what it has read. At READ_COMMITTED nothing is pinned: every step sees the newest commit, and the writes are laid over
 * it anew each time.
 */
export class TransactionSession {
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #metrics: StatementMetrics;
  readonly #ownVectors: OwnVectors;
  readonly #clock: DeadlineClock;
  readonly #overlay: Overlay;
  readonly #seen = new Map<string, { readonly target: Target; readonly csn: number }>();
  #queries: SeenQuery[] = [];
  #level: TransactionLevel = 'READ_COMMITTED';
  #namespace = '';
  #snapshotCsn = 0;
  /** How much of the transaction's log lies in the overlay. */
  #applied = 0;
  #generation = 0;

  constructor(database: SqliteDatabase, metrics: StatementMetrics, ownVectors: OwnVectors) {
    this.#database = database;
    this.#statements = new StatementCache(database);
    this.#metrics = metrics;
    this.#ownVectors = ownVectors;
    this.#clock = new DeadlineClock(database);
    this.#overlay = new Overlay(database, this.#statements);
  }

  /** Pins the snapshot (except at READ_COMMITTED); returns its commit number. BEGIN alone would pin nothing. */
  begin(namespace: string, level: TransactionLevel): number {
    this.end();
    this.#namespace = namespace;
    this.#level = level;
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
        this.#overlay.apply(operation, this.#namespace, now, []);
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
    this.#remember(operations.flatMap(operationTargets));
    for (const operation of operations) this.#rememberLook(operation, now);
    const apply = (): readonly OperationOutcome[] =>
      operations.map((operation, index) => {
        const several = operations.length > 1;
        const path = several ? ['operations', String(index)] : [];
        try {
          return this.#overlay.apply(operation, this.#namespace, now, path);
        } catch (error) {
          throw several && error instanceof MemorySystemError ? error.atOperation(index) : error;
        }
      });
    // A lone operation decides whether it fails before it writes anything.
    const outcomes = operations.length === 1 ? apply() : this.#overlay.atomically(apply);
    this.#applied += operations.length;
    this.#remember(outcomes.flatMap(duplicatesOf));
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
    this.end();
    this.#namespace = namespace;
    this.#level = 'READ_COMMITTED';
    this.#statements.run('BEGIN');
    try {
      return run();
    } finally {
      this.end();
    }
  }

  /** What the writer has to check at commit: what was written, and at SERIALIZABLE what was read. */
  validation(): Validation {
    const snapshotCsn = this.#snapshotCsn;
    const written = this.#overlay.baseVersions();
    const links = this.#overlay.baseLinks();
    const serializable = this.#level === 'SERIALIZABLE';
    // What a store found decided what it wrote, at every level.
    const counting = serializable
      ? this.#queries
      : this.#queries.filter(({ kind }) => kind === 'duplicates');
    return {
      snapshotCsn,
      versions: serializable ? [...this.#seen.values(), ...written] : written,
      links,
      predicates: this.#overlay.withoutWrites(() => this.#digests(counting)),
    };
  }

  /**
   * Moves the snapshot to the newest commit if everything read and written is still the same there; false and an ended
   * session otherwise. The caller lays its log over anew.
   */
  refresh(): boolean {
    const versions = [...this.#seen.values(), ...this.#overlay.baseVersions()];
    const links = this.#overlay.baseLinks();
    this.#overlay.clear();
    this.#applied = 0;
    const before = this.#digests();
    this.#statements.run('COMMIT');
    this.#pin();
    const after = this.#digests();
    const same =
      versions.every(({ target, csn }) => this.#csnOf(target) === csn) &&
      links.every((link) => csnOfLink(this.#statements, link) === link.csn) &&
      before.every(({ digest }, index) => digest === after[index]?.digest);
    if (!same) this.end();
    return same;
  }

  end(): void {
    // Everything in the overlay was written inside of it.
    if (this.#database.inTransaction) this.#statements.run('ROLLBACK');
    this.#overlay.forget();
    this.#seen.clear();
    this.#queries = [];
    this.#snapshotCsn = 0;
    this.#applied = 0;
    this.#generation = 0;
  }

  close(): void {
    this.end();
    this.#database.close();
  }

  #pin(): void {
    this.#statements.run('BEGIN');
    this.#snapshotCsn = this.#statements.row(SNAPSHOT)?.[0] as number;
  }

  #read(read: TransactionRead): unknown {
    switch (read.kind) {
      case 'getMany':
        this.#remember(read.args.targets);
        return getOverlaid(this.#overlay, read.args);
      case 'list':
        this.#rememberQuery(read);
        return this.#list(read.args);
      case 'recall':
        this.#rememberQuery(read);
        return this.#recall(read.args);
      case 'personas':
        this.#rememberQuery(read);
        return this.#personas(read.args);
      case 'links':
        this.#rememberQuery(read);
        return linksOverlaid(this.#statements, this.#overlay, read.args);
      case 'duplicates':
        this.#rememberQuery(read);
        return toDuplicates(this.#overlay.findDuplicates(read.args));
      case 'answer': {
        const { key, requestHash, now } = read.args;
        return findAnswer(this.#statements, this.#namespace, key, requestHash, now) ?? null;
      }
    }
  }

  #list(args: ReadMap['list']['args']): ReadMap['list']['result'] {
    return listOverlaid(this.#statements, this.#overlay, args);
  }
  #recall(args: ReadMap['recall']['args']): ReadMap['recall']['result'] {
    return recallOverlaid(this.#statements, this.#overlay, args, this.#ownVectors);
  }
  #personas(args: ReadMap['personas']['args']): ReadMap['personas']['result'] {
    return readPersonas(this.#statements, args.namespace, args.names);
  }

  /**
   * What the file held when it was first read; the transaction's own writes do not count. REPEATABLE_READ needs it only
   * for a refresh.
   */
  #remember(targets: readonly Target[]): void {
    if (this.#level === 'READ_COMMITTED') return;
    for (const target of targets) {
      const name = JSON.stringify(target);
      if (!this.#seen.has(name)) this.#seen.set(name, { target, csn: this.#csnOf(target) });
    }
  }

  /** A store that looks for duplicates is decided by a query. */
  #rememberLook(operation: WriteOperation, now: number): void {
    if (operation.kind !== 'store' || !looksForDuplicates(operation)) return;
    const { key, valueText, section, persona } = operation;
    const args = { namespace: this.#namespace, key, valueText, section, persona, now };
    this.#rememberQuery({ kind: 'duplicates', args });
  }

  /** Its digest can wait: as long as the snapshot is pinned, the query gives the same. */
  #rememberQuery({ kind, args }: SeenQuery): void {
    if (this.#level !== 'READ_COMMITTED') this.#queries.push({ kind, args } as SeenQuery);
  }

  /** What the queries give on the file as it is pinned now; the overlay must be empty. */
  #digests(queries: readonly SeenQuery[] = this.#queries): readonly SeenPredicate[] {
    this.#clock.set(Date.now() + DIGESTS_BUDGET_MS);
    return queries.map((query) => ({ ...query, digest: this.#digest(query) }));
  }

  #digest(query: SeenQuery): string {
    switch (query.kind) {
      case 'list':
        return digestOf(query.kind, this.#list(query.args));
      case 'recall':
        return digestOf(query.kind, this.#recall(query.args));
      case 'personas':
        return digestOf(query.kind, this.#personas(query.args));
      case 'links':
        return digestOf(query.kind, linksOverlaid(this.#statements, this.#overlay, query.args));
      case 'duplicates':
        return digestOf(query.kind, toDuplicates(this.#overlay.findDuplicates(query.args)));
    }
  }

  #csnOf(target: Target): number {
    const row =
      'key' in target
        ? this.#statements.row(`${CSN_OF} key = ?`, this.#namespace, target.key)
        : this.#statements.row(`${CSN_OF} id = ?`, this.#namespace, target.id);
    return (row?.[0] as number | undefined) ?? 0;
  }
}

type SeenQuery = Extract<TransactionRead, { kind: SeenPredicate['kind'] }>;

/** What a store that looked for duplicates told of them. */
function duplicatesOf(outcome: OperationOutcome): readonly Target[] {
  if (!('duplicates' in outcome)) return [];
  return (outcome.duplicates ?? []).map(({ id }) => ({ id }));
}

/** All queries of a transaction run once more; a thread must not be held longer than that. */
const DIGESTS_BUDGET_MS = 10_000;

/** What another transaction's commit can do to an operation that was accepted before. */
const LATE_FAILURES = new Set(['NOT_FOUND', 'VERSION_CONFLICT', 'VALIDATION']);
