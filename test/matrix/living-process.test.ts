import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { composeHybrid } from '../../src/engine/backends/hybrid/compose-hybrid.ts';
import type { ProtocolStep } from '../../src/engine/backends/hybrid/protocol-step.ts';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import { instantEmbedder } from '../../src/engine/embedding/embedder-setup.ts';
import { openEmbedding } from '../../src/engine/embedding/open-embedding.ts';
import { processSurroundings } from '../../src/engine/embedding/process-surroundings.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { openChroma } from '../../src/engine/participants/chroma/open-chroma.ts';
import { openRedis } from '../../src/engine/participants/redis/open-redis.ts';
import { uuidV7 } from '../../src/engine/uuid-v7.ts';
import { storing, unitOf } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { recallArguments } from '../support/recall-arguments.ts';
import { Filler, mountSmallDisk } from '../support/small-disk.ts';
import { ChromaTestServer } from '../support/start-chroma.ts';
import { startRedis } from '../support/start-redis.ts';
import { sendOnly, waitForCommit } from '../support/unread-reply.ts';
import { findFaults, findLeftovers } from './check-end-state.ts';
import { MatrixWorld } from './matrix-world.ts';
import {
  CACHED,
  CREATED,
  crashingUnit,
  NEW,
  PATCHED,
  prepareNamespace,
  STAGED,
  whenDrained,
} from './scenario-unit.ts';

/** Writes until a disk that is full is noticed. */
const MAX_WRITES = 300;

interface Living {
  readonly world: MatrixWorld;
  readonly chroma: ChromaTestServer;
  readonly store: SqliteBackend;
  readonly backend: Backend;
  /** What happens at a step of the protocol. */
  at: { step: ProtocolStep; happens: () => void } | null;
}

/** A hybrid store on real servers whose database can be reached beside it. */
async function openLiving(path: string): Promise<Living> {
  const redis = await startRedis();
  const chroma = await ChromaTestServer.start();
  const world = new MatrixWorld(path, redis.url, chroma.url);
  onTestFinished(() => world.close());
  const memory = { backend: 'hybrid', sqlite_path: path, prepare_timeout: 10 } as const;
  const options = parseEngineConfig({ memory });
  const setup = openEmbedding(options.embedder, processSurroundings())?.setup ?? null;
  const store = await openSqlite(options, setup, null, ['redis', 'chroma']);
  const terms = {
    storeId: store.info.storeId,
    retryBackoff: 1.5,
    retryAttempts: 3,
    healthCheckIntervalMs: 300,
    connectTimeoutMs: 2_000,
  };
  const { cache, bus } = await openRedis(redis.url, terms);
  const vectors = await openChroma({ url: chroma.url }, terms);
  const living: { at: Living['at'] } = { at: null };
  const trace = {
    reached: (step: ProtocolStep): void => {
      const { at } = living;
      if (at?.step !== step) return;
      living.at = null;
      at.happens();
    },
  };
  const parts = { store, cache, bus, vectors };
  const backend = await composeHybrid(options, parts, setup, trace);
  onTestFinished(() => backend.close());
  return Object.assign(living, { world, chroma, store, backend });
}

/** A recall by the meaning of what the unit writes. */
async function recallNew({ backend }: Living, namespace: string) {
  const setup = openEmbedding(parseEngineConfig({}).embedder, processSurroundings())?.setup ?? null;
  const vector = instantEmbedder(setup)?.embedText(NEW);
  if (setup === null || vector == null) throw new Error('there is no vector for the query');
  const { hits, ...rest } = await backend.read(
    'recall',
    recallArguments(namespace, null, {
      vectors: [{ model: setup.model, values: vector }],
      weights: { text: 0, semantic: 1 },
    }),
  );
  return { ...rest, keys: hits.map(({ record }) => record.key).toSorted() };
}

const newScene = () => {
  const txid = uuidV7(Date.now());
  return { txid, namespace: `s${txid}`, committed: true };
};

