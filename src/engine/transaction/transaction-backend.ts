import type {
  Backend,
  BackendInfo,
  BackendStatistics,
  CommitListener,
  HealthCheck,
  ReadKind,
  ReadMap,
  ReadOptions,
  ServedIsolation,
  Touch,
  TransactionRead,
  TransactionView,
} from '../backends/backend.ts';
import { TransactionStateError } from '../errors.ts';
import type { UnitOutcome, WriteUnit } from '../types.ts';
import type { Transaction } from './transaction.ts';

/** What they show was committed, maybe after the snapshot of the transaction; single versions never change. */
const REFUSED: ReadonlySet<ReadKind> = new Set(['getManyAsOf', 'listAsOf', 'history']);
const VIEWED: ReadonlySet<ReadKind> = new Set(['getMany', 'list', 'recallText', 'personas']);

/**
 * The backend as an open transaction sees it, so that every operation runs inside as it runs outside: writes are
 * buffered, memories are read from the snapshot with those writes laid over. Figures about the store are the store's own.
 */
export class TransactionBackend implements Backend {
  readonly #store: Backend;
  readonly #transaction: Transaction;
  readonly #timeoutMs: number;

  constructor(store: Backend, transaction: Transaction, timeoutMs: number) {
    this.#store = store;
    this.#transaction = transaction;
    this.#timeoutMs = timeoutMs;
  }

  get info(): BackendInfo {
    return this.#store.info;
  }

  write(unit: WriteUnit): Promise<UnitOutcome> {
    return this.#transaction.write(unit);
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    if (REFUSED.has(kind)) throw notInside('reading the past');
    if (!VIEWED.has(kind)) return this.#store.read(kind, args, options);
    const deadline = options?.deadline ?? Date.now() + this.#timeoutMs;
    const result = await this.#transaction.read({ kind, args } as TransactionRead, deadline);
    return result as ReadMap[K]['result'];
  }

  touch(namespace: string, touches: readonly Touch[]): Promise<void> {
    return this.#store.touch(namespace, touches);
  }
  health(): readonly HealthCheck[] {
    return this.#store.health();
  }
  probe(): Promise<readonly HealthCheck[]> {
    return this.#store.probe();
  }
  statistics(): Promise<BackendStatistics> {
    return this.#store.statistics();
  }
  onCommit(listener: CommitListener): () => void {
    return this.#store.onCommit(listener);
  }

  openTransaction(_namespace: string, _isolation: ServedIsolation): Promise<TransactionView> {
    throw notInside('another transaction');
  }
  reserveIds(_count: number): Promise<number> {
    throw notInside('reserving ids');
  }
  sweepExpired(): Promise<number> {
    throw notInside('the expiry sweep');
  }
  prune(): Promise<number> {
    throw notInside('pruning');
  }
  optimize(): Promise<readonly string[]> {
    throw notInside('optimisation');
  }
  resize(): Promise<number> {
    throw notInside('resizing the pool');
  }
  close(): Promise<void> {
    throw notInside('closing the store');
  }
}

function notInside(what: string): TransactionStateError {
  return new TransactionStateError(`${what} cannot be part of a transaction`, {
    remedy: 'Do it before the transaction begins or after it has ended.',
  });
}
