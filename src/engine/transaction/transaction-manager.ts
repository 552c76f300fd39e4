import type { Backend } from '../backends/backend.ts';
import {
  MemoryConnectionError,
  OverloadedError,
  TransactionConflictError,
  TransactionStateError,
} from '../errors.ts';
import { IdAllocator } from '../id-allocator.ts';
import { MAX_OPEN_TRANSACTIONS } from '../limits.ts';
import type { ParticipantName } from '../model/participation.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { OperationOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { type Footprint, footprintOf, Reservations } from './reservations.ts';
import { canRetry, DEFAULT_MAX_RETRIES, waitBeforeRetry } from './retry.ts';
import { Transaction } from './transaction.ts';
import { TransactionMeter } from './transaction-meter.ts';
import {
  type RunOptions,
  servedIsolation,
  type TransactionInfo,
  type TransactionOptions,
  type TransactionStatistics,
} from './transaction-types.ts';

/** Told to a caller who was refused because too many transactions are open. */
const RETRY_AFTER_MS = 250;

/** Lost commits after which a transaction gets a turn of its own (engine.md section 2). */
const CONFLICTS_BEFORE_RESERVATION = 4;

export interface CommitResult {
  readonly info: TransactionInfo;
  readonly outcomes: readonly OperationOutcome[];
  readonly csn: number;
  readonly replayed: boolean;
  readonly pending: readonly ParticipantName[];
}

export interface Idempotency {
  readonly key: string;
  readonly requestHash: string;
}

/** Opens, finds, commits and counts the transactions of one engine. */
export class TransactionManager {
  readonly #backend: Backend;
  readonly #defaultTimeoutMs: number;
  readonly #ids: IdAllocator;
  readonly #reservations = new Reservations();
  readonly #meter = new TransactionMeter();
  readonly #open = new Map<string, Transaction>();
  #closed = false;

  constructor(backend: Backend, defaultTimeoutMs: number) {
    this.#backend = backend;
    this.#defaultTimeoutMs = defaultTimeoutMs;
    this.#ids = new IdAllocator((count) => backend.reserveIds(count));
  }

