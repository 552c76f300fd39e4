import { rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChromaClient } from 'chromadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParticipantUnavailableError } from '../../../../src/engine/errors.ts';
import type {
  CollectionName,
  VectorStore,
} from '../../../../src/engine/participants/vector-store.ts';
import { freePort } from '../../../support/free-port.ts';
import { type HttpFault, HttpFaultProxy } from '../../../support/http-fault-proxy.ts';
import { mountSmallDisk } from '../../../support/small-disk.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import {
  COLLECTION,
  DIMENSION,
  openTestStore,
  recordsOf,
  soon,
  untilAvailable,
  vectorOf,
} from './chroma-fixture.ts';

/** Ms that calls get which cannot succeed. */
const SHORT = 300;

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** Puts until the breaker opens, however each put ends. */
async function openBreaker(store: VectorStore, collection: CollectionName): Promise<void> {
  for (let at = 0; store.statistics().breaker === 'CLOSED'; at += 1) {
    const put = store.put(collection, recordsOf(1, `x${at}-`), soon(SHORT));
    expect(await failed(put)).toBeInstanceOf(ParticipantUnavailableError);
  }
}

describe('a server that is away', () => {
  it('is no error at the start, and is used when it comes', async () => {
    const port = await freePort();
    const store = await openTestStore({ url: `http://127.0.0.1:${port}` });
    expect(store.available).toBe(false);
    expect(store.statistics()).toMatchObject({ state: 'DEGRADED' });
    expect(store.statistics().message).toContain('cannot be reached');
    const error = await failed(store.put(COLLECTION, recordsOf(1), soon(SHORT)));
    expect(error).toMatchObject({ code: 'PARTICIPANT_UNAVAILABLE', retryable: true });
    await ChromaTestServer.start({ port });
    await untilAvailable(store);
    await store.put(COLLECTION, recordsOf(3), soon());
    expect(await store.count(COLLECTION)).toBe(3);
  });

  it('keeps through kill -9 what was acknowledged', async () => {
    const server = await ChromaTestServer.start();
    const store = await openTestStore(server);
    await store.put(COLLECTION, recordsOf(50), soon());
    await store.put(COLLECTION, recordsOf(1, 'last'), soon());
    await server.kill();
    expect(await failed(store.nearest(COLLECTION, vectorOf(1), 3, soon(SHORT)))).toBeInstanceOf(
      ParticipantUnavailableError,
    );
    await store.probe();
    expect(store.available).toBe(false);
    await server.restart();
    await untilAvailable(store);
    expect(await store.count(COLLECTION)).toBe(51);
    const { found } = await store.nearest(COLLECTION, vectorOf(0), 2, soon());
    expect(found.map(({ id }) => id).sort()).toEqual(['last0:t', 'm0:t']);
    expect(store.statistics().reconnects).toBe(1);
  });

  it('may come back empty', async () => {
    const server = await ChromaTestServer.start();
    const store = await openTestStore(server);
    await store.put(COLLECTION, recordsOf(3), soon());
    await server.kill();
    rmSync(server.directory, { recursive: true });
    await server.restart();
    await untilAvailable(store);
    let returns = 0;
    store.onAvailable(() => {
      returns += 1;
    });
    expect(await failed(store.nearest(COLLECTION, vectorOf(1), 3, soon()))).toMatchObject({
      message: expect.stringContaining('has lost the collection'),
      retryable: true,
    });
    await untilAvailable(store);
    expect(returns).toBe(1);
    expect(await store.nearest(COLLECTION, vectorOf(1), 3, soon())).toEqual({
      found: [],
      complete: true,
      exists: false,
    });
    await store.put(COLLECTION, recordsOf(2), soon());
    expect(await store.count(COLLECTION)).toBe(2);
  });

  it('may hang: calls end at their deadlines, the rest fails at once, and it heals', async () => {
    const server = await ChromaTestServer.start();
    const store = await openTestStore(server, { connectTimeoutMs: 250 });
    await store.put(COLLECTION, recordsOf(3), soon());
    server.suspend();
    const puts = Array.from({ length: 2_000 }, (_, at) =>
      failed(store.put(COLLECTION, recordsOf(1, `h${at}`), soon(SHORT))),
    );
    const queries = Array.from({ length: 10 }, () =>
      failed(store.nearest(COLLECTION, vectorOf(1), 3, soon(SHORT))),
    );
    for (const error of await Promise.all([...puts, ...queries]))
      expect(error).toBeInstanceOf(ParticipantUnavailableError);
    expect(store.statistics()).toMatchObject({ state: 'DEGRADED', breaker: 'OPEN' });
    server.resume();
    await untilAvailable(store);
    expect(store.statistics()).toMatchObject({ state: 'OK', breaker: 'CLOSED', message: null });
    await store.put(COLLECTION, recordsOf(5), soon());
    const { found } = await store.nearest(COLLECTION, vectorOf(4), 1, soon());
    expect(found[0]?.similarity).toBeCloseTo(1, 5);
  });
});

