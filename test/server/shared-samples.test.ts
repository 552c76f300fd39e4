import { type ExecutionResult, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { expect, it } from 'vitest';
import { useSharedSamples } from '../../src/server/plugins/use-shared-samples.ts';
import { FrameSocket } from '../support/frame-socket.ts';
import { startTestServer } from '../support/start-test-server.ts';

/* Subscribers of `stats` share samples and answers; what each asked for must still be what it gets. */

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

it('makes the answer to a sample once for all who ask the same', async () => {
  const samples = [{ at: 1 }, { at: 2 }];
  let resolved = 0;
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { none: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        stats: {
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
  const yoga = createYoga({ schema, plugins: [useSharedSamples()], logging: false });
  const answers = Array.from({ length: 5 }, async () => {
    const { subscribe, parse } = yoga.getEnveloped({});
    const document = parse('subscription { stats }');
    const stream = (await subscribe({
      schema,
      document,
      contextValue: {},
    })) as AsyncIterable<ExecutionResult>;
    const told = [];
    for await (const { data } of stream) told.push(data?.['stats']);
    return told;
  });
  expect(await Promise.all(answers)).toEqual(Array(5).fill([1, 2]));
  expect(resolved).toBe(samples.length);
});
