import { expect, it } from 'vitest';
import { MemoryChanges } from '../support/change-documents.graphql.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { GetMemory } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { CommitTransaction } from '../support/transaction-documents.graphql.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

/** Sends one operation and returns the payload of its only answer. */
async function run(
  socket: FrameSocket,
  id: string,
  query: string,
  variables: Record<string, unknown>,
  extensions?: Record<string, unknown>,
): Promise<unknown> {
  socket.send({ type: 'subscribe', id, payload: { query, variables, extensions } });
  return (await socket.frame(['next', 'error'], id)).payload;
}

it('runs operations of a socket inside the transaction that their extensions name', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const transaction = await TransactionClient.begin(url);
  const inside = { transaction: transaction.id };
  const stored = await run(
    socket,
    '1',
    StoreMemory.toString(),
    { input: { key: 'x', value: 1 } },
    inside,
  );
  expect(stored).toMatchObject({ data: { storeMemory: { __typename: 'WritePayload' } } });
  const read = GetMemory.toString();
  const by = { by: { key: 'x' } };
  expect(await run(socket, '2', read, by, inside)).toMatchObject({
    data: { memory: { value: 1 } },
  });
  expect(await run(socket, '3', read, by)).toEqual({ data: { memory: null } });
  // One transaction, both transports.
  expect((await transaction.request(GetMemory, by)).memory?.value).toBe(1);
  const committed = await run(
    socket,
    '4',
    CommitTransaction.toString(),
    {},
    {
      'x-trinitas-transaction': transaction.id,
    },
  );
  expect(committed).toMatchObject({
    data: { commitTransaction: { __typename: 'CommitTransactionPayload' } },
  });
  expect((await request(url, GetMemory, by)).memory?.value).toBe(1);
  expect(await run(socket, '5', read, by, inside)).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'TRANSACTION_STATE' } }],
  });
});

it('ignores a header of the upgrade, which belongs to no operation', async () => {
  const { url } = await startTestServer();
  const transaction = await TransactionClient.begin(url);
  const socket = new FrameSocket(url, 'graphql-transport-ws', { headers: transaction.headers });
  await new Promise((resolve) => socket.socket.once('open', resolve));
  socket.send({ type: 'connection_init' });
  await socket.frame('connection_ack');
  await run(socket, '1', StoreMemory.toString(), { input: { key: 'x', value: 1 } });
  expect((await request(url, GetMemory, { by: { key: 'x' } })).memory?.value).toBe(1);
});

it('refuses a subscription inside a transaction and keeps the others', async () => {
  const { url, manager } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const after = (await manager.namespace('default').status()).headCursor;
  socket.subscribe('all', MemoryChanges.toString(), { after });
  const transaction = await TransactionClient.begin(url);
  socket.send({
    type: 'subscribe',
    id: 'inside',
    payload: {
      query: MemoryChanges.toString(),
      variables: { after },
      extensions: { transaction: transaction.id },
    },
  });
  expect((await socket.frame('error', 'inside')).payload).toMatchObject([
    { extensions: { code: 'TRANSACTION_STATE' } },
  ]);
  await transaction.request(StoreMemory, { input: { key: 'a', value: 1 } });
  await transaction.request(StoreMemory, { input: { key: 'b', value: 1 } });
  await transaction.commit();
  // The change feed tells a transaction when it commits, and as a whole.
  expect((await socket.frame('next', 'all')).payload).toMatchObject({
    data: { memoryChanges: { changes: [{ memory: { key: 'a' } }, { memory: { key: 'b' } }] } },
  });
});

it('carries @transaction out over a socket as over HTTP', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const document = (second: string): string => `mutation @transaction(isolation: SERIALIZABLE) {
    a: storeMemory(input: { key: "a", value: 1 }) { __typename }
    b: storeMemory(input: { key: "${second}", value: 1, ifVersion: 0 }) { __typename }
  }`;
  expect(await run(socket, '1', document('a'), {})).toMatchObject({
    data: null,
    errors: [{ path: ['b'], extensions: { code: 'VERSION_CONFLICT' } }],
    extensions: { transaction: { state: 'ROLLED_BACK', failedPath: ['b'] } },
  });
  expect((await request(url, GetMemory, { by: { key: 'a' } })).memory).toBeNull();
  expect(await run(socket, '2', document('b'), {})).toMatchObject({
    data: { a: { __typename: 'WritePayload' }, b: { __typename: 'WritePayload' } },
    extensions: { transaction: { state: 'COMMITTED', isolation: 'SERIALIZABLE' } },
  });
});
