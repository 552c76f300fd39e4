import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  BEGIN,
  COMMIT,
  CONTEXT,
  GET,
  LIST,
  type Operation,
  RECALL,
  STORE,
  TRANSACT,
} from '../k6/documents.ts';
import { memoryOf, questionOf, taskOf, topicOf } from '../k6/workload.ts';

/** Memories that are stored again and again, so that the store stays as large as it is. */
const MEMORIES = 4_000;
const PREFIX = 'soak_';
/** A subscriber leaves and another comes after so many batches of changes. */
const BATCHES_PER_SUBSCRIBER = 200;
const CHANGES = `subscription { memoryChanges { __typename ... on MemoryChangeBatch { endCursor changes { kind } } } }`;
const STATISTICS = `subscription { stats(intervalMs: 1000) { state residentBytes } }`;

/** Counts of what the load did; a failure is any answer that is not what was asked for. */
export interface SoakCounts {
  calls: number;
  failures: number;
  changes: number;
  samples: number;
  subscribers: number;
  readonly messages: Set<string>;
}

export interface SoakLoad {
  readonly counts: SoakCounts;
  /** Ends the load; resolves when the last call is answered. */
  stop(): Promise<void>;
}

/** Stores, reads, lists, recalls, contexts and both kinds of transactions from `callers` callers without pause, and two streams. */
export function startSoakLoad(url: string, callers: number): SoakLoad {
  const stop = new AbortController();
  const counts: SoakCounts = {
    calls: 0,
    failures: 0,
    changes: 0,
    samples: 0,
    subscribers: 0,
    messages: new Set(),
  };
  const load = new Load(url, counts, stop.signal);
  const running = Promise.all([
    ...Array.from({ length: callers }, (_, caller) => load.call(caller)),
    load.watch(CHANGES, () => {
      counts.changes += 1;
    }),
    load.watch(STATISTICS, () => {
      counts.samples += 1;
    }),
  ]);
  return {
    counts,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

class Load {
  readonly #url: string;
  readonly #counts: SoakCounts;
  readonly #signal: AbortSignal;

  constructor(url: string, counts: SoakCounts, signal: AbortSignal) {
    this.#url = url;
    this.#counts = counts;
    this.#signal = signal;
  }

  async call(caller: number): Promise<void> {
    for (let turn = caller; !this.#signal.aborted; turn += 7) {
      try {
        await this.#one(turn);
      } catch (error) {
        this.#counts.failures += 1;
        // The first of each kind is enough to see what is wrong.
        if (this.#counts.messages.size < 10) this.#counts.messages.add(String(error).slice(0, 200));
      }
      this.#counts.calls += 1;
    }
  }

  /** One client after the other, so that leaving is part of the load. */
  async watch(query: string, onResult: () => void): Promise<void> {
    while (!this.#signal.aborted) {
      this.#counts.subscribers += 1;
      const client = createClient({
        url: this.#url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      const end = (): void => void client.dispose();
      this.#signal.addEventListener('abort', end, { once: true });
      try {
        let batches = 0;
        for await (const _result of client.iterate({ query })) {
          onResult();
          batches += 1;
          if (batches === BATCHES_PER_SUBSCRIBER) break;
        }
      } catch (error) {
        if (this.#signal.aborted) return;
        this.#counts.failures += 1;
        this.#counts.messages.add(String(error).slice(0, 200));
      } finally {
        this.#signal.removeEventListener('abort', end);
        await client.dispose();
      }
    }
  }

  async #one(turn: number): Promise<void> {
    const memory = memoryOf(PREFIX, turn % MEMORIES);
    const kind = turn % 20;
    if (kind < 8) await this.#send(STORE, { input: memory });
    else if (kind < 10) await this.#send(GET, { key: memory.key });
    else if (kind < 12)
      await this.#send(LIST, { where: { tags: { any: [topicOf(turn)] } }, first: 20 });
    else if (kind < 16) await this.#send(RECALL, { query: questionOf(turn), first: 10 });
    else if (kind < 17) await this.#send(CONTEXT, taskOf(turn));
    else if (kind < 19)
      await this.#send(TRANSACT, {
        input: { operations: [{ store: memory }, { delete: { by: { key: memory.key } } }] },
      });
    else await this.#interactive(memory);
  }

  async #interactive(memory: ReturnType<typeof memoryOf>): Promise<void> {
    const begun = (await this.#send(BEGIN, { input: { isolation: 'REPEATABLE_READ' } })) as {
      readonly transaction: { readonly id: string };
    };
    const headers = { 'x-trinitas-transaction': begun.transaction.id };
    const own = { ...memory, key: `${memory.key}_${begun.transaction.id}` };
    await this.#send(STORE, { input: own }, headers);
    await this.#send(COMMIT, { id: begun.transaction.id });
    await this.#send(TRANSACT, { input: { operations: [{ delete: { by: { key: own.key } } }] } });
  }

  async #send(
    operation: Operation,
    variables: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: operation.document, variables }),
    });
    const text = await response.text();
    const answer = JSON.parse(text) as {
      readonly data?: Readonly<Record<string, unknown>> | null;
      readonly errors?: readonly unknown[];
    };
    const result = answer.data?.[operation.field];
    const member = (result as { readonly __typename?: string } | null | undefined)?.__typename;
    const wanted = operation.answer === null || operation.answer === member;
    if (answer.errors !== undefined || result === undefined || !wanted)
      throw new Error(`${operation.name}: ${text.slice(0, 300)}`);
    return result;
  }
}
