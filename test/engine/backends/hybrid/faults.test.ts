import { ChromaClient } from 'chromadb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Engine, MemoryOperations } from '../../../../src/engine/index.ts';
import { type Faults, startFaultProxy } from '../../../support/fault-proxy.ts';
import { type HttpFault, HttpFaultProxy } from '../../../support/http-fault-proxy.ts';
import { openTestEngine } from '../../../support/open-test-engine.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import { TestRedis } from '../../../support/start-redis.ts';

/** Writes while a fault lasts: more than open a breaker. */
const WRITES = 12;

let redis: TestRedis;
let chroma: ChromaTestServer;
let endChroma = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  redis = await TestRedis.start();
  chroma = await ChromaTestServer.start({
    whenOver: (end) => {
      endChroma = end;
    },
  });
});
afterAll(async () => {
  await redis.stop();
  await endChroma();
});

/** The whole engine behind a proxy before each server, with a namespace of its own, since Chroma's collections are named by it. */
let namespaces = 0;
async function openBehindProxies() {
  const redisProxy = await startFaultProxy(redis.port);
  const chromaProxy = await HttpFaultProxy.start(chroma.port);
  const engine = await openTestEngine({
    memory: {
      backend: 'hybrid',
      redis_url: `redis://127.0.0.1:${redisProxy.port}`,
      chroma_url: chromaProxy.url,
      cache_size: 0,
      health_check_interval: 0.3,
      connection_timeout: 1,
      prepare_timeout: 10,
    },
  });
  namespaces += 1;
  return { redisProxy, chromaProxy, engine, memories: engine.namespace(`test-${namespaces}`) };
}

async function figuresOf(engine: Engine, name: 'redis' | 'chroma') {
  const { participants } = await engine.statistics();
  const found = participants.find((participant) => participant.name === name);
  if (found === undefined) throw new Error(`${name} is no participant`);
  return found;
}

/** Both servers are used again and nothing waits for them. */
async function untilHealed(engine: Engine): Promise<void> {
  for (const name of ['redis', 'chroma'] as const)
    await expect
      .poll(() => figuresOf(engine, name))
      .toMatchObject({ state: 'OK', breaker: 'CLOSED', waiting: 0 });
}

const fact = (at: number) => ({
  key: `fact_${at}`,
  value: `Owl number ${at} hunts at night by hearing`,
  section: 'semantic_memory' as const,
});

/** A recall of everything; the query differs each time, so that no answer is an old one. */
let recalls = 0;
function recallAll(memories: MemoryOperations) {
  recalls += 1;
  const query = `owls hunting at night ${recalls}`;
  const where = { section: 'semantic_memory' };
  return memories.recall({ query, where, mode: 'SEMANTIC', limit: 100, touch: false });
}

async function untilServedByChroma(memories: MemoryOperations, count: number): Promise<void> {
  await expect
    .poll(async () => {
      const { hits, vectorsFrom } = await recallAll(memories);
      expect(hits).toHaveLength(count);
      return vectorsFrom;
    })
    .toContain('chroma');
}

/** Stores facts and adds to a cached counter, all of it acknowledged, and reads each back at once. */
async function writeAndRead(memories: MemoryOperations, from: number): Promise<void> {
  for (let at = from; at < from + WRITES; at += 1) {
    await memories.store(fact(at));
    const { memory } = await memories.increment({ by: { key: 'working_total' } });
    expect(memory.value).toBe(at + 1);
    for (let read = 0; read < 2; read += 1)
      expect((await memories.get({ key: 'working_total' }))?.value).toBe(at + 1);
  }
}

/** Each acknowledged write once: in the reads, and in the log from `since` on. */
async function expectAll(memories: MemoryOperations, since: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, at) => fact(at).key).toSorted();
  const page = await memories.list({ where: { section: 'semantic_memory' }, first: 100 });
  expect(page.items.map(({ memory }) => memory.key).toSorted()).toEqual(keys);
  expect((await memories.get({ key: 'working_total' }))?.value).toBe(count);
  const log = await memories.changes({ after: since, first: 500 });
  if ('expired' in log) throw new Error('the log does not reach back');
  const created = log.changes.filter(({ kind }) => kind === 'created');
  expect(created.map(({ memory }) => memory.key).toSorted()).toEqual([...keys, 'working_total']);
  const totals = log.changes.filter(({ kind }) => kind === 'updated');
  expect(totals.map(({ memory }) => memory.value)).toEqual(keys.map((_, at) => at + 1));
}

describe('the engine, with what goes wrong before Redis', () => {
  it('loses no acknowledged write, has none twice, and reads what was written', async () => {
    const { redisProxy, engine, memories } = await openBehindProxies();
    const { headCursor } = await memories.status();
    await memories.store({ key: 'working_total', value: 0 });
    const faults: Readonly<Record<string, Faults | (() => void)>> = {
      delay: { delayMs: 3 },
      'answers that are lost': { loseAnswers: true },
      'requests that are cut': { cutRequestsAfter: 500 },
      reset: () => redisProxy.reset(),
      'half-close': () => redisProxy.halfClose(),
      refusal: () => {
        redisProxy.set({ refuse: true });
        redisProxy.reset();
      },
    };
    let count = 0;
    for (const fault of Object.values(faults)) {
      if (typeof fault === 'function') fault();
      else redisProxy.set(fault);
      await writeAndRead(memories, count);
      count += WRITES;
      redisProxy.set({});
      await untilHealed(engine);
    }
    await expectAll(memories, headCursor, count);
    const { failures, reconnects, cache } = await figuresOf(engine, 'redis');
    expect(failures).toBeGreaterThan(0);
    expect(reconnects).toBeGreaterThan(0);
    expect(cache?.hits).toBeGreaterThan(0);
    expect(redisProxy.connections).toBeLessThan(20);
  });
});

