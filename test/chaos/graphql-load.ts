import { decodeChangeCursor } from '../../src/engine/change-cursor.ts';
import { randomFrom } from '../support/random.ts';
import { post } from '../support/test-client.ts';
import { type AcknowledgedWrite, type Acknowledgement, type LoadRun, wordOf } from './load.ts';

/** The part of a result that a load looks at; asked for under the alias `result` by every document. */
interface Result {
  readonly cursor?: string | null;
  readonly memory?: { readonly version: number };
  readonly transaction?: { readonly id: string };
  readonly code?: string;
}

const WRITE = '{ ... on WritePayload { cursor memory { version } } ... on Error { code message } }';
const DOCUMENTS = {
  store: `mutation ($input: StoreMemoryInput!) { result: storeMemory(input: $input) ${WRITE} }`,
  update: `mutation ($input: UpdateMemoryInput!) { result: updateMemory(input: $input) ${WRITE} }`,
  delete: `mutation ($input: DeleteMemoryInput!) { result: deleteMemory(input: $input) {
    ... on DeleteMemoryPayload { cursor } ... on Error { code message } } }`,
  batch: `mutation ($input: StoreMemoriesInput!) { result: storeMemories(input: $input) {
    ... on StoreMemoriesPayload { cursor } ... on Error { code message } } }`,
  transact: `mutation ($input: TransactInput!) { result: transact(input: $input) {
    ... on TransactPayload { cursor } ... on Error { code message } } }`,
  directive: `mutation ($a: StoreMemoryInput!, $b: StoreMemoryInput!) @transaction {
    result: storeMemory(input: $a) ${WRITE} second: storeMemory(input: $b) ${WRITE} }`,
  begin: `mutation { result: beginTransaction(input: {}) {
    ... on BeginTransactionPayload { transaction { id } } ... on Error { code message } } }`,
  commit: `mutation { result: commitTransaction(input: {}) {
    ... on CommitTransactionPayload { cursor } ... on Error { code message } } }`,
  rollback: `mutation { result: rollbackTransaction(input: {}) {
    ... on RollbackTransactionPayload { transaction { id: name } } ... on Error { code message } } }`,
} as const;

/** The connection ended without an answer: nobody knows what came of the request. */
class NoAnswer extends Error {}

/** Clients that write to a server over HTTP in every way there is, until it is killed. */
export class GraphqlLoad implements LoadRun {
  readonly name: string;
  readonly acknowledged: Acknowledgement[] = [];
  readonly refused: string[] = [];
  readonly #url: string;
  readonly #onAcknowledged: (count: number) => void;

  /** `onAcknowledged` hears the number of acknowledged units so far after each. */
  constructor(url: string, name: string, onAcknowledged: (count: number) => void) {
    this.#url = url;
    this.name = name;
    this.#onAcknowledged = onAcknowledged;
  }

  /** Resolves when every caller has lost the server. */
  async run(callers: number, seed: number): Promise<void> {
    await Promise.all(
      Array.from({ length: callers }, (_, caller) => this.#call(caller, seed * 1_000 + caller)),
    );
  }

  async #call(caller: number, seed: number): Promise<void> {
    const random = randomFrom(seed);
    const own = new Map<string, number>();
    try {
      for (let turn = 0; ; turn += 1)
        await this.#turn(`${this.name}c${caller}t${turn}`, own, random);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  /** One unit of work; `own` holds the caller's memories and their versions. */
  async #turn(
    unit: string,
    own: Map<string, number>,
    random: (bound: number) => number,
  ): Promise<void> {
    const known = [...own.keys()][random(Math.max(own.size, 1))];
    const choice = random(20);
    if (choice < 4 && known !== undefined) return await this.#update(unit, own, known);
    if (choice < 6 && known !== undefined) return await this.#delete(own, known);
    if (choice < 9) return await this.#storeAll(unit, own, 1, 'store');
    const of = 2 + random(4);
    if (choice < 11) return await this.#storeAll(unit, own, of, 'batch');
    if (choice < 14) return await this.#storeAll(unit, own, of, 'transact');
    if (choice < 15) return await this.#storeAll(unit, own, 2, 'directive');
    if (choice < 18) return await this.#storeAll(unit, own, of, 'interactive');
    if (choice < 19) return await this.#beRefused(unit);
    return await this.#rollBack(unit, of);
  }

  async #storeAll(
    unit: string,
    own: Map<string, number>,
    of: number,
    way: 'store' | 'batch' | 'transact' | 'directive' | 'interactive',
  ): Promise<void> {
    const items = itemsOf(unit, of);
    const { cursor } = await this.#storeBy(way, items);
    const writes = items.map(({ key }) => ({ key, kind: 'created', version: 1 }) as const);
    for (const { key } of writes) own.set(key, 1);
    // Inside a document transaction a write tells where the log stood, since its own place is not known before the commit.
    this.#acknowledge(writes, way === 'directive' ? null : cursor);
  }

