import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ParticipantUnavailableError } from '../../../../src/engine/errors.ts';
import { freePort } from '../../../support/free-port.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import {
  COLLECTION,
  failed,
  openTestStore,
  recordsOf,
  SHORT,
  soon,
  untilAvailable,
  vectorOf,
} from './chroma-fixture.ts';

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