describe('a connection that does harm', () => {
  let server: ChromaTestServer;
  let end = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    server = await ChromaTestServer.start({
      whenOver: (ending) => {
        end = ending;
      },
    });
  });
  afterAll(() => end());

  /** A store behind a proxy, with a collection of its own on the shared server. */
  async function openBehindProxy(namespace: string) {
    const proxy = await HttpFaultProxy.start(server.port);
    const store = await openTestStore(proxy, { connectTimeoutMs: 250 });
    return { proxy, store, collection: { namespace, section: 'learning_data' } as const };
  }

  it.each<HttpFault>(['reset', 'fail', 'drop-after', 'half-close', 'hang'])(
    '%s at every request: calls fail in time, the breaker opens and heals, nothing is lost',
    async (fault) => {
      const { proxy, store, collection } = await openBehindProxy(`always ${fault}`);
      await store.put(collection, recordsOf(3), soon());
      proxy.fault = fault;
      await openBreaker(store, collection);
      expect(store.available).toBe(false);
      expect(store.statistics()).toMatchObject({ state: 'DEGRADED' });
      const before = proxy.count('add') + proxy.count('query');
      expect(await failed(store.nearest(collection, vectorOf(1), 3, soon()))).toMatchObject({
        code: 'PARTICIPANT_UNAVAILABLE',
      });
      expect(proxy.count('add') + proxy.count('query')).toBe(before);
      proxy.fault = null;
      await untilAvailable(store);
      await store.put(collection, recordsOf(20), soon());
      const { found } = await store.nearest(collection, vectorOf(19), 30, soon());
      expect(found.filter(({ id }) => id.startsWith('m'))).toHaveLength(20);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    },
  );

  it.each<HttpFault>(['reset', 'drop-after', 'half-close'])(
    '%s once: the call is made again and nothing is there twice',
    async (fault) => {
      const { proxy, store, collection } = await openBehindProxy(`once ${fault}`);
      proxy.appliesTo = ({ path }) => path.endsWith('/add') && proxy.count('add') === 1;
      proxy.fault = fault;
      await store.put(collection, recordsOf(7), soon());
      expect(proxy.count('add')).toBe(2);
      expect(await store.count(collection)).toBe(7);
      expect(store.statistics()).toMatchObject({ state: 'OK', failures: 0 });
    },
  );

  it('is slow: callers wait as long as they want to', async () => {
    const { proxy, store, collection } = await openBehindProxy('slow');
    await store.put(collection, recordsOf(3), soon());
    proxy.appliesTo = ({ path }) => path.endsWith('/query');
    proxy.fault = { delayMs: 600 };
    const [patient, hasty] = await Promise.all([
      store.nearest(collection, vectorOf(2), 1, soon()),
      failed(store.nearest(collection, vectorOf(2), 1, soon(SHORT))),
    ]);
    expect(patient.found[0]?.id).toBe('m2:t');
    expect(hasty).toBeInstanceOf(ParticipantUnavailableError);
    expect(store.available).toBe(true);
  });

  it('fails after every write: the breaker opens although the server is alive, and nothing is there twice', async () => {
    const { proxy, store, collection } = await openBehindProxy('write only');
    proxy.appliesTo = ({ path }) => path.endsWith('/add');
    proxy.fault = 'fail-after';
    await openBreaker(store, collection);
    expect(store.statistics().message).toContain('out of order');
    proxy.fault = null;
    await untilAvailable(store);
    const written = await store.count(collection);
    expect(written).toBeGreaterThan(0);
    await store.put(collection, recordsOf(1, 'x0-'), soon());
    expect(await store.count(collection)).toBe(written);
  });

  it('hangs: who comes when too many wait is refused at once', async () => {
    const { proxy, store, collection } = await openBehindProxy('crowd');
    await store.put(collection, recordsOf(1), soon());
    proxy.appliesTo = ({ path }) => /\/(add|query)$/.test(path);
    proxy.fault = 'hang';
    const puts = Array.from({ length: 200 }, (_, at) =>
      failed(store.put(collection, recordsOf(100, `b${at}-`), soon(SHORT))),
    );
    expect(await failed(store.put(collection, recordsOf(1), soon()))).toMatchObject({
      message: expect.stringContaining('20000 records wait already'),
    });
    const queries = Array.from({ length: 512 }, () =>
      failed(store.nearest(collection, vectorOf(1), 1, soon(SHORT))),
    );
    expect(await failed(store.nearest(collection, vectorOf(1), 1, soon()))).toMatchObject({
      message: expect.stringContaining('512 calls wait'),
    });
    for (const error of await Promise.all([...puts, ...queries]))
      expect(error).toBeInstanceOf(ParticipantUnavailableError);
  });
});

