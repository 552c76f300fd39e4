import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParticipantUnavailableError } from '../../../../src/engine/errors.ts';
import { type HttpFault, HttpFaultProxy } from '../../../support/http-fault-proxy.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import {
  failed,
  openBreaker,
  openTestStore,
  recordsOf,
  SHORT,
  soon,
  untilAvailable,
  vectorOf,
} from './chroma-fixture.ts';

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
