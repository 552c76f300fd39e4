import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { decodeChangeCursor } from '../../src/engine/change-cursor.ts';
import type { MemoryChangesSubscription } from '../generated/graphql.ts';
import { MemoryChanges } from '../support/change-documents.graphql.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';
import { ReadBack, ReplicaState } from '../support/replica-documents.graphql.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startRedis } from '../support/start-redis.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, post, request } from '../support/test-client.ts';
import { waitForSubscribers } from '../support/wait-for-subscribers.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

/*
 * Processes on one file: the owner in one of its own, the replica in that of the test. What the owner has acknowledged is read on the replica at once, and every change is told there once, in
 * order, also over the death of the owner.
 */

const WRITERS = 4;
const TURNS = 15;

/** Numbers of the changes that a subscription on a server was told of, and how to wait for one. */
function follow(url: string) {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  onTestFinished(async () => await client.dispose());
  const seqs: number[] = [];
  const stream = client.iterate<MemoryChangesSubscription>({
    query: MemoryChanges.toString(),
    variables: { batchSize: 7 },
  });
  return {
    seqs,
    /** Reads on until the change was told. */
    until: async (seq: number): Promise<void> => {
      while ((seqs.at(-1) ?? 0) < seq) {
        const { value, done } = await stream.next();
        if (done === true) throw new Error(`the stream ended before ${seq}`);
        const { changes } = expectType(value.data?.memoryChanges, 'MemoryChangeBatch');
        seqs.push(...changes.map(({ cursor }) => decodeChangeCursor(cursor, []).seq));
      }
    },
  };
}

/** Every mutation that would change something; `w-0` is a memory with two versions at least. */
const CHANGES = [
  'storeMemory(input: { key: "k", value: 1 })',
  'storeMemories(input: { items: [{ key: "k", value: 1 }] })',
  'storeResult(input: { persona: "p", task: "t", result: 1 })',
  'updateMemory(input: { by: { key: "w-0" }, value: 1 })',
  'deleteMemory(input: { by: { key: "w-0" } })',
  'restoreMemory(input: { by: { key: "w-0" }, version: 1 })',
  'incrementMemory(input: { by: { key: "w-0" } })',
  'appendToMemory(input: { by: { key: "w-0" }, items: [1] })',
  'assertVersion(input: { by: { key: "w-0" }, version: 1 })',
  'linkMemories(input: { from: { key: "w-0" }, kind: RELATES, to: { key: "w-1" } })',
  'unlinkMemories(input: { from: { key: "w-0" }, kind: RELATES, to: { key: "w-1" } })',
  'transact(input: { operations: [{ delete: { by: { key: "w-0" } } }] })',
  'applyOptimizations(input: { actions: [{ type: CACHE_EXPANSION }] })',
  'backup(input: {})',
  'reindex(input: { target: FULLTEXT })',
] as const;

const upTo = (last: number): readonly number[] =>
  Array.from({ length: last }, (_, index) => index + 1);

async function headOf(url: string): Promise<number> {
  const { status } = await request(url, ReplicaState, {});
  return decodeChangeCursor(status?.headCursor, []).seq;
}

/** Stores and reads back on another server right after each acknowledgement; returns how many reads were older than their write. */
async function storeAndReadBack(
  owner: string,
  replica: string,
  writer: string,
  times: number,
  random: (below: number) => number,
): Promise<{ readonly reads: number; readonly stale: number }> {
  let stale = 0;
  let reads = 0;
  for (let turn = 1; turn <= times; turn += 1) {
    const key = `${writer}-${random(3)}`;
    const value = `${writer} wrote ${writer}turn${turn}`;
    const { storeMemory } = await request(owner, StoreMemory, {
      input: { key, value, persona: `${writer}turn${turn}` },
    });
    expectType(storeMemory, 'WritePayload');
    const { memory, recall } = await request(replica, ReadBack, {
      key,
      query: `${writer}turn${turn}`,
    });
    const hit = recall?.edges.find(({ node }) => node.key === key);
    stale += Number(memory?.value !== value) + Number(hit?.node.value !== value);
    reads += 2;
  }
  return { reads, stale };
}

