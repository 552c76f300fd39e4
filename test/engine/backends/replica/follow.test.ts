import { describe, expect, it, onTestFinished } from 'vitest';
import type { Backend, Commit } from '../../../../src/engine/backends/backend.ts';
import { openBackend } from '../../../../src/engine/backends/open-backend.ts';
import { Follower } from '../../../../src/engine/backends/replica/follower.ts';
import { instantEmbedder } from '../../../../src/engine/embedding/embedder-setup.ts';
import { parseEngineConfig } from '../../../../src/engine/options.ts';
import type { CommitBus } from '../../../../src/engine/participants/memory-cache.ts';
import { PersonaNames } from '../../../../src/engine/persona-names.ts';
import { openReader } from '../../../../src/engine/sqlite/open-reader.ts';
import { StatementCache } from '../../../../src/engine/sqlite/statement-cache.ts';
import { MemorySpace, storing, unitOf } from '../../../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../../../support/open-test-backend.ts';
import { NEVER, openTestReplica } from '../../../support/open-test-replica.ts';
import { commit, openWriteSession, readsOf } from '../../../support/open-write-session.ts';
import { recallArguments } from '../../../support/recall-arguments.ts';
import { startRedis } from '../../../support/start-redis.ts';
import { wordTable } from '../../../support/word-table.ts';

/** A bus whose messages the test sends. */
function handBus(): CommitBus & { wake(): void } {
  const listeners = new Set<Parameters<CommitBus['subscribe']>[0]>();
  return {
    publish: () => undefined,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => {
      for (const listener of listeners) listener(null);
    },
  };
}

