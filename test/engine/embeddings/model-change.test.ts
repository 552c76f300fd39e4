import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Engine, EngineConfigInput, MemoryOperations } from '../../../src/engine/index.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { makeTestFolder, openTestEngine } from '../../support/open-test-engine.ts';
import { vectorFaults } from '../../support/vector-faults.ts';

type EmbedderInput = NonNullable<EngineConfigInput['memory']>['embedder'];

const STATIC = { provider: 'static' } as const;
const NONE = { provider: 'none' } as const;
const MODEL = 'openai/hashed';
/** Two requests: the first of 64 texts. */
const COUNT = 100;

async function makePath(): Promise<string> {
  return join(await makeTestFolder(), 'test.db');
}

const openWith = (path: string, embedder: EmbedderInput): Promise<Engine> =>
  openTestEngine({ memory: { sqlite_path: path, embedder } });

/** Memories of English words, which the static table knows too. */
async function fill(memories: MemoryOperations): Promise<void> {
  const subjects = ['dog', 'piano', 'soup', 'river', 'engine'];
  const items = Array.from({ length: COUNT }, (_, index) => ({
    key: `k${index}`,
    value: `A note about the ${subjects[index % subjects.length]} of house ${index}`,
  }));
  await memories.storeMany(items);
}

/** Which models the vectors of a file are of, and which models it still remembers. */
function modelsOf(path: string): { readonly used: unknown[]; readonly known: unknown[] } {
  const database = new Database(path, { readonly: true });
  try {
    const list = (sql: string): unknown[] => database.prepare(sql).pluck().all();
    const used = `SELECT DISTINCT d.model FROM embeddings e JOIN embedders d ON d.id = e.embedder_id
      UNION SELECT d.model FROM vector_codes v JOIN embedders d ON d.id = v.embedder_id ORDER BY 1`;
    return { used: list(used), known: list('SELECT model FROM embedders ORDER BY model') };
  } finally {
    database.close();
  }
}

/** Number of hits by the model whose vector found them. */
async function hitsByModel(memories: MemoryOperations): Promise<ReadonlyMap<string, number>> {
  const { hits, servedMode, degraded } = await memories.recall({
    query: 'A note about the river',
    mode: 'SEMANTIC',
    limit: 100,
    touch: false,
  });
  expect({ servedMode, degraded }).toEqual({ servedMode: 'SEMANTIC', degraded: false });
  expect(new Set(hits.map(({ key }) => key)).size).toBe(hits.length);
  const counts = new Map<string, number>();
  for (const { explanation } of hits) {
    const model = explanation.semantic?.model ?? 'none';
    counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return counts;
}

describe('a change of the model', () => {
  it('goes on in the background, both models serve meanwhile, and none of the old is left', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const before = await openWith(path, STATIC);
    await fill(before.namespace('main'));
    const [staticModel = ''] = modelsOf(path).used as string[];
    expect(staticModel).toMatch(/^static\//);
    expect(before.namespace('main').jobs()).toEqual([]);
    await before.close();

    server.hold();
    const engine = await openWith(path, server.embedder);
    const memories = engine.namespace('main');
    await server.arrived(1);
    expect(memories.jobs()).toMatchObject([
      { kind: 'reindex', state: 'RUNNING', done: 0, total: COUNT },
    ]);
    expect(await hitsByModel(memories)).toEqual(new Map([[staticModel, COUNT]]));
    expect((await memories.status()).embedding).toMatchObject({ outdated: COUNT, ready: 0 });

    server.releaseOne();
    await server.arrived(2);
    expect(memories.jobs()).toMatchObject([{ state: 'RUNNING', done: 64, total: COUNT }]);
    expect(await hitsByModel(memories)).toEqual(
      new Map([
        [MODEL, 64],
        [staticModel, COUNT - 64],
      ]),
    );
    expect(modelsOf(path).used).toEqual([MODEL, staticModel]);
    expect(vectorFaults(path)).toEqual([]);

    server.release();
    await memories.indexed();
    expect(memories.jobs()).toMatchObject([
      { state: 'DONE', done: COUNT, total: COUNT, error: null },
    ]);
    expect(modelsOf(path)).toEqual({ used: [MODEL], known: [MODEL] });
    expect(await hitsByModel(memories)).toEqual(new Map([[MODEL, COUNT]]));
    expect(server.batches.flat()).toHaveLength(COUNT);
    await engine.close();

    // And back again.
    const back = await openWith(path, STATIC);
    await back.namespace('main').indexed();
    expect(modelsOf(path)).toEqual({ used: [staticModel], known: [staticModel] });
    expect(await hitsByModel(back.namespace('main'))).toEqual(new Map([[staticModel, COUNT]]));
    expect(vectorFaults(path)).toEqual([]);
  });

  it('that was interrupted goes on after a restart, with both models', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const before = await openWith(path, STATIC);
    await fill(before.namespace('main'));
    const [staticModel = ''] = modelsOf(path).used as string[];
    await before.close();
    server.hold();
    const first = await openWith(path, server.embedder);
    await server.arrived(1);
    server.releaseOne();
    await server.arrived(2);
    await first.close();

    const second = await openWith(path, server.embedder);
    const memories = second.namespace('main');
    await server.arrived(3);
    expect(memories.jobs()).toMatchObject([{ state: 'RUNNING', total: COUNT - 64 }]);
    expect(await hitsByModel(memories)).toEqual(
      new Map([
        [MODEL, 64],
        [staticModel, COUNT - 64],
      ]),
    );
    server.release();
    await memories.indexed();
    expect(modelsOf(path)).toEqual({ used: [MODEL], known: [MODEL] });
    expect(vectorFaults(path)).toEqual([]);
  });

  it('takes writes and deletions made meanwhile', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const before = await openWith(path, STATIC);
    await fill(before.namespace('main'));
    await before.close();
    server.hold();
    const engine = await openWith(path, server.embedder);
    const memories = engine.namespace('main');
    await server.arrived(1);
    await memories.store({ key: 'k3', value: 'A text that was written in the middle' });
    await memories.store({ key: 'k99', value: 'Another text that was written in the middle' });
    await memories.delete({ by: { key: 'k5' } });
    await memories.delete({ by: { key: 'k98' } });
    server.release();
    await memories.indexed();
    expect(modelsOf(path)).toEqual({ used: [MODEL], known: [MODEL] });
    expect(vectorFaults(path)).toEqual([]);
    expect((await memories.status()).embedding).toMatchObject({
      ready: COUNT - 2,
      outdated: 0,
      pending: 0,
    });
    const { hits } = await memories.recall({
      query: 'Another text that was written in the middle',
      mode: 'SEMANTIC',
    });
    expect(hits[0]?.key).toBe('k99');
  });

  it('goes on serving by the old model while the new one is down, and says so', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const before = await openWith(path, STATIC);
    await fill(before.namespace('main'));
    await before.close();
    server.behaviour = 'fail';
    const engine = await openWith(path, server.embedder);
    const memories = engine.namespace('main');
    const [job] = memories.jobs();
    expect(await memories.whenJobEnded(job?.id ?? '')).toMatchObject({
      state: 'FAILED',
      error: expect.stringContaining('answered 500'),
    });
    const found = await memories.recall({ query: 'the river', mode: 'SEMANTIC', touch: false });
    expect(found).toMatchObject({ servedMode: 'SEMANTIC', degraded: true });
    expect(found.hits.length).toBeGreaterThan(0);
    server.behaviour = 'answer';
    expect(await memories.whenJobEnded(memories.reindex().id)).toMatchObject({ state: 'DONE' });
    expect(modelsOf(path)).toEqual({ used: [MODEL], known: [MODEL] });
  });
});

