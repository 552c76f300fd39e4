import { randomBytes } from 'node:crypto';
import type { TransactionRead, TransactionView } from '../backends/backend.ts';
import { TransactionStateError } from '../errors.ts';
import type { IdAllocator } from '../id-allocator.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { Validation } from '../model/validation.ts';
import { InnerRequests } from './inner-requests.ts';
import { SavepointStack } from './savepoint-stack.ts';
import { TransactionClocks } from './transaction-clocks.ts';
import { type EndState, isCommitting, isOpen, refusalIn } from './transaction-states.ts';
import type { TransactionInfo, TransactionState, TransactionTerms } from './transaction-types.ts';
import { Turns } from './turns.ts';
import { withNewIds } from './with-new-ids.ts';

/**
 * One open transaction: its buffered writes, its savepoints, its clocks. SQLite's write lock is never held while it is
 * open; everything happens in the one unit of work that its commit sends. Operations run one after another, whatever
 * the caller does.
 */
export class Transaction {
  readonly id = randomBytes(32).toString('base64url');
  readonly #terms: TransactionTerms;
  readonly #view: TransactionView;
  readonly #ids: IdAllocator;
  readonly #onEnd: (transaction: Transaction, how: EndState, durationMs: number) => void;
  readonly #startedAt = Date.now();
  readonly #savepoints = new SavepointStack();
  readonly #requests = new InnerRequests();
  readonly #clocks: TransactionClocks;
  readonly #turns: Turns;
  #state: TransactionState = 'pending';
  #endedAt: number | undefined;
  readonly #ended: Promise<void>;
  #resolveEnded = (): void => undefined;
  #prepared: Validation | undefined;

