import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-sse';
import { expect, it } from 'vitest';
import { MemoryManagerFactory } from '../../src/engine/index.ts';
import { built } from '../support/built.ts';
import { MemoryChanges } from '../support/change-documents.graphql.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { Gate } from '../support/gate.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { startServerProcess } from '../support/server-process.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { post, send } from '../support/test-client.ts';
import { waitForSubscribers } from '../support/wait-for-subscribers.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRITERS = 16;

it('on SIGTERM under load loses no acknowledged write, ends streams cleanly and exits with 0', async () => {
  const path = join(await makeTestFolder(), 'load.db');
  const server = await startServerProcess(path);

  const socket = await FrameSocket.connect(server.url);
  socket.subscribe('changes', MemoryChanges.toString());
  const sse = readSse(server.url);
  await waitForSubscribers(server.url, 2);

  const acknowledged: string[] = [];
  let stopping = false;
  const enough = new Gate();
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let index = 0; !stopping || index === 0; index += 1) {
      const key = `w${writer}_${index}`;
      // A refused connection is an answer too: the write was not acknowledged.
      const answer = await send(server.url, StoreMemory, { input: { key, value: index } }).catch(
        () => null,
      );
      if (answer === null) return;
      if (answer.data?.storeMemory?.__typename === 'WritePayload') acknowledged.push(key);
      if (acknowledged.length > WRITERS * 4) enough.open();
    }
  });
  await enough.opened;
  const code = await server.end('SIGTERM');
  stopping = true;
  await Promise.all(writers);

  expect(code, server.errors()).toBe(0);
  expect(await socket.frame('complete', 'changes')).toEqual({ id: 'changes', type: 'complete' });
  expect((await socket.closed).code).toBe(1001);
  expect(await sse).toMatch(/event: complete\ndata:\n\n$/);

  const manager = await MemoryManagerFactory.getManager({ memory: { sqlite_path: path } });
  try {
    const missing: string[] = [];
    for (const key of acknowledged) if ((await manager.get(key)) === null) missing.push(key);
    expect(acknowledged.length).toBeGreaterThan(WRITERS * 4);
    expect(missing).toEqual([]);
  } finally {
    await manager.cleanup();
  }
});

it('stops on SIGINT too, with an open keep-alive connection', async () => {
  const server = await startServerProcess(join(await makeTestFolder(), 'int.db'));
  await post(server.url, { query: '{ health { state } }' });
  expect(await server.end('SIGINT'), server.errors()).toBe(0);
});

it('answers the request that runs, and takes no new connection', async () => {
  const held = new Gate();
  const reached = new Gate();
  const server = await startTestServer({
    wrap: (memories) => ({
      ...spyOperations(memories, []),
      namespace: memories.namespace,
      health: () => memories.health(),
      status: async () => {
        reached.open();
        await held.opened;
        return await memories.status();
      },
    }),
  });
  const running = post(server.url, { query: '{ status { namespace } }' });
  await reached.opened;
  const closed = server.close();
  await expect(fetch(new URL('/-/ready', server.url))).rejects.toThrow();
  held.open();
  const answer = await running;
  expect(answer.data).toEqual({ status: { namespace: 'default' } });
  expect(answer.headers.get('connection')).not.toBe('upgrade');
  await closed;
});

it('cuts requests that outlast the grace, and says so in the log', async () => {
  const reached = new Gate();
  const server = await startTestServer({
    shutdownGraceMs: 50,
    wrap: (memories) => ({
      ...spyOperations(memories, []),
      namespace: memories.namespace,
      health: () => memories.health(),
      status: () => {
        reached.open();
        return new Promise(() => {});
      },
    }),
  });
  const running = post(server.url, { query: '{ status { namespace } }' });
  const cut = expect(running).rejects.toThrow();
  await reached.opened;
  await server.close();
  await cut;
  expect(server.log).toContainEqual(expect.objectContaining({ level: 40, graceMs: 50 }));
});

it('closes twice as once', async () => {
  const server = await startTestServer();
  await Promise.all([server.close(), server.close()]);
});

it('ends a graphql-sse stream without an error for its client', async () => {
  const server = await startTestServer();
  const client = createClient({ url: server.url, retryAttempts: 0 });
  const stream = client.iterate({ query: MemoryChanges.toString() });
  const next = stream.next();
  await waitForSubscribers(server.url, 1);
  await server.close();
  expect((await next).done).toBe(true);
  client.dispose();
});

it('refuses an address other than loopback before it touches the store', async () => {
  const path = join(await makeTestFolder(), 'never.db');
  const run = spawnSync(process.execPath, [built('src/main.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      TRINITAS_MEMORY__SQLITE_PATH: path,
      TRINITAS_SERVER__HOST: '0.0.0.0',
    },
    encoding: 'utf8',
  });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('refuses to listen on 0.0.0.0');
  expect(run.stderr).toContain('SSH tunnel');
  expect(existsSync(path)).toBe(false);
});

/** All text of an SSE stream until the server ends it. */
async function readSse(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: MemoryChanges.toString() }),
  });
  return await response.text();
}