describe('memories without vectors', () => {
  it('get them in the background when a model is configured', async () => {
    const path = await makePath();
    const before = await openWith(path, NONE);
    await fill(before.namespace('main'));
    const plain = await before.namespace('main').recall({ query: 'river', mode: 'SEMANTIC' });
    expect(plain).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: 'no embedder is configured',
    });
    expect(modelsOf(path)).toEqual({ used: [], known: [] });
    await before.close();

    const engine = await openWith(path, STATIC);
    const memories = engine.namespace('main');
    await memories.indexed();
    expect(memories.jobs()).toMatchObject([{ state: 'DONE', done: COUNT }]);
    expect([...(await hitsByModel(memories)).values()]).toEqual([COUNT]);
    expect(vectorFaults(path)).toEqual([]);
  });

  it('are made while there is no model, and the vectors of before stay behind for later', async () => {
    const path = await makePath();
    const first = await openWith(path, STATIC);
    await fill(first.namespace('main'));
    await first.close();
    const without = await openWith(path, NONE);
    await without.namespace('main').store({ key: 'k1', value: 'Something about the ocean' });
    await without.namespace('main').store({ key: 'new', value: 'Something about the desert' });
    await without.namespace('main').delete({ by: { key: 'k2' } });
    expect(vectorFaults(path)).toEqual([]);
    await without.close();
    const again = await openWith(path, STATIC);
    const memories = again.namespace('main');
    await memories.indexed();
    expect((await memories.status()).embedding).toMatchObject({ ready: COUNT, outdated: 0 });
    const { hits } = await memories.recall({ query: 'ocean', mode: 'SEMANTIC', touch: false });
    expect(hits[0]?.key).toBe('k1');
    expect(vectorFaults(path)).toEqual([]);
  });
});

describe('reindexing', () => {
  it('recall leaves damaged vectors out, says so, and has them made anew; the others stay', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const engine = await openWith(path, server.embedder);
    const memories = engine.namespace('main');
    await fill(memories);
    await memories.indexed();
    const asked = server.batches.flat().length;
    const database = new Database(path);
    database.exec('UPDATE embeddings SET crc = crc + 1 WHERE memory_id % 10 = 0');
    database.close();
    const query = { query: 'A note about the river', mode: 'SEMANTIC', limit: 100 } as const;
    const found = await memories.recall(query);
    expect(found).toMatchObject({
      degraded: true,
      degradedReason: expect.stringMatching(/damaged/),
    });
    expect(found.hits).toHaveLength(COUNT - COUNT / 10);
    await expect.poll(() => server.batches.flat().length - asked).toBe(COUNT / 10);
    await memories.indexed();
    expect(await memories.recall(query)).toMatchObject({ degraded: false });
    expect(await hitsByModel(memories)).toEqual(new Map([[MODEL, COUNT]]));
    expect(engine.health().state).toBe('OK');
    expect(vectorFaults(path)).toEqual([]);
  });

  it('makes vectors anew that do not match their checksum or have no sign code, and leaves the others', async () => {
    const path = await makePath();
    const server = await EmbeddingServer.start();
    const engine = await openWith(path, server.embedder);
    const memories = engine.namespace('main');
    await fill(memories);
    await memories.indexed();
    const asked = server.batches.flat().length;
    const database = new Database(path);
    database.exec('UPDATE embeddings SET crc = crc + 1 WHERE memory_id % 10 = 0');
    database.close();
    expect(await memories.whenJobEnded(memories.reindex().id)).toMatchObject({
      state: 'DONE',
      failed: 0,
    });
    expect(server.batches.flat().length - asked).toBe(COUNT / 10);
    expect(await hitsByModel(memories)).toEqual(new Map([[MODEL, COUNT]]));
    expect(vectorFaults(path)).toEqual([]);
  });
});
