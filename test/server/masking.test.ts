import { expect, it } from 'vitest';
import {
  MemoryConnectionError,
  MemoryTimeoutError,
  OverloadedError,
} from '../../src/engine/index.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectType, post, request, send } from '../support/test-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

function startBrokenServer(name: string, error: unknown): Promise<TestServer> {
  return startTestServer({
    wrap: (memories) =>
      spyOperations(memories, [], (called) => {
        if (called === name) throw error;
      }),
  });
}

const SECRET = 'password=hunter2 at /home/somebody/store.db';

it('shows nothing of an unexpected error but an id that the log has', async () => {
  const server = await startBrokenServer('list', new TypeError(SECRET));
  const answer = await send(server.url, ListMemories, {});
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ memories: null });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
  const [error] = answer.errors;
  expect(error).toMatchObject({
    path: ['memories'],
    extensions: { code: 'INTERNAL', retryable: false },
  });
  const errorId = error?.extensions?.['errorId'];
  expect(server.log).toContainEqual(
    expect.objectContaining({
      errorId,
      level: 50,
      err: expect.objectContaining({ message: SECRET }),
    }),
  );
});

it('masks unexpected errors of mutations, which are no members of their unions', async () => {
  const server = await startBrokenServer('store', new Error(SECRET));
  const answer = await send(server.url, StoreMemory, { input: { key: 'k', value: 1 } });
  expect(answer.data).toEqual({ storeMemory: null });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
  expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

it('masks what is thrown and is no error at all', async () => {
  const server = await startBrokenServer('list', SECRET);
  const answer = await send(server.url, ListMemories, {});
  expect(JSON.stringify(answer)).not.toContain('hunter2');
  expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

it('masks on WebSocket, for queries and for streams', async () => {
  const server = await startTestServer({
    wrap: (memories) =>
      spyOperations(memories, [], (name) => {
        if (name === 'list' || name === 'watchStatistics') throw new Error(SECRET);
      }),
  });
  const socket = await FrameSocket.connect(server.url);
  socket.subscribe('query', '{ memories { totalCount } }');
  socket.subscribe('stream', 'subscription { stats { at } }');
  for (const frame of [
    await socket.frame('next', 'query'),
    await socket.frame('error', 'stream'),
  ]) {
    expect(JSON.stringify(frame)).toContain('"code":"INTERNAL"');
    expect(JSON.stringify(frame)).not.toContain('hunter2');
  }
});

it('gives what a caller can act on as data, and damage of the store as an error with its code', async () => {
  const timeout = await startBrokenServer(
    'store',
    new MemoryTimeoutError('too late', { data: { outcome: 'unknown' } }),
  );
  const late = await post(timeout.url, {
    query:
      'mutation { storeMemory(input: { key: "k", value: 1 }) { ... on TimeoutError { code retryable outcomeUnknown } } }',
  });
  expect(late.data).toEqual({
    storeMemory: { code: 'TIMEOUT', retryable: true, outcomeUnknown: true },
  });

  const overloaded = await startBrokenServer('store', new OverloadedError('queue full', 250));
  const full = await post(overloaded.url, {
    query:
      'mutation { storeMemory(input: { key: "k", value: 1 }) { ... on OverloadedError { code retryAfterMs } } }',
  });
  expect(full.data).toEqual({ storeMemory: { code: 'OVERLOADED', retryAfterMs: 250 } });

  const down = await startBrokenServer(
    'store',
    new MemoryConnectionError('the writer is gone', { remedy: 'Wait.' }),
  );
  const gone = await send(down.url, StoreMemory, { input: { key: 'k', value: 1 } });
  expect(gone.errors).toMatchObject([
    {
      message: 'the writer is gone',
      extensions: { code: 'CONNECTION', retryable: true, remedy: 'Wait.' },
    },
  ]);
});

it('answers the other fields when one fails', async () => {
  const server = await startBrokenServer('status', new OverloadedError('queue full', 250));
  const answer = await post(server.url, {
    query: '{ status { version } health { state } personas { name } }',
  });
  expect(answer.data).toEqual({ status: null, health: { state: 'OK' }, personas: [] });
  expect(answer.errors).toMatchObject([
    { path: ['status'], extensions: { code: 'OVERLOADED', retryAfterMs: 250 } },
  ]);
});

it('forgets loads after a failed write too', async () => {
  const server = await startTestServer();
  await request(server.url, StoreMemory, { input: { key: 'k', value: 1 } });
  const conflict = await request(server.url, StoreMemory, {
    input: { key: 'k', value: 2, ifVersion: 9 },
  });
  expectType(conflict.storeMemory, 'VersionConflictError');
  expect((await request(server.url, GetMemory, { by: { key: 'k' } })).memory?.value).toBe(1);
});
