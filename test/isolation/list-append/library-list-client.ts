import {
  type IsolationLevel,
  type MemoryOperations,
  NotFoundError,
  type OpenTransaction,
} from '../../../src/engine/index.ts';
import { type ListClient, type ListSession, toList } from './list-client.ts';

const CHUNK = 500;

/** Lists in one namespace, through the library. */
export class LibraryListClient implements ListClient {
  readonly #memories: MemoryOperations;

  constructor(memories: MemoryOperations) {
    this.#memories = memories;
  }

  async begin(isolation: IsolationLevel): Promise<ListSession> {
    return new LibraryListSession(await this.#memories.beginTransaction({ isolation }));
  }

  async lists(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const lists = new Map<string, readonly number[]>();
    for (let start = 0; start < keys.length; start += CHUNK) {
      const targets = keys.slice(start, start + CHUNK).map((key) => ({ key }));
      for (const memory of await this.#memories.getMany(targets)) {
        if (memory !== null) lists.set(memory.key, toList(memory.value));
      }
    }
    return lists;
  }
}

class LibraryListSession implements ListSession {
  readonly #open: OpenTransaction;

  constructor(open: OpenTransaction) {
    this.#open = open;
  }

  async get(key: string): Promise<readonly number[]> {
    const memory = await this.#open.memories.get({ key });
    return memory === null ? [] : toList(memory.value);
  }

  async query(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const { items } = await this.#open.memories.list({
      where: { key: keys },
      first: keys.length,
      withTotal: false,
    });
    return new Map(items.map(({ memory }) => [memory.key, toList(memory.value)]));
  }

  async append(key: string, element: number): Promise<boolean> {
    try {
      await this.#open.memories.append({ by: { key }, items: [element] });
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  async store(key: string, list: readonly number[]): Promise<void> {
    await this.#open.memories.store({ key, value: list });
  }

  savepoint(name: string): Promise<void> {
    return this.#open.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#open.rollbackTo(name);
  }

  async commit(): Promise<void> {
    await this.#open.commit();
  }

  async rollback(): Promise<void> {
    await this.#open.rollback();
  }
}