describe('the engine, with what goes wrong before Chroma', () => {
  const FAULTS: readonly HttpFault[] = ['reset', 'fail', 'drop-after', 'half-close'];

  it('loses no acknowledged write, has none twice, and recalls all of them', async () => {
    const { chromaProxy, engine, memories } = await openBehindProxies();
    const { headCursor } = await memories.status();
    await memories.store({ key: 'working_total', value: 0 });
    let count = 0;
    for (const fault of FAULTS) {
      chromaProxy.fault = fault;
      await writeAndRead(memories, count);
      count += WRITES;
      await expect.poll(async () => (await figuresOf(engine, 'chroma')).state).toBe('DEGRADED');
      const { hits, vectorsFrom, degraded, degradedReason } = await recallAll(memories);
      expect({ fault, found: hits.length, vectorsFrom, degraded, degradedReason }).toEqual({
        fault,
        found: count,
        vectorsFrom: ['embedded'],
        degraded: true,
        degradedReason: expect.stringContaining('Chroma'),
      });
      chromaProxy.fault = null;
      await untilHealed(engine);
      await untilServedByChroma(memories, count);
    }
    await expectAll(memories, headCursor, count);
  });

  it('recalls without Chroma that is slow or fails, and says so; the breaker opens and heals', async () => {
    const { chromaProxy, engine, memories } = await openBehindProxies();
    await memories.store(fact(0));
    await untilServedByChroma(memories, 1);
    chromaProxy.appliesTo = ({ path }) => path.endsWith('/query');
    // Far more than a recall waits; whoever waited for it would fail by the time limit of the test.
    chromaProxy.fault = 'hang';
    const { hits, vectorsFrom, degraded, degradedReason } = await recallAll(memories);
    expect(hits).toHaveLength(1);
    expect({ vectorsFrom, degraded }).toEqual({ vectorsFrom: ['embedded'], degraded: true });
    expect(degradedReason).toContain('Chroma could not be asked');
    // The server is alive, so that recalls alone open the breaker.
    chromaProxy.fault = 'fail';
    await expect
      .poll(async () => {
        expect((await recallAll(memories)).hits).toHaveLength(1);
        return (await figuresOf(engine, 'chroma')).breaker;
      })
      .toBe('OPEN');
    chromaProxy.fault = null;
    await untilHealed(engine);
    await untilServedByChroma(memories, 1);
  });

  it('fails a strict commit and stores nothing of it; an available one is pending and catches up', async () => {
    const { chromaProxy, engine, memories } = await openBehindProxies();
    await memories.store(fact(0));
    await untilServedByChroma(memories, 1);
    const { headCursor } = await memories.status();
    chromaProxy.fault = 'reset';
    const { pending } = await memories.store(fact(1), { commitMode: 'available' });
    expect(pending).toEqual(['chroma']);
    await expect(memories.store(fact(2), { commitMode: 'strict' })).rejects.toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      message: expect.stringContaining('nothing was stored'),
    });
    expect(await memories.get({ key: fact(2).key })).toBeNull();
    const log = await memories.changes({ after: headCursor });
    expect('changes' in log && log.changes.map(({ memory }) => memory.key)).toEqual([fact(1).key]);
    chromaProxy.fault = null;
    await untilHealed(engine);
    await untilServedByChroma(memories, 2);
    const again = await memories.store(fact(2), { commitMode: 'strict' });
    expect(again).toMatchObject({ created: true, pending: [] });
  });

  it('goes on beside a collection of another dimension under our name, until it is made anew', async () => {
    const { engine } = await openBehindProxies();
    const memories = engine.namespace('default');
    await memories.store(fact(0));
    await untilServedByChroma(memories, 1);
    const client = new ChromaClient({ host: '127.0.0.1', port: chroma.port });
    const { name, metadata } = await client.getCollection({ name: 'trinitas_semantic_memory' });
    onTestFinished(() => client.deleteCollection({ name }));
    await client.deleteCollection({ name });
    const impostor = await client.createCollection({
      name,
      embeddingFunction: null,
      ...(metadata === undefined ? {} : { metadata }),
    });
    await impostor.add({ ids: ['other'], embeddings: [[1, 0, 0]] });
    for (let at = 1; at < 4; at += 1) await memories.store(fact(at));
    const { hits, vectorsFrom } = await recallAll(memories);
    expect(hits).toHaveLength(4);
    expect(vectorsFrom).toEqual(['embedded']);
    await memories.whenJobEnded(memories.reindex('chroma').id);
    await untilServedByChroma(memories, 4);
    expect(await figuresOf(engine, 'chroma')).toMatchObject({ waiting: 0 });
  });
});

it('answers a context from Redis, and no old one after a write', async () => {
  const { engine, memories } = await openBehindProxies();
  const context = () => memories.getContext('athena', 'owls that hunt at night');
  const keys = async () => (await context()).semantic.map(({ key }) => key).toSorted();
  await memories.store(fact(0));
  await memories.indexed();
  await untilServedByChroma(memories, 1);
  const count = async () => {
    const { operations } = await engine.statistics();
    return operations.find(({ name }) => name === 'recall')?.count ?? 0;
  };
  const first = await context();
  expect(first).toMatchObject({ degraded: false, semantic: [{ key: 'fact_0' }] });
  // Kept without being waited for; the same answer then needs no recall.
  await expect
    .poll(async () => {
      const before = await count();
      expect(await keys()).toEqual(['fact_0']);
      return (await count()) - before;
    })
    .toBe(0);
  for (let at = 1; at < 3; at += 1) {
    await memories.store(fact(at));
    expect(await keys()).toEqual(Array.from({ length: at + 1 }, (_, old) => `fact_${old}`));
  }
});