  async #storeBy(way: string, items: readonly Item[]): Promise<Result> {
    switch (way) {
      case 'store':
        return await this.#ask(DOCUMENTS.store, { input: items[0] });
      case 'batch':
        return await this.#ask(DOCUMENTS.batch, { input: { items } });
      case 'transact': {
        const operations = items.map((item) => ({ store: item }));
        return await this.#ask(DOCUMENTS.transact, { input: { operations } });
      }
      case 'directive':
        return await this.#ask(DOCUMENTS.directive, { a: items[0], b: items[1] });
      default: {
        const headers = await this.#begin();
        for (const item of items) await this.#ask(DOCUMENTS.store, { input: item }, headers);
        return await this.#ask(DOCUMENTS.commit, {}, headers);
      }
    }
  }

  async #update(unit: string, own: Map<string, number>, key: string): Promise<void> {
    const value = { word: wordOf(unit, 0), of: 1 };
    const { cursor, memory } = await this.#ask(DOCUMENTS.update, { input: { by: { key }, value } });
    if (memory === undefined) throw new Error('the update told no version');
    own.set(key, memory.version);
    this.#acknowledge([{ key, kind: 'updated', version: memory.version }], cursor);
  }

  async #delete(own: Map<string, number>, key: string): Promise<void> {
    own.delete(key);
    const { cursor } = await this.#ask(DOCUMENTS.delete, { input: { by: { key } } });
    this.#acknowledge([{ key, kind: 'deleted' }], cursor);
  }

  /** Its last step fails, so that its stores must never be seen. */
  async #beRefused(unit: string): Promise<void> {
    const stores = itemsOf(unit, 2).map((item) => ({ store: item }));
    const operations = [...stores, { assert: { by: { key: 'nowhere' }, version: 99 } }];
    const code = await this.#refusal(DOCUMENTS.transact, { input: { operations } });
    if (code === null) throw new Error(`${unit} was not refused`);
    this.refused.push(unit);
  }

  async #rollBack(unit: string, of: number): Promise<void> {
    const headers = await this.#begin();
    // From here on it may never commit, whether or not the rollback is answered.
    this.refused.push(unit);
    for (const item of itemsOf(unit, of))
      await this.#ask(DOCUMENTS.store, { input: item }, headers);
    await this.#ask(DOCUMENTS.rollback, {}, headers);
  }

  async #begin(): Promise<Readonly<Record<string, string>>> {
    const { transaction } = await this.#ask(DOCUMENTS.begin, {});
    if (transaction === undefined) throw new Error('the begin told no id');
    return { 'x-trinitas-transaction': transaction.id };
  }

  #acknowledge(writes: readonly AcknowledgedWrite[], cursor: string | null | undefined): void {
    const seq = cursor == null ? undefined : decodeChangeCursor(cursor, []).seq;
    this.acknowledged.push({ seq, writes });
    this.#onAcknowledged(this.acknowledged.length);
  }

  async #ask(query: string, variables: object, headers?: Headers): Promise<Result> {
    const { result, fault } = await this.#send(query, variables, headers);
    if (result === null || fault !== null) throw new Error(`the server refused: ${fault}`);
    return result;
  }

  async #refusal(query: string, variables: object): Promise<string | null> {
    return (await this.#send(query, variables)).result?.code ?? null;
  }

  async #send(
    query: string,
    variables: object,
    headers?: Headers,
  ): Promise<{ readonly result: Result | null; readonly fault: string | null }> {
    const answer = await post<Record<string, Result>>(
      this.#url,
      { query, variables },
      headers,
    ).catch((cause: unknown) => {
      throw new NoAnswer('no answer', { cause });
    });
    const results = Object.values(answer.data ?? {});
    const failed = results.find(({ code }) => code !== undefined);
    const fault =
      answer.errors.length > 0
        ? JSON.stringify(answer.errors)
        : failed === undefined
          ? null
          : JSON.stringify(failed);
    return { result: answer.data?.['result'] ?? null, fault };
  }
}

type Headers = Readonly<Record<string, string>>;

interface Item {
  readonly key: string;
  readonly value: { readonly word: string; readonly of: number };
}

function itemsOf(unit: string, of: number): readonly Item[] {
  return Array.from({ length: of }, (_, index) => ({
    key: `${unit}-${index}`,
    value: { word: wordOf(unit, index), of },
  }));
}
