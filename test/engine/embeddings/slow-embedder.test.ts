import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Engine,
  type MemoryOperations,
  MemoryTimeoutError,
} from '../../../src/engine/index.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { makeTestFolder, openTestEngine } from '../../support/open-test-engine.ts';
import { vectorFaults } from '../../support/vector-faults.ts';

interface Slow {
  readonly server: EmbeddingServer;
  readonly engine: Engine;
  readonly memories: MemoryOperations;
  readonly path: string;
}

async function openSlow(): Promise<Slow> {
  const server = await EmbeddingServer.start();
  const path = join(await makeTestFolder(), 'test.db');
  const engine = await openTestEngine({ memory: { sqlite_path: path, embedder: server.embedder } });
  return { server, engine, memories: engine.namespace('main'), path };
}

async function stateOf(memories: MemoryOperations, id: number): Promise<string> {
  const [status] = await memories.embeddingStates([id]);
  return status?.state ?? 'NONE';
}

/** Keys of the memories that are about the query, by their vectors alone. */
async function alike(memories: MemoryOperations, query: string): Promise<readonly string[]> {
  const { hits, servedMode } = await memories.recall({ query, mode: 'SEMANTIC', touch: false });
  expect(servedMode).toBe('SEMANTIC');
  return hits
    .filter(({ distance }) => (distance ?? 2) < 0.4)
    .map(({ key }) => key)
    .sort();
}

describe('a slow embedder', () => {
  it('keeps no write waiting: a memory is PENDING, found by text, and READY later', async () => {
    const { server, memories, path } = await openSlow();
    server.hold();
    const { memory } = await memories.store({ key: 'a', value: 'the red sun goes down' });
    expect(await stateOf(memories, memory.id)).toBe('PENDING');
    const found = await memories.recall({ query: 'red sun', touch: false });
    expect(found).toMatchObject({ servedMode: 'HYBRID', degraded: false });
    expect(found.hits.map(({ key, explanation }) => [key, explanation.semantic])).toEqual([
      ['a', null],
    ]);
    await server.arrived(1);
    expect(await stateOf(memories, memory.id)).toBe('PENDING');
    server.release();
    await memories.indexed();
    expect(await stateOf(memories, memory.id)).toBe('READY');
    expect(await alike(memories, 'the red sun goes down')).toEqual(['a']);
    expect((await memories.status()).embedding).toMatchObject({
      model: 'openai/hashed',
      ready: 1,
      pending: 0,
    });
    expect(vectorFaults(path)).toEqual([]);
  });

  it('gets all texts in batches, each once', async () => {
    const { server, memories, path } = await openSlow();
    const texts = Array.from({ length: 150 }, (_, index) => `text number ${index} of the batch`);
    await memories.storeMany(texts.map((value, index) => ({ key: `k${index}`, value })));
    await memories.indexed();
    expect(server.batches.flat().toSorted()).toEqual(texts.toSorted());
    expect(Math.max(...server.batches.map(({ length }) => length))).toBeLessThanOrEqual(64);
    expect(await alike(memories, texts[77] ?? '')).toContain('k77');
    expect(vectorFaults(path)).toEqual([]);
  });

  it('is asked for values, with the key before short ones, and for nothing that has no text', async () => {
    const { server, memories } = await openSlow();
    await memories.store({ key: 'favouriteColour', value: 'blue', persona: 'Ada' });
    const { memory } = await memories.store({ key: '12', value: null });
    await memories.indexed();
    expect(server.batches).toEqual([['favourite Colour blue']]);
    expect(await stateOf(memories, memory.id)).toBe('NONE');
  });

  it('is not asked again for a change that leaves the text alone', async () => {
    const { server, memories } = await openSlow();
    await memories.store({ key: 'a', value: 'the red sun goes down' });
    await memories.indexed();
    await memories.update({ by: { key: 'a' }, importance: 0.9, tags: ['evening'] });
    await memories.store({ key: 'b', value: 'the blue moon comes up' });
    await memories.indexed();
    expect(server.batches).toEqual([['the red sun goes down'], ['the blue moon comes up']]);
  });

  it('answers too late for a text that has changed: the old answer is dropped', async () => {
    const { server, memories, path } = await openSlow();
    server.hold();
    await memories.store({ key: 'a', value: 'the red sun goes down' });
    await memories.store({ key: 'gone', value: 'the red sun goes down' });
    await server.arrived(1);
    await memories.store({ key: 'a', value: 'a green cat sleeps here' });
    await memories.delete({ by: { key: 'gone' } });
    server.release();
    await memories.indexed();
    expect(server.batches.flat()).toContain('a green cat sleeps here');
    expect(await alike(memories, 'a green cat sleeps here')).toEqual(['a']);
    expect(await alike(memories, 'the red sun goes down')).toEqual([]);
    expect(vectorFaults(path)).toEqual([]);
  });

  it('is waited for by those who ask for it, and by nobody else', async () => {
    const { server, memories } = await openSlow();
    server.hold();
    const order: string[] = [];
    const patient = memories
      .store({ key: 'a', value: 'the red sun goes down' }, { awaitIndex: true })
      .then(() => order.push('indexed'));
    await server.arrived(1);
    await memories.store({ key: 'b', value: 'the blue moon comes up' });
    order.push('stored');
    await expect(memories.indexed({ timeoutMs: 1 })).rejects.toBeInstanceOf(MemoryTimeoutError);
    order.push('released');
    server.release();
    await patient;
    expect(order).toEqual(['stored', 'released', 'indexed']);
  });

  it('goes on after a restart where it was', async () => {
    const { server, engine, memories, path } = await openSlow();
    server.hold();
    const values = Array.from({ length: 100 }, (_, index) => `text number ${index} of the batch`);
    await memories.storeMany(values.map((value, index) => ({ key: `k${index}`, value })));
    await server.arrived(1);
    server.releaseOne();
    await server.arrived(2);
    await engine.close();
    const first = server.batches[0]?.length ?? 0;
    server.release();
    const again = await openTestEngine({
      memory: { sqlite_path: path, embedder: server.embedder },
    });
    await again.namespace('main').indexed();
    expect((await again.namespace('main').status()).embedding).toMatchObject({
      ready: 100,
      pending: 0,
    });
    expect(server.batches.slice(2).flat()).toHaveLength(100 - first);
    expect(vectorFaults(path)).toEqual([]);
  });
});