it('reads are never older than the owner’s acknowledgements, and streams go on over its death', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  const random = randomFrom(seed);
  const path = await makeTestPath();
  const environment = { TRINITAS_MEMORY__HEALTH_CHECK_INTERVAL: '0.2' };
  const owner = await startServerProcess(path, environment);
  const replica = await startTestServer({
    memory: { replica: true, health_check_interval: 0.2 },
    path,
  });
  expect(await request(replica.url, ReplicaState, {})).toMatchObject({
    ...{ health: { role: 'REPLICA', state: 'OK' }, status: { role: 'REPLICA' } },
    stats: { role: 'REPLICA' },
  });
  expect(await request(owner.url, ReplicaState, {})).toMatchObject({ health: { role: 'OWNER' } });
  const changes = follow(replica.url);
  const first = changes.until(1);
  await waitForSubscribers(replica.url, 1);

  const results = await Promise.all(
    upTo(WRITERS).map((writer) =>
      storeAndReadBack(owner.url, replica.url, `w${writer}`, TURNS, random),
    ),
  );
  expect(results).toEqual(results.map(({ reads }) => ({ reads, stale: 0 })));
  const refused = await request(replica.url, StoreMemory, { input: { key: 'k', value: 1 } });
  expect(refused.storeMemory).toMatchObject({ __typename: 'ReadOnlyError', code: 'READ_ONLY' });
  await first;
  await changes.until(WRITERS * TURNS);
  expect(changes.seqs).toEqual(upTo(WRITERS * TURNS));

  // It dies while it writes: what it had committed is told, the rest is not.
  const underWay = upTo(WRITERS).map((writer) =>
    storeAndReadBack(owner.url, replica.url, `d${writer}`, 1_000, random).catch(() => null),
  );
  await changes.until(WRITERS * TURNS + 20);
  await owner.end('SIGKILL');
  await Promise.all(underWay);
  const left = await headOf(replica.url);
  await changes.until(left);
  await expect
    .poll(async () => (await request(replica.url, ReplicaState, {})).health)
    .toMatchObject({ state: 'DEGRADED', checks: [{}, { name: 'owner', state: 'DEGRADED' }, {}] });

  const next = await startServerProcess(path, environment);
  await storeAndReadBack(next.url, replica.url, 'again', 10, random);
  expect(await headOf(replica.url)).toBe(left + 10);
  await changes.until(left + 10);
  expect(changes.seqs).toEqual(upTo(left + 10));
  await expect
    .poll(async () => (await request(replica.url, ReplicaState, {})).health?.state)
    .toBe('OK');
});

it('a hybrid store is followed through Redis; a replica that starts without its owner serves what is there', async () => {
  const redis = await startRedis();
  const memory = { backend: 'hybrid', redis_url: redis.url } as const;
  const owner = await startTestServer({ memory });
  const replica = await startTestServer({
    memory: { ...memory, replica: true },
    path: owner.path,
  });
  const changes = follow(replica.url);
  const first = changes.until(1);
  await waitForSubscribers(replica.url, 1);
  const { stale } = await storeAndReadBack(owner.url, replica.url, 'w', 20, randomFrom(1));
  expect(stale).toBe(0);
  await first;
  await changes.until(20);
  expect(changes.seqs).toEqual(upTo(20));
  const { health } = await request(replica.url, ReplicaState, {});
  expect(health?.checks).toContainEqual({ name: 'redis', state: 'OK' });
  for (const mutation of CHANGES) {
    const answer = await post(replica.url, {
      query: `mutation { ${mutation} { __typename ... on Error { code remedy } } }`,
    });
    expect(JSON.stringify(answer), mutation).toMatch(/"READ_ONLY".*owns the database/);
  }
  expect(await headOf(owner.url)).toBe(20);
  await replica.stop();
  await owner.stop();
  const serve = ['--import', 'tsx', 'src/cli/main.ts', 'serve', '--replica'];
  const alone = await startServerProcess(owner.path, {}, serve);
  expect(await headOf(alone.url)).toBe(20);
});
