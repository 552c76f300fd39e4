import type { Backend } from '../../../src/engine/backends/backend.ts';
import type { ReadMap } from '../../../src/engine/backends/read-map.ts';
import { type IsolationLevel, NotFoundError } from '../../../src/engine/index.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import type { Transaction } from '../../../src/engine/transaction/transaction.ts';
import { TransactionManager } from '../../../src/engine/transaction/transaction-manager.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { type ListClient, type ListSession, toList } from './list-client.ts';

const TIMEOUT_MS = 60_000;

/** Lists in one namespace of any backend, a broken one too, below the library. */
export class BackendListClient implements ListClient {
  readonly #backend: Backend;
  readonly #manager: TransactionManager;
  readonly #namespace: string;

  constructor(backend: Backend, namespace: string) {
    this.#backend = backend;
    this.#manager = new TransactionManager(backend, TIMEOUT_MS);
    this.#namespace = namespace;
  }

  async begin(isolation: IsolationLevel): Promise<ListSession> {
    const transaction = await this.#manager.begin(this.#namespace, { isolation });
    return new BackendListSession(this.#manager, transaction, this.#namespace);
  }

  async lists(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const targets = keys.map((key) => ({ key }));
    const args = { namespace: this.#namespace, targets, now: Date.now() };
    return toLists(await this.#backend.read('getMany', args));
  }
}

class BackendListSession implements ListSession {
  readonly #manager: TransactionManager;
  readonly #transaction: Transaction;
  readonly #namespace: string;

  constructor(manager: TransactionManager, transaction: Transaction, namespace: string) {
    this.#manager = manager;
    this.#transaction = transaction;
    this.#namespace = namespace;
  }

  async get(key: string): Promise<readonly number[]> {
    const now = Date.now();
    const args = { namespace: this.#namespace, targets: [{ key }], now };
    const found = await this.#transaction.read({ kind: 'getMany', args }, now + TIMEOUT_MS);
    return toLists(found as ReadMap['getMany']['result']).get(key) ?? [];
  }

  async query(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const now = Date.now();
    const args: ReadMap['list']['args'] = {
      namespace: this.#namespace,
      filter: { operand: { field: 'key' }, comparison: { operator: 'in', values: keys } },
      order: [{ field: 'key', direction: 'asc' }],
      limit: keys.length,
      after: null,
      before: null,
      fromEnd: false,
      withTotal: false,
      now,
    };
    const found = await this.#transaction.read({ kind: 'list', args }, now + TIMEOUT_MS);
    return toLists((found as ReadMap['list']['result']).records);
  }

  async append(key: string, element: number): Promise<boolean> {
    try {
      const itemsText = JSON.stringify([element]);
      await this.#write({ kind: 'append', target: { key }, path: [], itemsText });
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  store(key: string, list: readonly number[]): Promise<void> {
    return this.#write(storing(key, list));
  }

  savepoint(name: string): Promise<void> {
    return this.#transaction.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#transaction.rollbackTo(name);
  }

  async commit(): Promise<void> {
    await this.#manager.commit(this.#transaction);
  }

  async rollback(): Promise<void> {
    await this.#manager.rollback(this.#transaction);
  }

  async #write(operation: WriteOperation): Promise<void> {
    await this.#transaction.write(unitOf(this.#namespace, [operation]));
  }
}

function toLists(
  records: readonly (MemoryRecord | null)[],
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    records.flatMap((record) =>
      record === null ? [] : [[record.key, toList(JSON.parse(record.valueText))]],
    ),
  );
}
