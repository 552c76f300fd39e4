import { describe, expect, it } from 'vitest';
import { ParticipantUnavailableError } from '../../../../src/engine/errors.ts';
import type { VectorRecord } from '../../../../src/engine/participants/vector-store.ts';
import { HttpFaultProxy } from '../../../support/http-fault-proxy.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';
import {
  COLLECTION,
  DIMENSION,
  openTestStore,
  recordsOf,
  soon,
  vectorOf,
} from './chroma-fixture.ts';

const OTHER = { namespace: 'Ünïcode namespace / 2', section: 'learning_data' } as const;

async function idsOf(store: Awaited<ReturnType<typeof openTestStore>>, collection = COLLECTION) {
  const ids: string[] = [];
  for await (const page of store.ids(collection)) ids.push(...page);
  return ids;
}

describe('a store on a real Chroma server', () => {
  it('finds, counts, lists and removes what was put', async () => {
    const server = await ChromaTestServer.start();
    const store = await openTestStore(server);
    expect(store.available).toBe(true);
    expect(await store.nearest(COLLECTION, vectorOf(1), 5, soon())).toEqual({
      found: [],
      complete: true,
      exists: false,
    });
    expect(await store.count(COLLECTION)).toBe(0);
    expect(await store.collections()).toEqual([]);
    await store.remove(COLLECTION, ['nothing:t'], soon());

    await store.put(COLLECTION, recordsOf(20), soon());
    await store.put(OTHER, recordsOf(3, 'o'), soon());
    const { found, complete } = await store.nearest(COLLECTION, vectorOf(7), 5, soon());
    expect(found).toHaveLength(5);
    expect(complete).toBe(false);
    expect(found[0]?.id).toBe('m7:t');
    expect(found[0]?.similarity).toBeCloseTo(1, 5);
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    const opposite = vectorOf(7).map((number) => -number);
    const all = await store.nearest(COLLECTION, opposite, 50, soon());
    expect(all.complete).toBe(true);
    expect(all.found).toHaveLength(20);
    expect(all.found.at(-1)).toMatchObject({ id: 'm7:t' });
    expect(all.found.at(-1)?.similarity).toBeCloseTo(-1, 5);

    await store.remove(COLLECTION, ['m7:t', 'nothing:t', 'm7:t'], soon());
    expect(await store.count(COLLECTION)).toBe(19);
    const without = await store.nearest(COLLECTION, vectorOf(7), 1, soon());
    expect(without.found[0]?.id).not.toBe('m7:t');
    expect((await idsOf(store)).sort()).toEqual(
      recordsOf(20)
        .map(({ id }) => id)
        .filter((id) => id !== 'm7:t')
        .sort(),
    );
    const names = await store.collections();
    expect(names).toHaveLength(2);
    expect(names).toEqual(expect.arrayContaining([COLLECTION, OTHER]));
    expect(await store.version()).toMatch(/^\d+\.\d+/);
    expect(store.statistics()).toMatchObject({
      name: 'chroma',
      state: 'OK',
      message: null,
      breaker: 'CLOSED',
      failures: 0,
      reconnects: 0,
    });
    expect(store.statistics().latency.count).toBeGreaterThan(10);

    await store.clear();
    expect(await store.collections()).toEqual([]);
    expect(await store.count(COLLECTION)).toBe(0);
    // The collection that was kept by its id is gone; it is made anew.
    await store.put(COLLECTION, recordsOf(2), soon());
    expect(await store.count(COLLECTION)).toBe(2);
  });

  it('leaves a record that exists as it is', async () => {
    const store = await openTestStore(await ChromaTestServer.start());
    await store.put(COLLECTION, [{ id: 'a:t', vector: vectorOf(1) }], soon());
    await store.put(COLLECTION, [{ id: 'a:t', vector: vectorOf(5) }], soon());
    const { found } = await store.nearest(COLLECTION, vectorOf(1), 5, soon());
    expect(found).toHaveLength(1);
    expect(found[0]?.similarity).toBeCloseTo(1, 5);
  });

  it('sends the records of concurrent callers together', async () => {
    const server = await ChromaTestServer.start();
    const proxy = await HttpFaultProxy.start(server.port);
    const store = await openTestStore(proxy);
    const records = recordsOf(230);
    // Several callers bring the same id.
    const puts = [...records, ...records.slice(0, 20)].map((record) => {
      // As every caller does; the same model changes nothing.
      store.useModel('test-model', DIMENSION);
      return store.put(COLLECTION, [record], soon());
    });
    await Promise.all(puts);
    expect(proxy.count('add')).toBe(3);
    expect(await store.count(COLLECTION)).toBe(230);
    await store.put(COLLECTION, recordsOf(150, 'n'), soon());
    expect(proxy.count('add')).toBe(5);
    expect(await store.count(COLLECTION)).toBe(380);
  });

  it('lists ids in pages while those of earlier pages are deleted', async () => {
    const store = await openTestStore(await ChromaTestServer.start());
    await store.put(COLLECTION, recordsOf(2_100), soon());
    const seen: string[] = [];
    let pages = 0;
    for await (const page of store.ids(COLLECTION)) {
      pages += 1;
      seen.push(...page);
      await store.remove(COLLECTION, page, soon());
    }
    expect(pages).toBe(3);
    expect(new Set(seen).size).toBe(2_100);
    expect(await store.count(COLLECTION)).toBe(0);
  });

  it('makes one collection when two stores come at once', async () => {
    const server = await ChromaTestServer.start();
    const one = await openTestStore(server);
    const two = await openTestStore(server);
    await Promise.all([
      one.put(COLLECTION, recordsOf(5, 'a'), soon()),
      two.put(COLLECTION, recordsOf(5, 'b'), soon()),
    ]);
    expect(await one.count(COLLECTION)).toBe(10);
  });

  it('refuses a collection of another store and says what to do', async () => {
    const server = await ChromaTestServer.start();
    const mine = await openTestStore(server);
    await mine.put(COLLECTION, recordsOf(3), soon());
    const other = await openTestStore(server, { storeId: 'store-two' });
    const refused = await other.put(COLLECTION, recordsOf(1), soon()).catch((error) => error);
    expect(refused).toBeInstanceOf(ParticipantUnavailableError);
    expect(refused).toMatchObject({ retryable: false });
    expect(refused.message).toContain('belongs to the store store-one');
    expect(refused.remedy).toContain('Chroma database of its own');
    await expect(other.nearest(COLLECTION, vectorOf(1), 3, soon())).rejects.toThrow('store-one');
    expect(other.statistics()).toMatchObject({ state: 'DEGRADED', breaker: 'CLOSED' });
    expect(other.statistics().message).toContain('belongs to the store store-one');
    expect(await other.collections()).toEqual([]);
    await other.clear();
    expect(await mine.count(COLLECTION)).toBe(3);
  });

  it('replaces collections of another model', async () => {
    const store = await openTestStore(await ChromaTestServer.start());
    await store.put(COLLECTION, recordsOf(3), soon());
    const late = store.put(COLLECTION, recordsOf(1, 'late'), soon());
    store.useModel('larger-model', 16);
    await expect(late).rejects.toThrow('model has changed');
    expect(await store.nearest(COLLECTION, vectorOf(1, 16), 3, soon())).toEqual({
      found: [],
      complete: true,
      exists: false,
    });
    await expect(store.put(COLLECTION, recordsOf(1), soon())).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('8 numbers'),
    });
    const record: VectorRecord = { id: 'new:t', vector: vectorOf(1, 16) };
    await store.put(COLLECTION, [record], soon());
    expect(await idsOf(store)).toEqual(['new:t']);
  });
});
