import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryOperations, WriteOptions } from '../../../src/engine/index.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

type Write = (memories: MemoryOperations, options: WriteOptions) => Promise<unknown>;

const BY = { by: { key: 'day' } };

/** Every write that gives a memory another text. */
const WRITES: readonly (readonly [string, Write])[] = [
  ['store', (on, options) => on.store({ key: 'new', value: 'a grey cloud' }, options)],
  ['update', (on, options) => on.update({ ...BY, value: { sky: 'the rain falls' } }, options)],
  ['increment', (on, options) => on.increment({ ...BY, path: 'hour', amount: 5 }, options)],
  ['append', (on, options) => on.append({ ...BY, path: 'notes', items: ['a wind'] }, options)],
  ['restore', (on, options) => on.restore({ ...BY, version: 1 }, options)],
  ['storeMany', (on, options) => on.storeMany([{ key: 'a', value: 'one bird' }], options)],
  [
    'storeMany, each alone',
    (on, options) => on.storeMany([{ key: 'a', value: 'one bird' }], { ...options, atomic: false }),
  ],
  [
    'storeResult',
    (on, options) => on.storeResult({ persona: 'p', task: 'count', result: 'two birds' }, options),
  ],
  ['transact', (on, options) => on.transact([{ store: { key: 'b', value: 'a bee' } }], options)],
];

describe('awaitIndex', () => {
  let server: EmbeddingServer;
  let memories: MemoryOperations;
  beforeEach(async () => {
    server = await EmbeddingServer.start();
    const engine = await openTestEngine({ memory: { embedder: server.embedder } });
    memories = engine.namespace('default');
    await memories.store({ key: 'day', value: { sky: 'the sun is up', hour: 7, notes: [] } });
    await memories.update({ ...BY, value: { sky: 'clear skies', hour: 8, notes: ['warm'] } });
    await memories.indexed();
  });
  afterEach(() => server.release());

  it.each(WRITES)('of %s waits for the vector', async (_name, write) => {
    const known = server.batches.length;
    server.hold();
    let answered = false;
    const waiting = write(memories, { awaitIndex: true }).finally(() => {
      answered = true;
    });
    await server.arrived(known + 1);
    expect(answered).toBe(false);
    server.release();
    await waiting;
    expect((await memories.status()).embedding.pending).toBe(0);
  });

  it('is over with the time of the operation, whose answer is the same', async () => {
    server.behaviour = 'hang';
    const { created, memory } = await memories.store(
      { key: 'new', value: 'a grey cloud' },
      { awaitIndex: true, timeoutMs: 200 },
    );
    expect(created).toBe(true);
    expect(await memories.embeddingStates([memory.id])).toEqual([
      { state: 'PENDING', error: null },
    ]);
  });

  it('is refused inside a transaction, by every write', async () => {
    await memories.runTransaction(async (transaction) => {
      for (const [name, write] of WRITES)
        await expect(write(transaction.memories, { awaitIndex: true }), name).rejects.toMatchObject(
          { issues: [{ path: ['awaitIndex'] }] },
        );
    });
  });

  it('must be true or false', async () => {
    const wrong = { awaitIndex: 'yes' } as unknown as WriteOptions;
    await expect(memories.store({ key: 'a', value: 1 }, wrong)).rejects.toMatchObject({
      issues: [{ path: ['awaitIndex'], message: 'must be true or false, not "yes"' }],
    });
  });
});