/**
 * What the server holds. The real one hangs now and then after its disk was full, beside other load: then it is restarted, as its operator
 * would, and must still hold it.
 */
async function countAfterFullDisk(server: ChromaTestServer, store: VectorStore): Promise<number> {
  try {
    return await store.count(COLLECTION);
  } catch (error) {
    console.info(`restarted, since it hung: ${(error as Error).message}`);
    await server.restart();
    // Calls on sockets from before fail once.
    for (;;) {
      await untilAvailable(store);
      const counted = await store.count(COLLECTION).catch(() => null);
      if (counted !== null) return counted;
    }
  }
}

describe('a server in trouble', () => {
  it('has a full disk: puts fail, what was acknowledged stays, and it heals', async (context) => {
    const disk = mountSmallDisk(4);
    if ('reason' in disk) {
      context.skip(`no small file system could be mounted: ${disk.reason}`);
      return;
    }
    const ballast = join(disk.folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(2_000_000));
    const server = await ChromaTestServer.start({ directory: disk.folder });
    const store = await openTestStore(server);
    let acknowledged = 0;
    let error: unknown = null;
    while (error === null) {
      error = await failed(store.put(COLLECTION, recordsOf(100, `p${acknowledged}-`), soon()));
      if (error === null) acknowledged += 100;
    }
    expect(error).toMatchObject({ code: 'PARTICIPANT_UNAVAILABLE', retryable: true });
    console.info(`full after ${acknowledged} records: ${(error as Error).message}`);
    unlinkSync(ballast);
    await untilAvailable(store);
    await store.put(COLLECTION, recordsOf(10, 'after'), soon());
    expect(await countAfterFullDisk(server, store)).toBeGreaterThanOrEqual(acknowledged + 10);
  });

  it('holds vectors of another dimension under our name', async () => {
    const server = await ChromaTestServer.start();
    const store = await openTestStore(server);
    await store.put(COLLECTION, recordsOf(1), soon());
    const [host, port] = ['127.0.0.1', server.port];
    const client = new ChromaClient({ host, port });
    const { name, metadata } = await client.getCollection({ name: 'trinitas_semantic_memory' });
    await client.deleteCollection({ name });
    const impostor = await client.createCollection({
      name,
      embeddingFunction: null,
      ...(metadata === undefined ? {} : { metadata }),
    });
    await impostor.add({ ids: ['other'], embeddings: [[1, 0, 0]] });
    expect(await failed(store.put(COLLECTION, recordsOf(1), soon()))).toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining('dimension'),
      remedy: expect.stringContaining('reindex --target chroma'),
    });
    expect(store.statistics()).toMatchObject({ state: 'OK', breaker: 'CLOSED' });
    await store.clear();
    await store.put(COLLECTION, recordsOf(1), soon());
    expect(await store.nearest(COLLECTION, vectorOf(0, DIMENSION), 1, soon())).toMatchObject({
      found: [{ id: 'm0:t' }],
    });
  });

  it('answers queries with records as soon as they are acknowledged, beyond its sync threshold', async () => {
    const store = await openTestStore(await ChromaTestServer.start());
    for (let at = 0; at < 15; at += 1) {
      const records = Array.from({ length: 100 }, (_, index) => ({
        id: `${at}-${index}:t`,
        vector: vectorOf(at * 100 + index, DIMENSION),
      }));
      await store.put(COLLECTION, records, soon());
      const last = records.at(-1);
      if (last === undefined) throw new Error('there is no record');
      const { found } = await store.nearest(COLLECTION, last.vector, 3, soon());
      expect(found.map(({ id }) => id)).toContain(last.id);
    }
  });
});