  async begin(namespace: string, options: TransactionOptions = {}): Promise<Transaction> {
    if (this.#closed) throw new MemoryConnectionError('the engine is closed');
    if (this.#open.size >= MAX_OPEN_TRANSACTIONS) {
      throw new OverloadedError('too many transactions are open', RETRY_AFTER_MS, {
        data: { open: this.#open.size, max: MAX_OPEN_TRANSACTIONS },
        remedy: 'Commit or roll back others, or try again after retryAfterMs.',
      });
    }
    const requestedIsolation = options.isolation ?? 'READ_COMMITTED';
    const effectiveIsolation = servedIsolation(requestedIsolation);
    const view = await this.#backend.openTransaction(namespace, effectiveIsolation);
    if (this.#closed) {
      await view.end();
      throw new MemoryConnectionError('the engine is closed');
    }
    const transaction = new Transaction(
      {
        namespace,
        requestedIsolation,
        effectiveIsolation,
        timeoutMs: options.timeoutMs ?? this.#defaultTimeoutMs,
        idleTimeoutMs: options.idleTimeoutMs ?? null,
        commitMode: options.commitMode,
      },
      view,
      this.#ids,
      (ended, how, durationMs) => {
        this.#open.delete(ended.id);
        this.#meter.ended(how, durationMs);
      },
    );
    this.#open.set(transaction.id, transaction);
    return transaction;
  }

  /** The open transaction with this id in this namespace; TransactionStateError tells nothing about other tenants'. */
  find(namespace: string, id: string): Transaction {
    const transaction = this.#open.get(id);
    if (transaction !== undefined && transaction.namespace === namespace) return transaction;
    throw new TransactionStateError('there is no open transaction with this id', {
      remedy: 'It was ended, timed out or never begun: begin a new transaction.',
    });
  }

  /**
   * Sends the transaction to the writer; on any error it is rolled back and the error thrown. Whoever commits in a turn
   * of its own waits for nobody.
   */
  async commit(
    transaction: Transaction,
    idempotency?: Idempotency,
    inTurn = false,
  ): Promise<CommitResult> {
    // A second commit must not disturb the first one.
    transaction.requireOpen();
    let outcome: UnitOutcome;
    try {
      outcome = await this.#send(transaction, idempotency, inTurn);
    } catch (error) {
      if (error instanceof TransactionConflictError) this.#meter.conflicts += 1;
      await transaction.end('failed');
      throw error;
    }
    await transaction.end('committed');
    const { csn, outcomes, replayed, pending = [] } = outcome;
    return { info: transaction.info(), outcomes, csn, replayed, pending };
  }

  /** Idempotent on a transaction that has ended; TransactionStateError while it is being committed. */
  async rollback(transaction: Transaction): Promise<TransactionInfo> {
    if (transaction.beingCommitted) transaction.requireOpen();
    await transaction.end('rolled_back');
    return transaction.info();
  }

  /**
   * Runs `body` in a transaction: commits when it returns, rolls back when it throws, and runs it again after a conflict.
   * After four lost commits it gets a turn in which others that would disturb it wait.
   */
  async run<T>(
    namespace: string,
    options: RunOptions,
    body: (transaction: Transaction) => Promise<T>,
    idempotency?: Idempotency,
  ): Promise<{ readonly value: T; readonly commit: CommitResult; readonly retries: number }> {
    const deadline = Date.now() + (options.timeoutMs ?? this.#defaultTimeoutMs);
    const maxRetries = options.maxRetries ?? DEFAULT_MAX_RETRIES;
    let footprint: Footprint | undefined;
    for (let attempt = 0; ; attempt += 1) {
      const timeoutMs = Math.max(1, deadline - Date.now());
      const once = (inTurn: boolean): Promise<Attempt<T>> =>
        this.#attempt(namespace, { ...options, timeoutMs }, body, idempotency, inTurn);
      const result =
        footprint !== undefined && attempt >= CONFLICTS_BEFORE_RESERVATION
          ? await this.#reservations.hold(footprint, async () => {
              await this.#passQueue(namespace);
              return once(true);
            })
          : await once(false);
      if ('commit' in result) return { ...result, retries: attempt };
      if (!canRetry(result.error) || attempt >= maxRetries || Date.now() >= deadline) {
        throw result.error;
      }
      footprint = result.footprint ?? footprint;
      this.#meter.retries += 1;
      await waitBeforeRetry(attempt + 1);
    }
  }

  /** Waits, for a bounded time, while the unit would disturb a transaction whose turn it is. */
  async giveWay(unit: WriteUnit): Promise<void> {
    await this.#reservations.inTheWay(unit);
  }

  /** True only while somebody has to be given way: the check that ordinary writes pay for. */
  mustGiveWay(unit: WriteUnit): boolean {
    return this.#reservations.inTheWay(unit) !== undefined;
  }

  /** Counts a transaction that is one unit of work and was never open. */
  async counted<T>(commit: () => Promise<T>): Promise<T> {
    const start = Date.now();
    try {
      const result = await commit();
      this.#meter.ended('committed', Date.now() - start);
      return result;
    } catch (error) {
      this.#meter.ended('failed', Date.now() - start);
      throw error;
    }
  }

  list(namespace: string): readonly TransactionInfo[] {
    return [...this.#open.values()]
      .filter((transaction) => transaction.namespace === namespace)
      .map((transaction) => transaction.info());
  }

  statistics(): TransactionStatistics {
    return this.#meter.statistics(Array.from(this.#open.values(), ({ state }) => state));
  }

  /** Rolls everything back that is still open. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      Array.from(this.#open.values(), async (transaction) => {
        if (transaction.beingCommitted) await transaction.ended;
        else await transaction.end('rolled_back');
      }),
    );
  }

  async #attempt<T>(
    namespace: string,
    options: TransactionOptions,
    body: (transaction: Transaction) => Promise<T>,
    idempotency: Idempotency | undefined,
    inTurn: boolean,
  ): Promise<Attempt<T>> {
    let transaction: Transaction | undefined;
    try {
      transaction = await this.begin(namespace, options);
      const { ended } = transaction;
      const requireOpen = transaction.requireOpen.bind(transaction);
      // A body that hangs must not keep its caller beyond the timeout, which ends the transaction.
      const value = await Promise.race([
        body(transaction),
        ended.then((): never => {
          requireOpen();
          throw new TransactionStateError('the transaction has ended');
        }),
      ]);
      return { value, commit: await this.commit(transaction, idempotency, inTurn) };
    } catch (error) {
      if (transaction === undefined) return { error, footprint: undefined };
      await this.rollback(transaction);
      return { error, footprint: footprintOf(namespace, transaction.prepared) };
    }
  }

  /** What was sent before a turn began must be committed before the turn's snapshot is taken: an empty unit queues behind it. */
  async #passQueue(namespace: string): Promise<void> {
    const now = Date.now();
    const deadline = now + this.#defaultTimeoutMs;
    await this.#backend.write({ txid: uuidV7(now), namespace, operations: [], deadline, now }, 0);
  }

  async #send(
    transaction: Transaction,
    idempotency: Idempotency | undefined,
    inTurn: boolean,
  ): Promise<UnitOutcome> {
    const now = Date.now();
    const prepared = await transaction.prepare(uuidV7(now), now);
    transaction.committing();
    if (prepared.operations.length === 0 && idempotency === undefined)
      return { csn: transaction.snapshotCsn ?? 0, outcomes: [], replayed: false };
    const unit = idempotency === undefined ? prepared : { ...prepared, idempotency };
    const turn = inTurn ? undefined : this.#reservations.inTheWay(unit);
    if (turn !== undefined) await turn;
    return this.#backend.write(unit, transaction.bytes);
  }
}

type Attempt<T> =
  | { readonly value: T; readonly commit: CommitResult }
  | { readonly error: unknown; readonly footprint: Footprint | undefined };