  constructor(
    terms: TransactionTerms,
    view: TransactionView,
    ids: IdAllocator,
    onEnd: (transaction: Transaction, how: EndState, durationMs: number) => void,
  ) {
    this.#terms = terms;
    this.#view = view;
    this.#ids = ids;
    this.#onEnd = onEnd;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#clocks = new TransactionClocks(
      terms.timeoutMs,
      terms.idleTimeoutMs,
      () => void this.#expire(),
    );
    this.#turns = new Turns(() => this.#clocks.idle());
  }

  get state(): TransactionState {
    return this.#state;
  }

  get namespace(): string {
    return this.#terms.namespace;
  }

  /** Resolves when it has ended, however that was. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** It is on its way to the writer: how it ends is no longer the caller's to say. */
  get beingCommitted(): boolean {
    return isCommitting(this.#state) && this.#endedAt === undefined;
  }

  get deadline(): number {
    return this.#startedAt + this.#terms.timeoutMs;
  }

  info(): TransactionInfo {
    const { namespace, requestedIsolation, effectiveIsolation } = this.#terms;
    return {
      id: this.id,
      namespace,
      requestedIsolation,
      effectiveIsolation,
      state: this.#state,
      startedAt: new Date(this.#startedAt),
      expiresAt: new Date(this.deadline),
      durationMs: (this.#endedAt ?? Date.now()) - this.#startedAt,
      operations: this.#view.operations.length,
      savepoints: this.#savepoints.names(),
    };
  }

  /** Buffers a unit of work, all or nothing; an idempotent request that was answered before is replayed instead. */
  write(unit: WriteUnit): Promise<UnitOutcome> {
    return this.#exclusive(async () => {
      const replay = await this.#replay(unit);
      if (replay !== undefined) return replay;
      const operations = await withNewIds(unit.operations, this.#ids);
      const first = this.#view.operations.length;
      const deadline = Math.min(unit.deadline, this.deadline);
      const outcomes = await this.#view.write(operations, unit.now, deadline);
      if (unit.idempotency !== undefined) {
        this.#requests.add({ ...unit.idempotency, first, count: operations.length, outcomes });
      }
      return { csn: 0, outcomes, replayed: false };
    });
  }

  read(read: TransactionRead, deadline: number): Promise<unknown> {
    return this.#exclusive(() => this.#view.read(read, Math.min(deadline, this.deadline)));
  }

  /** Marks the place to come back to. A name may be used again: the newest one counts. */
  savepoint(name: string): Promise<void> {
    return this.#exclusive(async () => this.#savepoints.set(name, this.#view.operations.length));
  }

  /** Forgets everything since the savepoint, which stays. */
  rollbackTo(name: string): Promise<void> {
    return this.#exclusive(async () => {
      const length = this.#savepoints.rollbackTo(name);
      this.#view.truncate(length);
      this.#requests.truncate(length);
    });
  }

  /** Forgets the savepoint and those after it; the writes stay. */
  release(name: string): Promise<void> {
    return this.#exclusive(async () => this.#savepoints.release(name));
  }

  /** The unit of work of the whole transaction, ready to be sent; from here on no operation is taken. */
  async prepare(txid: string, now: number): Promise<WriteUnit> {
    this.requireOpen();
    const { underWay } = this.#turns;
    if (underWay > 0) {
      throw new TransactionStateError('an operation of the transaction was not awaited', {
        data: { id: this.id, underWay },
        remedy: 'Await every operation of the transaction before it ends.',
      });
    }
    this.#state = 'preparing';
    this.#clocks.stop();
    // Whoever only read saw one state of the store; there is nothing that could be out of date at commit.
    const reads = this.#view.operations.length === 0;
    const validation = reads ? undefined : await this.#view.validation(this.deadline);
    this.#prepared = validation;
    this.#state = 'prepared';
    return {
      txid,
      namespace: this.#terms.namespace,
      operations: this.#view.operations,
      innerRequests: this.#requests.toUnit(),
      validation,
      commitMode: this.#terms.commitMode,
      deadline: this.deadline,
      now,
    };
  }

  /** Of the buffered writes. */
  get bytes(): number {
    return this.#view.bytes;
  }

  /** Commit number of its snapshot; null at READ_COMMITTED. */
  get snapshotCsn(): number | null {
    return this.#view.snapshotCsn;
  }

  /** What it had read and written when it was prepared; undefined before, and when nothing has to be checked. */
  get prepared(): Validation | undefined {
    return this.#prepared;
  }

  committing(): void {
    this.#state = 'committing';
  }

  /** Ends it; the first call decides how. */
  async end(how: EndState): Promise<void> {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = Date.now();
    this.#clocks.stop();
    this.#state = how === 'rolled_back' ? 'rolling_back' : how;
    try {
      await this.#view.end();
    } finally {
      this.#state = how;
      this.#onEnd(this, how, this.#endedAt - this.#startedAt);
      this.#resolveEnded();
    }
  }

  /** MemoryTimeoutError after a timeout, TransactionStateError after any other end. */
  requireOpen(): void {
    if (!isOpen(this.#state)) throw refusalIn(this.id, this.#state);
  }

  async #expire(): Promise<void> {
    if (isOpen(this.#state)) await this.end('timeout');
  }

  #exclusive<T>(run: () => Promise<T>): Promise<T> {
    this.requireOpen();
    this.#state = 'active';
    this.#clocks.busy();
    return this.#turns.take(() => {
      // It may have ended while this operation waited for the one before.
      this.requireOpen();
      return run();
    });
  }

  async #replay({ idempotency, deadline, now }: WriteUnit): Promise<UnitOutcome | undefined> {
    if (idempotency === undefined) return undefined;
    const outcomes = this.#requests.answerOf(idempotency);
    if (outcomes !== undefined) return { csn: 0, outcomes, replayed: true };
    const { key, requestHash } = idempotency;
    const read: TransactionRead = { kind: 'answer', args: { key, requestHash, now } };
    const found = await this.#view.read(read, Math.min(deadline, this.deadline));
    return (found as UnitOutcome | null) ?? undefined;
  }
}
