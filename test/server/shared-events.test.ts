import { type ExecutionResult, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { expect, it } from 'vitest';
import { useSharedEvents } from '../../src/server/plugins/use-shared-events.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { request } from '../support/test-client.ts';
import { waitForSubscribers } from '../support/wait-for-subscribers.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

/* Subscribers share events and answers; what each asked for must still be what it gets. */

const DOCUMENT = `subscription Samples($withRates: Boolean!) {
  shown: stats(intervalMs: 250) { at subscribers totals @include(if: $withRates) { errorRate } }
}`;
const OTHER = 'subscription { stats(intervalMs: 250) { residentBytes } }';

it('answers each subscriber of stats by its own selection and variables', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const ask = (id: string, query: string, variables?: object) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
  ask('with', DOCUMENT, { withRates: true });
  ask('without', DOCUMENT, { withRates: false });
  ask('other', OTHER);
  ask('wrong', DOCUMENT, {});
  const next = async (id: string) => (await socket.frame('next', id)).payload;
  const at = expect.any(String);
  const subscribers = expect.any(Number);
  for (let sample = 0; sample < 3; sample += 1) {
    expect(await next('with')).toEqual({
      data: { shown: { at, subscribers, totals: { errorRate: 0 } } },
    });
    expect(await next('without')).toEqual({ data: { shown: { at, subscribers } } });
    expect(await next('other')).toEqual({ data: { stats: { residentBytes: expect.any(Number) } } });
  }
  expect(await socket.frame('error', 'wrong')).toMatchObject({
    payload: [{ message: expect.stringContaining('withRates') }],
  });
});

it('tells each watcher of changes what it selected and filtered', async () => {
  const { url } = await startTestServer();
  const socket = await FrameSocket.connect(url);
  const watch = (id: string, fields: string, topic: string) =>
    socket.send(
      JSON.stringify({
        id,
        type: 'subscribe',
        payload: {
          query: `subscription ($topic: String!) {
            memoryChanges(where: { tags: { any: [$topic] } }) {
              ... on MemoryChangeBatch { changes { memory { ${fields} } } }
            }
          }`,
          variables: { topic },
        },
      }),
    );
  watch('one', 'key tags', 'owls');
  watch('two', 'key tags', 'owls');
  watch('values', 'value', 'owls');
  watch('others', 'key tags', 'moons');
  await waitForSubscribers(url, 4);
  for (const [key, topic] of [
    ['barn', 'owls'],
    ['full', 'moons'],
    ['snowy', 'owls'],
  ] as const)
    await request(url, StoreMemory, { input: { key, value: topic, tags: [topic] } });
  const told = async (id: string, count: number): Promise<unknown[]> => {
    const memories: unknown[] = [];
    while (memories.length < count) {
      const { payload } = (await socket.frame('next', id)) as {
        payload: { data: { memoryChanges: { changes: { memory: unknown }[] } } };
      };
      memories.push(...payload.data.memoryChanges.changes.map(({ memory }) => memory));
    }
    return memories;
  };
  const owls = ['barn', 'snowy'].map((key) => ({ key, tags: ['owls'] }));
  expect(await told('one', 2)).toEqual(owls);
  expect(await told('two', 2)).toEqual(owls);
  expect(await told('values', 2)).toEqual([{ value: 'owls' }, { value: 'owls' }]);
  expect(await told('others', 1)).toEqual([{ key: 'full', tags: ['moons'] }]);
});

it.each(['stats', 'memoryChanges'])(
  'makes one answer of an event of %s for all who ask the same',
  async (field) => {
    const samples = [{ at: 1 }, { at: 2 }];
    let resolved = 0;
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { none: { type: GraphQLInt } } }),
      subscription: new GraphQLObjectType({
        name: 'Subscription',
        fields: {
          [field]: {
            type: GraphQLInt,
            subscribe: async function* () {
              yield* samples;
            },
            resolve: (sample: { readonly at: number }) => {
              resolved += 1;
              return sample.at;
            },
          },
        },
      }),
    });
    const yoga = createYoga({ schema, plugins: [useSharedEvents()], logging: false });
    const answers = Array.from({ length: 5 }, async () => {
      const { subscribe, parse } = yoga.getEnveloped({});
      const document = parse(`subscription { ${field} }`);
      const stream = (await subscribe({
        schema,
        document,
        contextValue: {},
      })) as AsyncIterable<ExecutionResult>;
      const told = [];
      for await (const { data } of stream) told.push(data?.[field]);
      return told;
    });
    expect(await Promise.all(answers)).toEqual(Array(5).fill([1, 2]));
    expect(resolved).toBe(samples.length);
  },
);