/** What was told, and how to wait for more. */
function commitsOf(source: Pick<Backend, 'onCommit'>) {
  const told: Commit[] = [];
  let wake = (): void => undefined;
  source.onCommit((commit) => {
    told.push(commit);
    wake();
  });
  return {
    told,
    until: async (isDone: () => boolean): Promise<void> => {
      while (!isDone())
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
  };
}

describe('a follower', () => {
  it('tells every touched memory in commit order, once, however often it is woken', async () => {
    const path = await makeTestPath();
    const owner = openWriteSession(path);
    const reads = readsOf(owner, path);
    const bus = handBus();
    let looks = 0;
    const follower = new Follower(
      {
        touchedSince: async (args) => {
          looks += 1;
          return reads.read('touchedSince', args, undefined);
        },
        bus,
        intervalMs: () => NEVER.aloneMs,
      },
      { seq: 0, file: null },
    );
    const { told, until } = commitsOf(follower);
    const keys = Array.from({ length: 2_500 }, (_, index) => `k${index}`);
    commit(owner, ...keys.map((key) => storing(key)));
    for (let wakes = 0; wakes < 100; wakes += 1) bus.wake();
    await until(() => told.flatMap(({ touched }) => touched).length >= keys.length);
    expect(told.flatMap(({ touched }) => touched.map(({ key }) => key))).toEqual(keys);
    expect(told.every(({ touched }) => touched.length <= 1_000)).toBe(true);
    await follower.close();
    // Three pages, and one more look for all the wake-ups of meanwhile.
    expect(looks).toBe(4);
    expect(follower.busWakes).toBe(100);
    bus.wake();
    expect(looks).toBe(4);
  });

  it('says so when the log was trimmed behind its position', async () => {
    const path = await makeTestPath();
    const owner = openWriteSession(path);
    const reads = readsOf(owner, path);
    const bus = handBus();
    for (let version = 1; version <= 5; version += 1) commit(owner, storing('k', version));
    owner.prune({ changesBefore: Date.now() + 1_000, keepChanges: 1, now: Date.now() });
    const follower = new Follower(
      {
        touchedSince: async (args) => reads.read('touchedSince', args, undefined),
        bus,
        intervalMs: () => NEVER.aloneMs,
      },
      { seq: 1, file: null },
    );
    const { told, until } = commitsOf(follower);
    bus.wake();
    await until(() => told.length === 1);
    expect(told).toMatchObject([{ headSeq: 5, incomplete: true, touched: [{ key: 'k' }] }]);
    await follower.close();
  });
});

it('a commit of the owner wakes a replica through Redis alone, and without it by the clock', async () => {
  const redis = await startRedis();
  const path = await makeTestPath();
  // Short waits between reconnects.
  const memory = { backend: 'hybrid', redis_url: redis.url, health_check_interval: 0.2 } as const;
  const owner = await openBackend(parseEngineConfig({ memory: { ...memory, sqlite_path: path } }));
  try {
    const replica = await openTestReplica(path, memory, null, NEVER);
    const alone = await openTestReplica(path);
    const [byBus, byClock] = [commitsOf(replica), commitsOf(alone)];
    for (let turn = 1; turn <= 5; turn += 1) {
      const { csn } = await owner.write(unitOf('main', [storing('k', turn)]), 100);
      for (const { told, until } of [byBus, byClock]) await until(() => told.at(-1)?.csn === csn);
    }
    // It goes away and comes back: what was committed meanwhile is told when the subscription stands again.
    await redis.kill();
    const { csn } = await owner.write(unitOf('main', [storing('k', 6)]), 100);
    await redis.restart();
    await byBus.until(() => byBus.told.at(-1)?.csn === csn);
    expect(replica.health().find(({ name }) => name === 'redis')).toBeDefined();
    expect(alone.health().find(({ name }) => name === 'redis')).toBeUndefined();
  } finally {
    await owner.close();
  }
});

it('sign codes that a reader keeps are never taken for those of a later start of the owner', async () => {
  const setup = wordTable(['red', 'blue'], 64);
  const path = await makeTestPath();
  const first = openWriteSession(path, 'writer', setup);
  const { database, release } = openReader({
    ...{ path, role: 'reader', synchronous: 'FULL', mmapSize: 0, embedder: setup },
    replica: { epoch: null },
  });
  onTestFinished(() => {
    database.close();
    release();
  });
  const reads = readsOf({ database, statements: new StatementCache(database) }, path);
  const values = instantEmbedder(setup)?.embedText('red');
  if (values == null) throw new Error('the query has no direction');
  const wanted = recallArguments('main', null, {
    vectors: [{ model: setup.model, values }],
    weights: { text: 0, semantic: 1 },
  });
  const recall = () => reads.read('recall', wanted, undefined).hits.map(({ record }) => record.key);
  commit(first, storing('one', 'red'));
  expect(recall()).toEqual(['one']);
  // The newest stamp goes with its block, and the next start begins from what is left.
  commit(first, { kind: 'delete', target: { key: 'one' } });
  first.close();
  const second = openWriteSession(path, 'writer', setup);
  commit(second, storing('two', 'red'));
  expect(recall()).toEqual(['two']);
});

it('refuses everything that changes the file, and transactions that write, with READ_ONLY', async () => {
  const path = await makeTestPath();
  const owner = await openTestBackend('sqlite', path);
  const space = new MemorySpace(owner, 'main');
  await space.store('k', 1);
  const replica = await openTestReplica(path);
  const refused = { code: 'READ_ONLY', data: { reason: 'replica' } };
  const calls = [
    replica.write(unitOf('main', [storing('k', 2)]), 1),
    replica.reserveIds(1),
    replica.saveEmbeddings([]),
    replica.completeEmbedder(),
    replica.healVectors([1]),
    replica.sweepExpired(Date.now(), 1),
    replica.prune({ changesBefore: 0, keepChanges: 0, now: 0 }),
    replica.optimize(),
    replica.rebuildText(0, 1),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject(refused);
  const view = await replica.openTransaction('main', 'REPEATABLE_READ');
  const deadline = Date.now() + 60_000;
  const read = () =>
    view.read(
      { kind: 'getMany', args: { namespace: 'main', targets: [{ key: 'k' }], now: Date.now() } },
      deadline,
    );
  expect(await read()).toMatchObject([{ valueText: '1' }]);
  await space.store('k', 2);
  expect(await read()).toMatchObject([{ valueText: '1' }]);
  expect(await new MemorySpace(replica, 'main').valueText('k')).toBe('2');
  await expect(view.write([storing('k', 3)], Date.now(), deadline)).rejects.toMatchObject(refused);
  await view.end();
  expect((await replica.statistics()).snapshots.open).toBe(0);
});

it('knows a persona that nobody has told it of', async () => {
  const path = await makeTestPath();
  const owner = await openTestBackend('sqlite', path);
  const replica = await openTestReplica(path, {}, null, NEVER);
  const names = new PersonaNames(replica, 60_000);
  expect((await names.find('main', 'ask Athena')).named).toEqual([]);
  await new MemorySpace(owner, 'main').store('k', 1, { persona: 'Athena' });
  expect((await names.find('main', 'ask Athena')).named).toEqual(['Athena']);
});

it('a snapshot on a replica is moved on or given up when the write-ahead log grows', async () => {
  const path = await makeTestPath();
  const owner = await openTestBackend('sqlite', path);
  const space = new MemorySpace(owner, 'main');
  await space.store('k', 1);
  const limits = { wal_soft_limit: 1_048_576, wal_hard_limit: 1_048_576 };
  const replica = await openTestReplica(path, limits);
  const view = await replica.openTransaction('main', 'REPEATABLE_READ');
  const large = 'x'.repeat(400_000);
  for (let turn = 0; turn < 4; turn += 1) await space.store(`large${turn}`, large);
  const read = () =>
    view.read(
      { kind: 'getMany', args: { namespace: 'main', targets: [{ key: 'k' }], now: Date.now() } },
      Date.now() + 60_000,
    );
  const code = () =>
    read().then(
      () => null,
      (error: { readonly code: string }) => error.code,
    );
  await expect.poll(code).toBe('SNAPSHOT_TOO_OLD');
  await view.end();
});
