import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine, MemoryOperations } from '../../../src/engine/index.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { makeTestFolder, openTestEngine } from '../../support/open-test-engine.ts';
import { vectorFaults } from '../../support/vector-faults.ts';

interface Failing {
  readonly server: EmbeddingServer;
  readonly engine: Engine;
  readonly memories: MemoryOperations;
  readonly path: string;
}

async function openFailing(embeddingTimeout = 5): Promise<Failing> {
  const server = await EmbeddingServer.start();
  const path = join(await makeTestFolder(), 'test.db');
  const engine = await openTestEngine({
    memory: {
      sqlite_path: path,
      embedder: server.embedder,
      embedding_timeout: embeddingTimeout,
    },
  });
  return { server, engine, memories: engine.namespace('main'), path };
}

function embedderCheck(
  engine: Engine,
): { readonly state: string; readonly message: string | null } | undefined {
  return engine.health().checks.find(({ name }) => name === 'embedder');
}

const stateOf = async (memories: MemoryOperations, id: number) =>
  (await memories.embeddingStates([id]))[0];

describe.each([
  ['answers with status 500', 'fail', 'answered 500: out of order'],
  ['breaks the connection', 'break', 'embedder openai/hashed'],
] as const)('a server that %s', (_name, behaviour, reason) => {
  it('loses no write and no recall, is told of, and is caught up with when it is well again', async () => {
    const { server, engine, memories, path } = await openFailing();
    await memories.store({ key: 'before', value: 'the red sun goes down' });
    await memories.indexed();
    expect(embedderCheck(engine)).toBeUndefined();
    server.behaviour = behaviour;
    const { memory } = await memories.store({ key: 'during', value: 'the blue moon comes up' });
    const found = await memories.recall({ query: 'blue moon', touch: false });
    expect(found).toMatchObject({ mode: 'HYBRID', servedMode: 'TEXT', degraded: true });
    expect(found.degradedReason).toContain(reason);
    expect(found.hits.map(({ key }) => key)).toEqual(['during']);
    await expect.poll(() => embedderCheck(engine)?.state).toBe('DEGRADED');
    expect(embedderCheck(engine)?.message).toContain(reason);
    expect(engine.health().state).toBe('DEGRADED');
    expect(await stateOf(memories, memory.id)).toEqual({ state: 'PENDING', error: null });

    server.behaviour = 'answer';
    // The worker tries again when its pause is over.
    await memories.store({ key: 'after', value: 'a green cat sleeps here' });
    await memories.indexed();
    expect((await memories.status()).embedding).toMatchObject({
      ready: 3,
      pending: 0,
      failed: 0,
    });
    await expect.poll(() => embedderCheck(engine)).toBeUndefined();
    const healed = await memories.recall({ query: 'blue moon comes', mode: 'SEMANTIC' });
    expect(healed).toMatchObject({ servedMode: 'SEMANTIC', degraded: false, degradedReason: null });
    expect(healed.hits[0]?.key).toBe('during');
    expect(vectorFaults(path)).toEqual([]);
  });
});

it('a server that is down is left alone until the pause is over, however many commits come', async () => {
  const { server, memories } = await openFailing();
  server.behaviour = 'fail';
  await memories.store({ key: 'first', value: 'the red sun goes down' });
  // The fourth try is followed by a pause of four seconds.
  await server.arrived(4);
  for (let index = 0; index < 30; index += 1)
    await memories.store({ key: `k${index}`, value: `the blue moon ${index}` });
  expect(server.batches.length).toBeLessThan(4 + 10);
});

describe('a server that hangs', () => {
  it('delays a recall by no more than the time it may take, and no write', async () => {
    const { server, memories } = await openFailing(0.05);
    server.behaviour = 'hang';
    await memories.store({ key: 'a', value: 'the red sun goes down' });
    const found = await memories.recall({ query: 'red sun', mode: 'SEMANTIC' });
    expect(found).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: 'the embedder gave no vector for the query within 50 ms',
    });
    expect(found.hits.map(({ key }) => key)).toEqual(['a']);
  });

  it('is left alone by queries after three failures', async () => {
    const { server, memories } = await openFailing(0.05);
    server.behaviour = 'hang';
    for (const query of ['one', 'two', 'three']) await memories.recall({ query });
    const { degraded, degradedReason } = await memories.recall({ query: 'four' });
    expect(degraded).toBe(true);
    expect(degradedReason).toContain('left alone');
  });

  it('keeps no engine from closing', async () => {
    const { server, engine, memories } = await openFailing();
    server.behaviour = 'hang';
    await memories.store({ key: 'a', value: 'the red sun goes down' });
    await server.arrived(1);
    await engine.close();
    expect(engine.closed).toBe(true);
  });
});

describe('a server whose vectors change their size', () => {
  it('loses no write; the memory waits with the reason, and recall is served by text', async () => {
    const { server, engine, memories, path } = await openFailing();
    await memories.store({ key: 'before', value: 'the red sun goes down' });
    await memories.indexed();
    server.dimension = 16;
    const { memory } = await memories.store({ key: 'during', value: 'the blue moon comes up' });
    await expect.poll(async () => (await stateOf(memories, memory.id))?.error).not.toBeNull();
    expect(await stateOf(memories, memory.id)).toEqual({
      state: 'PENDING',
      error: expect.stringContaining('16 numbers where 48 were expected'),
    });
    expect(embedderCheck(engine)?.message).toContain('16 numbers where 48 were expected');
    const found = await memories.recall({ query: 'blue moon', touch: false });
    expect(found).toMatchObject({ servedMode: 'TEXT', degraded: true });
    expect(found.hits.map(({ key }) => key)).toEqual(['during']);

    server.dimension = 48;
    const job = await memories.whenJobEnded(memories.reindex().id);
    expect(job).toMatchObject({ state: 'DONE', error: null });
    expect(await stateOf(memories, memory.id)).toEqual({ state: 'READY', error: null });
    const healed = await memories.recall({ query: 'the blue moon comes up', mode: 'SEMANTIC' });
    expect(healed).toMatchObject({ degraded: false });
    expect(healed.hits[0]?.key).toBe('during');
    expect(vectorFaults(path)).toEqual([]);
  });

  it('is refused also after a restart, when only the file remembers the size', async () => {
    const { server, engine, memories, path } = await openFailing();
    await memories.store({ key: 'before', value: 'the red sun goes down' });
    await memories.indexed();
    await engine.close();
    server.dimension = 16;
    const again = await openTestEngine({
      memory: { sqlite_path: path, embedder: server.embedder },
    });
    const reopened = again.namespace('main');
    const { memory } = await reopened.store({ key: 'during', value: 'the blue moon comes up' });
    await expect.poll(async () => (await stateOf(reopened, memory.id))?.error).not.toBeNull();
    const found = await reopened.recall({ query: 'red sun', touch: false });
    expect(found).toMatchObject({ servedMode: 'TEXT', degraded: true });
    expect(found.hits.map(({ key }) => key)).toEqual(['before']);
    expect(vectorFaults(path)).toEqual([]);
  });
});
