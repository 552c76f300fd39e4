import { randomUUID } from 'node:crypto';
import { TransactionStateError } from './errors.ts';
import { MemoryCalls } from './memory-calls.ts';
import type { OpenTransaction } from './open-transaction.ts';
import type { TransactionInfo } from './transaction/transaction-types.ts';
import type { StoreInput } from './write-operations.ts';
import type { StoreManyResult } from './write-results.ts';

/**
 * What the body of a transaction works with: the calls of the manager, inside. Every call must be awaited before the
 * body returns, and none is possible after that.
 */
export class TransactionHandle extends MemoryCalls {
  readonly #open: OpenTransaction;

  constructor(open: OpenTransaction) {
    super(open.memories);
    this.#open = open;
  }

  /** State, level and times. */
  get info(): TransactionInfo {
    return this.#open.info();
  }

  /** v4's name: all of them or none. */
  async bulkStore(items: readonly StoreInput[]): Promise<StoreManyResult> {
    return await this.storeMany(items);
  }

  /** Runs `body`; when it throws, what it wrote is forgotten, the transaction goes on, and the error is thrown. */
  async savepoint<T>(body: (transaction: this) => Promise<T>): Promise<T> {
    const name = randomUUID();
    await this.#open.savepoint(name);
    try {
      const value = await body(this);
      await this.#open.release(name);
      return value;
    } catch (error) {
      // After a timeout there is no savepoint to go back to: the whole transaction is gone.
      if (this.#open.info().state === 'active') {
        await this.#open.rollbackTo(name);
        await this.#open.release(name);
      }
      throw error;
    }
  }

  /** Transactions do not nest; a savepoint does. */
  async transaction(): Promise<never> {
    throw new TransactionStateError('a transaction cannot be begun inside of another one', {
      remedy: 'Use savepoint(body) for a part that may fail on its own.',
    });
  }
}
