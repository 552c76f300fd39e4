import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChromaClient } from 'chromadb';
import { describe, expect, it } from 'vitest';
import type { VectorStore } from '../../../../src/engine/participants/vector-store.ts';
import { mountSmallDisk } from '../../../support/small-disk.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import {
  COLLECTION,
  DIMENSION,
  failed,
  openTestStore,
  recordsOf,
  soon,
  untilAvailable,
  vectorOf,
} from './chroma-fixture.ts';

/**
 * A call that must work again. The real server hangs now and then after its disk was full, beside other load: then it is restarted, as its
 * operator would, and must still hold everything.
 */
async function callAfterFullDisk<T>(
  server: ChromaTestServer,
  store: VectorStore,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    console.info(`restarted, since it hung: ${(error as Error).message}`);
    await server.restart();
    // Calls on sockets from before fail once.
    for (;;) {
      await untilAvailable(store);
      const answer = await call().then(
        (value) => ({ value }),
        () => null,
      );
      if (answer !== null) return answer.value;
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
    const again = <T>(call: () => Promise<T>): Promise<T> => callAfterFullDisk(server, store, call);
    await again(() => store.put(COLLECTION, recordsOf(10, 'after'), soon()));
    const count = await again(() => store.count(COLLECTION));
    expect(count).toBeGreaterThanOrEqual(acknowledged + 10);
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
