import type {
  Backend,
  BackendInfo,
  CommitListener,
  ReadOptions,
  ServedIsolation,
  Touch,
  TransactionRead,
  TransactionView,
} from '../backends/backend.ts';
import type { BackendStatistics, HealthCheck } from '../backends/backend-statistics.ts';
import type { ReadKind, ReadMap } from '../backends/read-map.ts';
import { TransactionStateError } from '../errors.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { Transaction } from './transaction.ts';

/**
 * What they show was committed, maybe after the snapshot of the transaction; single versions never change, and figures about the
 * store and states of vectors are no part of any snapshot.
 */
const REFUSED: ReadonlyMap<ReadKind, string> = new Map([
  ['getManyAsOf', 'reading the past'],
  ['listAsOf', 'reading the past'],
  ['history', 'reading the past'],
  ['similar', 'looking for similar memories'],
]);
const VIEWED: ReadonlySet<ReadKind> = new Set([
  'getMany',
  'list',
  'recall',
  'personas',
  'links',
  'duplicates',
]);

/**
 * The backend as an open transaction sees it, so that every operation runs inside as it runs outside: writes are
 * buffered, memories are read from the snapshot with those writes laid over. Figures about the store are the store's own.
 */
export class TransactionBackend implements Backend {
  /** What is kept outside shows what is committed. */
  readonly participants = null;
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

  get integrity(): Backend['integrity'] {
    return this.#store.integrity;
  }

  write(unit: WriteUnit): Promise<UnitOutcome> {
    return this.#transaction.write(unit);
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    const refused = REFUSED.get(kind);
    if (refused !== undefined) throw notInside(refused);
    if (!VIEWED.has(kind)) return this.#store.read(kind, args, options);
    const deadline = options?.deadline ?? Date.now() + this.#timeoutMs;
    const result = await this.#transaction.read({ kind, args } as TransactionRead, deadline);
    return result as ReadMap[K]['result'];
  }

  /** Vectors are no part of any snapshot. */
  healVectors(memoryIds: readonly number[]): Promise<number> {
    return this.#store.healVectors(memoryIds);
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
  saveEmbeddings(): Promise<number> {
    throw notInside('saving vectors');
  }
  completeEmbedder(): Promise<void> {
    throw notInside('replacing the vectors of another model');
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
  rebuildText(): ReturnType<Backend['rebuildText']> {
    throw notInside('rebuilding an index');
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
