import { setImmediate } from 'node:timers/promises';
import {
  type IsolationLevel,
  type Memory,
  type MemoryManager,
  type MemoryOperations,
  MemorySystemError,
  type OpenTransaction,
  type Where,
} from '../../src/engine/index.ts';
import type {
  CodedError,
  Content,
  HistoryDriver,
  HistorySession,
  Predicate,
  TogetherResult,
} from './driver.ts';

/** Items of a batch that keeps the writer busy for some milliseconds. */
const BALLAST = 400;

/** The histories through the library; every history gets a namespace of its own. */
export class LibraryDriver implements HistoryDriver {
  readonly #manager: MemoryManager;
  #spaces = 0;
  #memories: MemoryOperations;

  constructor(manager: MemoryManager) {
    this.#manager = manager;
    this.#memories = manager.namespace('space-0');
  }

  async reset(content: Content): Promise<void> {
    this.#spaces += 1;
    this.#memories = this.#manager.namespace(`space-${this.#spaces}`);
    const items = Object.entries(content).map(([key, n]) => ({ key, value: { n } }));
    await this.#memories.storeMany(items);
  }

  async begin(isolation: IsolationLevel): Promise<LibrarySession> {
    return new LibrarySession(await this.#memories.beginTransaction({ isolation }));
  }

  content(): Promise<Content> {
    return contentOf(this.#memories, 'all');
  }

  async commitTogether(sessions: readonly HistorySession[]): Promise<TogetherResult> {
    const before = await this.#groups();
    const items = Array.from({ length: BALLAST }, (_, index) => ({
      key: `b${index}`,
      value: index,
    }));
    const ballast = this.#manager.namespace('ballast').storeMany(items);
    // From the next turn on it is under way, in a group of its own.
    await setImmediate();
    const commits = sessions.map(async (session): Promise<CodedError | null> => {
      try {
        await session.commit();
        return null;
      } catch (error) {
        if (error instanceof MemorySystemError) return error;
        throw error;
      }
    });
    const errors = await Promise.all(commits);
    await ballast;
    const after = await this.#groups();
    const units = after.units - before.units;
    // The ballast is one unit and one group.
    const sharedGroup = units === sessions.length + 1 && after.groups - before.groups === 2;
    return { errors, sharedGroup };
  }

  async #groups(): Promise<{ readonly groups: number; readonly units: number }> {
    return (await this.#memories.statistics()).backend.groups;
  }
}

export class LibrarySession implements HistorySession {
  readonly #transaction: OpenTransaction;

  constructor(transaction: OpenTransaction) {
    this.#transaction = transaction;
  }

  async read(key: string): Promise<number | null> {
    const memory = await this.#transaction.memories.get({ key });
    return memory === null ? null : numberOf(memory);
  }

  list(predicate: Predicate): Promise<Content> {
    return contentOf(this.#transaction.memories, predicate);
  }

  async write(key: string, n: number): Promise<void> {
    await this.#transaction.memories.store({ key, value: { n } });
  }

  async increment(key: string, amount: number): Promise<void> {
    await this.#transaction.memories.increment({ by: { key }, path: 'n', amount });
  }

  async delete(key: string): Promise<void> {
    await this.#transaction.memories.delete({ by: { key } });
  }

  savepoint(name: string): Promise<void> {
    return this.#transaction.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#transaction.rollbackTo(name);
  }

  async commit(): Promise<void> {
    await this.#transaction.commit();
  }

  async abort(): Promise<void> {
    await this.#transaction.rollback();
  }
}

/** The filter of a predicate, the same in the library and in GraphQL. */
export function whereOf(predicate: Predicate): Where {
  return predicate === 'all' ? {} : { value: { n: { in: predicate.in } } };
}

async function contentOf(memories: MemoryOperations, predicate: Predicate): Promise<Content> {
  const { items } = await memories.list({
    where: whereOf(predicate),
    orderBy: [{ field: 'key', direction: 'asc' }],
    first: 100,
    withTotal: false,
  });
  return Object.fromEntries(items.map(({ memory }) => [memory.key, numberOf(memory)]));
}

function numberOf(memory: Memory): number {
  const { value } = memory;
  if (typeof value === 'object' && value !== null && 'n' in value) return Number(value['n']);
  throw new Error(`the memory ${memory.key} holds no number`);
}
