import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitMode, ReindexTarget, StoreMemoryInput } from '../generated/graphql.ts';
import { untilChromaServers } from '../support/chroma-servers.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import {
  Participants,
  ReadKey,
  RecallFrom,
  ReindexOne,
  StoreInMode,
  TransactInMode,
} from '../support/hybrid-documents.graphql.ts';
import { makeTestFolder, openTestEngine } from '../support/open-test-engine.ts';
import { FollowJob } from '../support/recall-documents.graphql.ts';
import { startServerProcess } from '../support/server-process.ts';
import { ChromaTestServer } from '../support/start-chroma.ts';
import { startRedis } from '../support/start-redis.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, request } from '../support/test-client.ts';

/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';

const fact = (key: string, text: string): StoreMemoryInput => ({
  key,
  value: text,
  section: 'SEMANTIC_MEMORY',
});

/** A client of one server; each answer is narrowed. */
function clientOf(url: string) {
  const participants = async () => (await request(url, Participants, {})).stats?.participants ?? [];
  return {
    participants,
    redis: async () => (await participants()).find(({ name }) => name === 'REDIS'),
    checks: async () => (await request(url, Participants, {})).health?.checks ?? [],
    store: async (input: StoreMemoryInput, commitMode: CommitMode | null = null) =>
      (await request(url, StoreInMode, { input: { ...input, commitMode } })).storeMemory,
    transact: async (input: StoreMemoryInput, commitMode: CommitMode) =>
      (
        await request(url, TransactInMode, {
          input: { operations: [{ store: input }], commitMode },
        })
      ).transact,
    recall: async (query: string) => (await request(url, RecallFrom, { query })).recall,
    read: async (key: string) => (await request(url, ReadKey, { key })).memory,
    reindex: async (target: ReindexTarget) => (await request(url, ReindexOne, { target })).reindex,
    job: async (id: string) => (await request(url, FollowJob, { id })).job,
  };
}

