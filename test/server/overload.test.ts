import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  DEFAULT_NAMESPACE,
  type MemoryOperations,
  OverloadedError,
} from '../../src/engine/index.ts';
import { GetMemory } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, post, request } from '../support/test-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const MEMORIES = 150;
/** Callers who go on asking without a pause once searches are refused. */
const CALLERS = 30;

/** Recalls that cost some milliseconds each; no two are the same, so that no cache answers. */
class Searchers {
  readonly #memories: MemoryOperations;
  readonly #callers: Promise<void>[] = [];
  #asked = 0;
  #stopped = false;
  answered = 0;
  refused: OverloadedError[] = [];
  others: unknown[] = [];

  constructor(memories: MemoryOperations) {
    this.#memories = memories;
  }

  recall(): Promise<unknown> {
    this.#asked += 1;
    return this.#memories.recall({
      query: `owls hunt at night ${this.#asked}`,
      limit: 1,
      touch: false,
    });
  }

  /** Each answer brings two more callers, until the first refusal. */
  async growUntilRefused(): Promise<void> {
    for (let index = 0; index < 8; index += 1) this.#join();
    while (this.refused.length === 0 && this.others.length === 0) await nextTurn();
  }

  /** Resolves when everything that was asked has an answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (let index = 0; index < this.#callers.length; index += 1) await this.#callers[index];
  }

  #join(): void {
    this.#callers.push(this.#ask());
  }

  async #ask(): Promise<void> {
    const number = this.#callers.length;
    do {
      try {
        await this.recall();
        this.answered += 1;
        if (this.refused.length === 0) this.#join();
      } catch (error) {
        if (error instanceof OverloadedError) this.refused.push(error);
        else this.others.push(error);
      }
    } while (!this.#stopped && (this.refused.length === 0 || number < CALLERS));
  }
}

it('under overload searches are refused at once, all else goes on, and afterwards nothing is refused', async () => {
  const { url, manager } = await startTestServer({ memory: { connection_timeout: 5 } });
  const memories = manager.namespace(DEFAULT_NAMESPACE);
  await memories.storeMany(
    Array.from({ length: MEMORIES }, (_, index) => ({
      key: `owl_${index}`,
      value: `owls hunt at night, and number ${index} sleeps by day`,
    })),
  );
  const searchers = new Searchers(memories);
  await searchers.growUntilRefused();

  // Whoever finds the queue short is let in.
  const search = {
    query: 'query($text: String!) { recall(query: $text, touch: false) { edges { score } } }',
  };
  let refusals = 0;
  for (let number = 0; refusals === 0; number += 1) {
    const text = `owls over the network ${number}`;
    const { status, errors } = await post(url, { ...search, variables: { text } });
    if (errors.length === 0) continue;
    refusals += 1;
    expect(status).toBe(200);
    expect(errors).toMatchObject([
      {
        path: ['recall'],
        extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: expect.any(Number) },
      },
    ]);
  }
  const { storeMemory } = await request(url, StoreMemory, { input: { key: 'during', value: 1 } });
  expectType(storeMemory, 'WritePayload');
  const { memory } = await request(url, GetMemory, { by: { key: 'during' } });
  expect(memory?.key).toBe('during');

  await searchers.stop();
  expect(searchers.others).toEqual([]);
  for (const { retryAfterMs } of searchers.refused) expect(retryAfterMs).toBeGreaterThan(0);
  const readers = (await memories.statistics()).backend.pools.find(
    ({ name }) => name === 'readers',
  );
  expect(readers).toMatchObject({ queued: 0, shed: searchers.refused.length + refusals });
  expect(readers?.rejected).toBe(readers?.shed);

  await Promise.all(Array.from({ length: 128 }, () => searchers.recall()));
});
