import { setImmediate } from 'node:timers/promises';
import type { IsolationLevel, MemoryManager } from '../../src/engine/index.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { type Answer, post, request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import {
  CommitTransaction,
  RollbackTransaction,
  SetSavepoint,
  TransactionFigures,
} from '../support/transaction-documents.graphql.ts';
import type {
  CodedError,
  Content,
  HistoryDriver,
  HistorySession,
  Predicate,
  TogetherResult,
} from './driver.ts';
import {
  HistoryDelete,
  HistoryIncrement,
  HistoryList,
  HistoryRead,
  HistoryStore,
} from './history-documents.graphql.ts';

/** Items of a batch that keeps the writer busy until the requests of the commits have arrived. */
const BALLAST = 300;

/** The histories over HTTP with interactive transactions; every history gets a namespace of its own. */
export class GraphqlDriver implements HistoryDriver {
  readonly #manager: MemoryManager;
  #url = '';
  #spaces = 0;

  constructor(manager: MemoryManager) {
    this.#manager = manager;
  }

  /** Where the server listens; it starts with the driver as its manager. */
  connect(url: string): void {
    this.#url = url;
  }

  /** What the server takes for its engine: the namespace of the history that runs, whichever it asks for. */
  readonly namespace = (): ReturnType<MemoryManager['namespace']> =>
    this.#manager.namespace(`space-${this.#spaces}`);

  async reset(content: Content): Promise<void> {
    this.#spaces += 1;
    for (const [key, n] of Object.entries(content))
      await call(post(this.#url, { query: HistoryStore.toString(), variables: { key, n } }));
  }

  async begin(isolation: IsolationLevel): Promise<GraphqlSession> {
    return new GraphqlSession(await TransactionClient.begin(this.#url, { isolation }));
  }

  async content(): Promise<Content> {
    const { memories } = await request(this.#url, HistoryList, {});
    return contentOf(memories?.nodes ?? []);
  }

  async commitTogether(sessions: readonly HistorySession[]): Promise<TogetherResult> {
    const before = await this.#groups();
    const items = Array.from({ length: BALLAST }, (_, index) => ({ key: `b${index}`, value: 0 }));
    const ballast = this.#manager.namespace('ballast').storeMany(items);
    // From the next turn on it is under way, in a group of its own.
    await setImmediate();
    const commits = sessions.map(async (session): Promise<CodedError | null> => {
      try {
        await session.commit();
        return null;
      } catch (error) {
        if (error instanceof RefusedError) return error;
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
    const { stats } = await request(this.#url, TransactionFigures, {});
    if (stats == null) throw new Error('the server told no statistics');
    return stats.backend.groups;
  }
}

/** What the server refused, by a member of a union or by an error. */
class RefusedError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

class GraphqlSession implements HistorySession {
  readonly #transaction: TransactionClient;

  constructor(transaction: TransactionClient) {
    this.#transaction = transaction;
  }

  async read(key: string): Promise<number | null> {
    const { memory } = await this.#call(HistoryRead, { key });
    return memory == null ? null : numberOf(memory.value);
  }

  async list(predicate: Predicate): Promise<Content> {
    const where = predicate === 'all' ? null : { value: [{ path: 'n', in: predicate.in.slice() }] };
    const { memories } = await this.#call(HistoryList, { where });
    return contentOf(memories?.nodes ?? []);
  }

  async write(key: string, n: number): Promise<void> {
    await this.#call(HistoryStore, { key, n });
  }

  async increment(key: string, amount: number): Promise<void> {
    await this.#call(HistoryIncrement, { key, amount });
  }

  async delete(key: string): Promise<void> {
    await this.#call(HistoryDelete, { key });
  }

  async savepoint(name: string): Promise<void> {
    await this.#call(SetSavepoint, { name });
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#call(RollbackTransaction, { toSavepoint: name });
  }

  async commit(): Promise<void> {
    await this.#call(CommitTransaction, {});
  }

  async abort(): Promise<void> {
    await this.#call(RollbackTransaction, {});
  }

  #call<Data extends object, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    return call(this.#transaction.send(document, variables));
  }
}

async function call<Data extends object>(sent: Promise<Answer<Data>>): Promise<Data> {
  const { data, errors } = await sent;
  const [error] = errors;
  if (error !== undefined)
    throw new RefusedError(String(error.extensions?.['code']), error.message);
  if (data == null) throw new Error('the server answered nothing');
  for (const field of Object.values(data)) {
    if (typeof field !== 'object' || field === null || !('code' in field)) continue;
    throw new RefusedError(String(field.code), JSON.stringify(field));
  }
  return data;
}

function contentOf(nodes: readonly { readonly key: string; readonly value: unknown }[]): Content {
  return Object.fromEntries(nodes.map(({ key, value }) => [key, numberOf(value)]));
}

function numberOf(value: unknown): number {
  if (typeof value === 'object' && value !== null && 'n' in value) return Number(value.n);
  throw new Error(`a memory holds ${JSON.stringify(value)} and no number`);
}
