import { expect, it } from 'vitest';
import { MemoryChanges } from '../support/change-documents.graphql.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { ListMemories, LoadNodes } from '../support/read-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { post, request } from '../support/test-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

async function startSpiedServer(): Promise<{ server: TestServer; calls: string[] }> {
  const calls: string[] = [];
  const server = await startTestServer({ wrap: (memories) => spyOperations(memories, calls) });
  return { server, calls };
}

async function storeHundred(url: string): Promise<void> {
  const items = Array.from({ length: 100 }, (_, index) => ({
    key: `fact_${index}`,
    value: index,
    persona: `p${index % 7}`,
  }));
  await request(url, StoreMemories, { input: { items } });
}

it('lists 100 memories with their personas by two engine calls', async () => {
  const { server, calls } = await startSpiedServer();
  await storeHundred(server.url);
  calls.length = 0;
  const { memories } = await request(server.url, ListMemories, { first: 100 });
  expect(memories?.nodes).toHaveLength(100);
  expect(memories?.nodes.every((node) => node.rememberedBy !== null)).toBe(true);
  expect(calls).toEqual(['list', 'personas']);
});

it('loads many nodes by one engine call', async () => {
  const { server, calls } = await startSpiedServer();
  await storeHundred(server.url);
  const answer = await post<{ memories: { nodes: { id: string }[] } }>(server.url, {
    query: '{ memories(first: 50) { nodes { id } } }',
  });
  const ids = answer.data?.memories.nodes.map((node) => node.id) ?? [];
  calls.length = 0;
  const { nodes } = await request(server.url, LoadNodes, { ids });
  expect(nodes?.map((node) => node?.id)).toEqual(ids);
  expect(calls).toEqual(['getMany']);
});

it('loads single memories of one document together', async () => {
  const { server, calls } = await startSpiedServer();
  await storeHundred(server.url);
  calls.length = 0;
  const answer = await post(server.url, {
    query:
      '{ a: memory(by: { key: "fact_1" }) { key } b: memory(by: { key: "fact_2" }) { key } c: memory(by: { key: "fact_1" }) { key } }',
  });
  expect(answer.data).toEqual({ a: { key: 'fact_1' }, b: { key: 'fact_2' }, c: { key: 'fact_1' } });
  expect(calls).toEqual(['getMany']);
});

it('asks for the total only when the total is selected', async () => {
  const totals: (boolean | undefined)[] = [];
  const server = await startTestServer({
    wrap: (memories) => ({
      ...spyOperations(memories, []),
      namespace: memories.namespace,
      list: (input) => {
        totals.push(input.withTotal);
        return memories.list(input);
      },
    }),
  });
  const documents = [
    '{ memories { nodes { key } } }',
    '{ memories { totalCount } }',
    'query($no: Boolean = false) { memories { nodes { key } totalCount @include(if: $no) } }',
    'query($yes: Boolean = true) { memories { nodes { key } totalCount @skip(if: $yes) } }',
    '{ memories { ...page } } fragment page on MemoryConnection { ... on MemoryConnection { total: totalCount } }',
    '{ memories { pageInfo { hasNextPage } } memories { totalCount } }',
  ];
  for (const query of documents) expect((await post(server.url, { query })).errors).toEqual([]);
  expect(totals).toEqual([false, true, false, false, true, true]);
});

it('never lets a serial mutation field see a stale load', async () => {
  const { server } = await startSpiedServer();
  await post(server.url, {
    query:
      'mutation { storeMemory(input: { key: "counter", value: 0, persona: "first" }) { __typename } }',
  });
  const field = (alias: string, persona: string): string =>
    `${alias}: updateMemory(input: { by: { key: "counter" }, persona: "${persona}" }) { ... on WritePayload { memory { version rememberedBy { name } } } }`;
  const answer = await post(server.url, {
    query: `mutation { ${field('a', 'one')} ${field('b', 'two')} ${field('c', 'three')} }`,
  });
  expect(answer.data).toEqual({
    a: { memory: { version: 2, rememberedBy: { name: 'one' } } },
    b: { memory: { version: 3, rememberedBy: { name: 'two' } } },
    c: { memory: { version: 4, rememberedBy: { name: 'three' } } },
  });
});

it('reads through a write within one document: a node loaded after each increment is the new one', async () => {
  const { server } = await startSpiedServer();
  const stored = await post<{ storeMemory: { memory: { id: string } } }>(server.url, {
    query:
      'mutation { storeMemory(input: { key: "n", value: 1 }) { ... on WritePayload { memory { id } } } }',
  });
  const id = stored.data?.storeMemory.memory.id;
  const increment = (alias: string): string =>
    `${alias}: incrementMemory(input: { by: { id: "${id}" } }) { ... on WritePayload { memory { value } } }`;
  const answer = await post(server.url, {
    query: `mutation { ${['a', 'b', 'c'].map(increment).join(' ')} }`,
  });
  expect(answer.data).toEqual({
    a: { memory: { value: 2 } },
    b: { memory: { value: 3 } },
    c: { memory: { value: 4 } },
  });
});

it('loads personas anew for each event of a subscription', async () => {
  const { server, calls } = await startSpiedServer();
  const socket = await FrameSocket.connect(server.url);
  const head = (await server.manager.namespace('default').status()).headCursor;
  socket.subscribe('1', MemoryChanges.toString(), { after: head });
  calls.length = 0;
  for (const key of ['a', 'b']) {
    await post(server.url, {
      query: `mutation { storeMemory(input: { key: "${key}", value: 1, persona: "athena" }) { __typename } }`,
    });
    const frame = await socket.frame('next', '1');
    expect(frame.payload).toMatchObject({
      data: { memoryChanges: { changes: [{ memory: { key, rememberedBy: { name: 'athena' } } }] } },
    });
  }
  expect(calls.filter((name) => name === 'personas')).toHaveLength(2);
});