describe('Redis and Chroma over HTTP', () => {
  it('serve, are shown, are made anew, and are missed by strict commits alone', async () => {
    const [redis, chroma] = await Promise.all([startRedis(), ChromaTestServer.start()]);
    const { url } = await startTestServer({
      memory: {
        backend: 'hybrid',
        redis_url: redis.url,
        chroma_url: chroma.url,
        redis_sections: ['semantic_memory'],
        health_check_interval: 1,
        prepare_timeout: 10,
        // So that reads get as far as Redis.
        cache_size: 0,
      },
    });
    const client = clientOf(url);

    const stored = await client.store(fact('fact_owl', 'Owls hunt at night'), 'STRICT');
    expect(expectType(stored, 'WritePayload').pending).toEqual([]);
    const done = await client.transact(fact('fact_cat', 'Cats sleep on the roof'), 'STRICT');
    expect(expectType(done, 'TransactPayload').pending).toEqual([]);
    for (const name of ['redis', 'chroma'])
      expect(await client.checks()).toContainEqual({ name, state: 'OK', message: null });
    const shown = { state: 'OK', breaker: 'CLOSED', waiting: 0 };
    await expect.poll(client.participants).toMatchObject([
      { name: 'REDIS', ...shown },
      { name: 'CHROMA', ...shown, cache: null },
    ]);

    // Another query each time: the answer of one is remembered.
    let asked = 0;
    const source = async () => {
      asked += 1;
      return (await client.recall(`bird number ${asked} that hunts by night`))?.vectorsFrom;
    };
    // Sections that Chroma does not hold are compared in the database.
    await expect.poll(source).toContain('CHROMA');

    // Of the configured section alone Redis keeps memories.
    const fills = async () => {
      await client.read('fact_owl');
      return (await client.redis())?.cache?.hits;
    };
    await expect.poll(fills).toBeGreaterThan(0);
    const before = (await client.redis())?.cache;
    await client.store({ ...fact('note', 'a note'), section: 'WORKING_MEMORY' });
    await client.read('note');
    await client.read('note');
    expect((await client.redis())?.cache).toEqual(before);

    for (const target of ['CHROMA', 'REDIS', 'FULLTEXT'] as const) {
      const { job } = expectType(await client.reindex(target), 'ReindexPayload');
      await expect
        .poll(() => client.job(job.id))
        .toMatchObject({ state: 'DONE', error: null, failed: 0 });
    }
    await expect.poll(source).toContain('CHROMA');
    expect(await client.read('fact_owl')).toMatchObject({ value: 'Owls hunt at night' });

    await Promise.all([redis.kill(), chroma.kill()]);
    const unavailable = {
      __typename: 'ParticipantUnavailableError',
      code: 'PARTICIPANT_UNAVAILABLE',
      remedy: expect.stringMatching(/commit with mode available/),
    };
    const lost = fact('fact_no', 'Never stored');
    expect(await client.store(lost, 'STRICT')).toMatchObject(unavailable);
    expect(await client.transact(lost, 'STRICT')).toMatchObject(unavailable);
    expect(await client.read('fact_no')).toBeNull();
    const late = await client.store(fact('fact_fox', 'Foxes hunt at night'), 'AVAILABLE');
    expect(expectType(late, 'WritePayload').pending).toEqual(['CHROMA']);
    const recalled = await client.recall('foxes that hunt by night');
    expect(recalled?.vectorsFrom).toEqual(['EMBEDDED']);
    expect(recalled?.edges.map(({ node }) => node.key)).toContain('fact_fox');
    await expect
      .poll(client.participants)
      .toMatchObject([{ state: 'DEGRADED' }, { state: 'DEGRADED', waiting: 1 }]);
    const { job } = expectType(await client.reindex('CHROMA'), 'ReindexPayload');
    await expect
      .poll(() => client.job(job.id))
      .toMatchObject({ state: 'FAILED', error: expect.stringMatching(/chroma is not reachable/) });

    // What waited is published without a call of anybody.
    await chroma.restart();
    await expect
      .poll(client.participants)
      .toMatchObject([{ state: 'DEGRADED' }, { state: 'OK', waiting: 0 }]);
  });

  it('are strict for every commit when memory.commit_mode says so, and can be left out', async () => {
    const { url } = await startTestServer({
      memory: { backend: 'hybrid', redis_url: `redis://${NOBODY}`, commit_mode: 'strict' },
    });
    const client = clientOf(url);
    expect(await client.store(fact('fact', 'one'))).toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
    });
    expect(await client.store(fact('fact', 'one'), 'AVAILABLE')).toMatchObject({ pending: [] });
    expect(await client.reindex('CHROMA')).toMatchObject({
      __typename: 'ValidationError',
      message: expect.stringMatching(/chroma is not configured/),
      remedy: expect.stringMatching(/memory\.backend to hybrid/),
    });
  });

  it('have the time of memory.prepare_timeout', async () => {
    const chroma = await ChromaTestServer.start();
    const proxy = await FaultProxy.start(chroma.port);
    const storeWithin = async (prepare_timeout: number): Promise<string> => {
      const chroma_url = `http://127.0.0.1:${proxy.port}`;
      const engine = await openTestEngine({
        memory: { backend: 'hybrid', chroma_url, prepare_timeout, commit_mode: 'strict' },
      });
      proxy.set({ delayMs: 200 });
      try {
        await engine
          .namespace('n')
          .store({ key: 'fact', value: 'an owl', section: 'semantic_memory' });
        return 'stored';
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      } finally {
        proxy.set({});
      }
    };
    expect(await storeWithin(0.05)).toBe('ParticipantUnavailableError');
    expect(await storeWithin(10)).toBe('stored');
  });

  it('may be a Chroma that the server starts itself and ends with itself', async () => {
    const folder = await makeTestFolder();
    const directory = join(folder, 'chroma');
    const server = await startServerProcess(join(folder, 'my.db'), {
      TRINITAS_MEMORY__BACKEND: 'hybrid',
      TRINITAS_MEMORY__CHROMADB_PATH: directory,
    });
    const client = clientOf(server.url);
    await expect.poll(client.checks).toContainEqual({ name: 'chroma', state: 'OK', message: null });
    const stored = await client.store(fact('fact', 'Owls hunt at night'), 'STRICT');
    expect(expectType(stored, 'WritePayload').pending).toEqual([]);
    expect(await untilChromaServers(directory, (pids) => pids.length === 1)).toHaveLength(1);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await untilChromaServers(directory, (pids) => pids.length === 0)).toEqual([]);
  });
});
