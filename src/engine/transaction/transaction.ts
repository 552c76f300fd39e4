import { randomBytes } from 'node:crypto';
import type { ServedIsolation, TransactionRead, TransactionView } from '../backends/backend.ts';
import {
  IdempotencyMismatchError,
  MemorySystemError,
  MemoryTimeoutError,
  TransactionStateError,
} from '../errors.ts';
import type { IdAllocator } from '../id-allocator.ts';
import type {
  CommitMode,
  InnerRequest,
  OperationOutcome,
  UnitOutcome,
  Validation,
  WriteOperation,
  WriteUnit,
} from '../types.ts';
import { SavepointStack } from './savepoint-stack.ts';
import type { IsolationLevel, TransactionInfo, TransactionState } from './transaction-types.ts';

export interface TransactionTerms {
  readonly namespace: string;
  readonly requestedIsolation: IsolationLevel;
  readonly effectiveIsolation: ServedIsolation;
  readonly timeoutMs: number;
  /** null = none */
  readonly idleTimeoutMs: number | null;
  /** Undefined: as configured. */
  readonly commitMode: CommitMode | undefined;
}

type EndState = 'committed' | 'rolled_back' | 'failed' | 'timeout';

const OPEN_STATES: ReadonlySet<TransactionState> = new Set(['pending', 'active']);
const COMMITTING_STATES: ReadonlySet<TransactionState> = new Set([
  'preparing',
  'prepared',
  'committing',
]);

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
  readonly #totalTimer: NodeJS.Timeout;
  #idleTimer: NodeJS.Timeout | undefined;
  #requests: readonly (InnerRequest & { readonly outcomes: readonly OperationOutcome[] })[] = [];
  #state: TransactionState = 'pending';
  #tail: Promise<unknown> = Promise.resolve();
  #underWay = 0;
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
    this.#totalTimer = setTimeout(() => void this.#expire(), terms.timeoutMs);
    this.#totalTimer.unref();
    this.#restartIdleTimer();
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
    return COMMITTING_STATES.has(this.#state) && this.#endedAt === undefined;
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
      const operations = await this.#withIds(unit.operations);
      const first = this.#view.operations.length;
      const deadline = Math.min(unit.deadline, this.deadline);
      const outcomes = await this.#view.write(operations, unit.now, deadline);
      if (unit.idempotency !== undefined) {
        const request = { ...unit.idempotency, first, count: operations.length, outcomes };
        this.#requests = [...this.#requests, request];
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
      this.#requests = this.#requests.filter(({ first }) => first < length);
    });
  }

  /** Forgets the savepoint and those after it; the writes stay. */
  release(name: string): Promise<void> {
    return this.#exclusive(async () => this.#savepoints.release(name));
  }

  /** The unit of work of the whole transaction, ready to be sent; from here on no operation is taken. */
  async prepare(txid: string, now: number): Promise<WriteUnit> {
    this.requireOpen();
    if (this.#underWay > 0) {
      throw new TransactionStateError('an operation of the transaction was not awaited', {
        data: { id: this.id, underWay: this.#underWay },
        remedy: 'Await every operation of the transaction before it ends.',
      });
    }
    this.#state = 'preparing';
    this.#stopClocks();
    // Whoever only read saw one state of the store; there is nothing that could be out of date at commit.
    const reads = this.#view.operations.length === 0;
    const validation = reads ? undefined : await this.#view.validation(this.deadline);
    this.#prepared = validation;
    this.#state = 'prepared';
    const innerRequests = this.#requests.map(({ outcomes: _, ...request }) => request);
    return {
      txid,
      namespace: this.#terms.namespace,
      operations: this.#view.operations,
      innerRequests: innerRequests.length === 0 ? undefined : innerRequests,
      validation,
      commitMode: this.#terms.commitMode,
      deadline: this.deadline,
      now,
    };
  }

  /** Commit number of its snapshot; null at READ_COMMITTED. */
  /** Of the buffered writes. */
  get bytes(): number {
    return this.#view.bytes;
  }

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
    this.#stopClocks();
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
    if (OPEN_STATES.has(this.#state)) return;
    if (this.#state === 'timeout') {
      throw new MemoryTimeoutError('the transaction timed out and was rolled back', {
        data: { id: this.id, state: this.#state, outcome: 'none' },
        remedy: 'Run the whole transaction again, faster or with a longer timeout.',
      });
    }
    throw new TransactionStateError(`the transaction is ${this.#state}`, {
      data: { id: this.id, state: this.#state },
      remedy: 'Begin a new transaction.',
    });
  }

  async #expire(): Promise<void> {
    if (OPEN_STATES.has(this.#state)) await this.end('timeout');
  }

  #exclusive<T>(run: () => Promise<T>): Promise<T> {
    this.requireOpen();
    this.#state = 'active';
    this.#underWay += 1;
    clearTimeout(this.#idleTimer);
    const result = this.#tail.then(() => {
      // It may have ended while this operation waited for the one before.
      this.requireOpen();
      return run();
    });
    const settle = (): void => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#restartIdleTimer();
    };
    this.#tail = result.then(settle, settle);
    return result;
  }

  async #replay({ idempotency, deadline, now }: WriteUnit): Promise<UnitOutcome | undefined> {
    if (idempotency === undefined) return undefined;
    const { key, requestHash } = idempotency;
    const own = this.#requests.find((request) => request.key === key);
    if (own !== undefined) {
      if (own.requestHash === requestHash)
        return { csn: 0, outcomes: own.outcomes, replayed: true };
      throw new IdempotencyMismatchError(
        `idempotency key ${JSON.stringify(key)} was used before with another request`,
        { data: { idempotencyKey: key }, remedy: 'Use a new key for a new request.' },
      );
    }
    const read: TransactionRead = { kind: 'answer', args: { key, requestHash, now } };
    const found = await this.#view.read(read, Math.min(deadline, this.deadline));
    return (found as UnitOutcome | null) ?? undefined;
  }

  /** Memories that come into being get their final ids now, so that what is read inside stays true outside. */
  async #withIds(operations: readonly WriteOperation[]): Promise<readonly WriteOperation[]> {
    const stores = operations.filter((operation) => operation.kind === 'store').length;
    if (stores === 0) return operations;
    const ids = [...(await this.#ids.take(stores))];
    return operations.map((operation) => {
      if (operation.kind !== 'store') return operation;
      const newId = ids.shift();
      if (newId === undefined) throw new MemorySystemError('ids ran out');
      return { ...operation, newId };
    });
  }

  #restartIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    const { idleTimeoutMs } = this.#terms;
    if (idleTimeoutMs === null || this.#endedAt !== undefined) return;
    this.#idleTimer = setTimeout(() => void this.#expire(), idleTimeoutMs);
    this.#idleTimer.unref();
  }

  #stopClocks(): void {
    clearTimeout(this.#totalTimer);
    clearTimeout(this.#idleTimer);
  }
}