describe('a process that lives on', () => {
  it('when Chroma is killed after the decision: pending, recalled from the database, caught up with', async () => {
    const living = await openLiving(await makeTestPath());
    const { world, backend, chroma } = living;
    const scene = newScene();
    await prepareNamespace(backend, scene.namespace);
    let killed: Promise<void> | null = null;
    living.at = {
      step: 'ACKNOWLEDGED',
      happens: () => {
        killed = chroma.kill();
      },
    };
    const unit = crashingUnit(scene.namespace, scene.txid, false);
    const { pending } = await backend.write({ ...unit, commitMode: 'available' }, 0);
    expect(pending).toEqual(['chroma']);
    await killed;
    const { keys, vectorsFrom } = await recallNew(living, scene.namespace);
    expect(keys).toEqual([CACHED, CREATED, PATCHED, STAGED].toSorted());
    expect(vectorsFrom).toEqual(['embedded']);
    expect((await backend.read('outboxCounts', null)).chroma).toBeGreaterThan(0);
    await chroma.restart();
    await whenDrained(backend);
    await expect.poll(() => findFaults(world, backend, scene)).toEqual([]);
    await expect
      .poll(async () => (await recallNew(living, scene.namespace)).vectorsFrom)
      .toContain('chroma');
  });

  it.each(['before', 'after'] as const)(
    'when the writer thread dies %s COMMIT: the unit happens once, and no fence is left',
    async (moment) => {
      const living = await openLiving(await makeTestPath());
      const { world, backend, store } = living;
      const raw = new Database(world.path);
      onTestFinished(() => void raw.close());
      const scene = newScene();
      await prepareNamespace(backend, scene.namespace);
      const write = store.write.bind(store);
      vi.spyOn(store, 'write').mockImplementationOnce(async (unit, bytes) => {
        // The writer thread waits inside of BEGIN IMMEDIATE for this lock.
        if (moment === 'before') raw.exec('BEGIN IMMEDIATE');
        const written = write(unit, bytes);
        await sendOnly();
        if (moment === 'after') waitForCommit(raw, CREATED);
        const crashed = store.crash('writer');
        if (moment === 'before') raw.exec('ROLLBACK');
        await crashed;
        return await written;
      });
      const unit = crashingUnit(scene.namespace, scene.txid, false);
      const { outcomes } = await backend.write(unit, 0);
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        ...['updated', 'updated', 'updated'],
        'created',
      ]);
      await whenDrained(backend);
      await expect.poll(() => findFaults(world, backend, scene)).toEqual([]);
      expect((await store.statistics()).pools[0]?.respawns).toBe(1);
      const versions = world.query<{ version: number }>(
        'SELECT version FROM memories WHERE namespace = ? ORDER BY version',
        scene.namespace,
      );
      expect(versions.map(({ version }) => version)).toEqual([1, 2, 2, 2]);
    },
  );

  it('when the disk is full at COMMIT: refused, nothing of it is seen, no fence and no vector is left', async (context) => {
    const disk = mountSmallDisk(16);
    if ('reason' in disk) {
      context.skip(`no small file system could be mounted: ${disk.reason}`);
      return;
    }
    const { world, backend } = await openLiving(join(disk.folder, 'test.db'));
    const filler = new Filler(disk.folder);
    const { namespace } = newScene();
    await prepareNamespace(backend, namespace);
    filler.fill();
    let newest = '';
    let refusal: unknown = null;
    for (let at = 0; at < MAX_WRITES && refusal === null; at += 1) {
      const text = `a heavy storm, number ${at}, ${'broke the bridge '.repeat(1_000)}`;
      const operations = [
        storing(CACHED, { text }, { section: 'working_memory' }),
        storing(STAGED, { text }, { section: 'semantic_memory' }),
      ];
      const outcome = await backend
        .write(unitOf(namespace, operations, { commitMode: 'available' }), 40_000)
        .catch((error: unknown) => error);
      if (outcome instanceof Error) refusal = outcome;
      else newest = text;
    }
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^(STORAGE_FULL|READ_ONLY)$/) });
    const targets = [{ key: CACHED }, { key: STAGED }];
    const found = await backend.read('getMany', { namespace, targets, now: Date.now() });
    for (const record of found)
      if (newest !== '') expect(record?.valueText).toBe(JSON.stringify({ text: newest }));
    filler.remove();
    await expect.poll(() => backend.health()[0]?.state).toBe('OK');
    await whenDrained(backend);
    await expect.poll(() => findLeftovers(world, namespace)).toEqual([]);
  });
});
