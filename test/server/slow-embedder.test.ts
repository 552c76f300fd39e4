import { describe, expect, it } from 'vitest';
import { send as answer } from '../engine/embedding/openai-test-server.ts';
import {
  EmbeddingFigures,
  ExplainedRecall,
  SeeVector,
  SeeVectors,
  SimilarMemories,
  StoreAndSeeVector,
  TransactAndWait,
} from '../support/recall-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startEmbeddingServer } from '../support/start-embedding-server.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, expectType, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

const OWL = { key: 'owl', value: 'The owl sleeps in the barn' };

describe('a slow embedder', () => {
  it('never delays a write: the memory is PENDING, found by its words, then READY', async () => {
    const { memory, release } = await startEmbeddingServer({ held: true });
    const { url, manager } = await startTestServer({ memory });
    const { storeMemory } = await request(url, StoreAndSeeVector, { input: OWL });
    expect(expectType(storeMemory, 'WritePayload').memory).toEqual({
      key: 'owl',
      embedding: 'PENDING',
      embeddingError: null,
    });
    const before = await request(url, ExplainedRecall, { query: 'where is the owl' });
    expect(before.recall).toMatchObject({ servedMode: 'HYBRID', degraded: false });
    expect(before.recall?.edges[0]).toMatchObject({
      node: { key: 'owl' },
      explanation: { semantic: null },
    });
    const waiting = await request(url, EmbeddingFigures, {});
    expect(waiting.status?.embedding).toEqual({
      model: expect.stringMatching(/^openai\/test-model/),
      memories: 1,
      ready: 0,
      pending: 1,
      failed: 0,
      outdated: 0,
    });
    const refused = await send(url, SimilarMemories, { key: 'owl' });
    expect(codesOf(refused)).toEqual(['VALIDATION']);
    expect(refused.errors[0]?.message).toMatch(/still waits for it \(PENDING\)/);
    release();
    await manager.namespace('default').indexed();
    expect((await request(url, SeeVector, { key: 'owl' })).memory).toEqual({
      embedding: 'READY',
      embeddingError: null,
    });
    const after = await request(url, ExplainedRecall, { query: 'where is the owl' });
    expect(after.recall?.edges[0]?.explanation.semantic?.rank).toBe(1);
    const figures = await request(url, EmbeddingFigures, {});
    expect(figures.status?.embedding).toMatchObject({ ready: 1, pending: 0 });
  });

  it('is waited for by a write that asks for it, alone, in a batch and in a list of operations', async () => {
    const { memory, release, server } = await startEmbeddingServer({ held: true });
    const { url } = await startTestServer({ memory });
    const embeddingOf = async (writing: Promise<unknown>): Promise<unknown> => {
      let answered = false;
      void writing.finally(() => {
        answered = true;
      });
      await expect.poll(() => server.calls.length).toBeGreaterThan(0);
      // The embedder has been asked, so the write is durable; still nobody is told.
      expect((await request(url, SeeVector, { key: 'owl' })).memory?.embedding).toBe('PENDING');
      expect(answered).toBe(false);
      release();
      return await writing;
    };
    const input = { ...OWL, awaitIndex: true };
    expect(await embeddingOf(request(url, StoreAndSeeVector, { input }))).toEqual({
      storeMemory: {
        __typename: 'WritePayload',
        memory: { key: 'owl', embedding: 'READY', embeddingError: null },
      },
    });
    for (const atomic of [true, false]) {
      const items = [
        { key: `a-${atomic}`, value: 'apples and pears' },
        { key: `b-${atomic}`, value: 'bread and butter' },
      ];
      await request(url, StoreMemories, { input: { items, atomic, awaitIndex: true } });
      for (const { key } of items)
        expect((await request(url, SeeVector, { key })).memory?.embedding).toBe('READY');
    }
    const { transact } = await request(url, TransactAndWait, {
      input: { operations: [{ store: { key: 'cat', value: 'a cat' } }], awaitIndex: true },
    });
    const { steps } = expectType(transact, 'TransactPayload');
    expect(steps[0]?.memory).toEqual({ key: 'cat', embedding: 'READY' });
  });

  it('cannot be waited for inside a transaction, whose own memories have no vector yet', async () => {
    const { memory } = await startEmbeddingServer();
    const { url } = await startTestServer({ memory });
    const transaction = await TransactionClient.begin(url);
    const waiting = await transaction.request(StoreAndSeeVector, {
      input: { ...OWL, awaitIndex: true },
    });
    expect(waiting.storeMemory).toMatchObject({
      __typename: 'ValidationError',
      path: ['awaitIndex'],
    });
    const stored = await transaction.request(StoreAndSeeVector, { input: OWL });
    expect(expectType(stored.storeMemory, 'WritePayload').memory.embedding).toBe('NONE');
    const nested = await transaction.request(TransactAndWait, {
      input: { operations: [{ store: OWL }], awaitIndex: true },
    });
    expect(nested.transact).toMatchObject({ __typename: 'ValidationError', path: ['awaitIndex'] });
  });

  it('does not hold a server that stops', async () => {
    const { memory, server } = await startEmbeddingServer({ held: true });
    const running = await startTestServer({ memory });
    const waiting = running.manager.store('owl', 'an owl', undefined, { awaitIndex: true });
    await expect.poll(() => server.calls.length).toBeGreaterThan(0);
    await Promise.all([running.stop(), waiting]);
    expect((await waiting).created).toBe(true);
  });

  it('that is late degrades a recall to text, which says so', async () => {
    const { memory } = await startEmbeddingServer({
      timeoutSeconds: 0.05,
      answer: ({ body }, response) => {
        // Memories are embedded; a query is never answered.
        if (body.input.some((text) => text.startsWith('memory: ')))
          answer(response, 200, {
            data: body.input.map((_, index) => ({ index, embedding: [1, 2, 3] })),
          });
      },
    });
    const { url } = await startTestServer({ memory });
    await request(url, StoreAndSeeVector, { input: { ...OWL, awaitIndex: true } });
    const { recall } = await request(url, ExplainedRecall, { query: 'owl' });
    expect(recall).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: 'the embedder gave no vector for the query within 50 ms',
    });
    expect(recall?.edges.map(({ node }) => node.key)).toEqual(['owl']);
    expect(recall?.edges[0]?.explanation.weights).toEqual({ text: 1, semantic: 0 });
  });

  it('that is down loses no write; recall and health tell', async () => {
    const { memory, server } = await startEmbeddingServer();
    await server.close();
    const { url } = await startTestServer({ memory });
    const { storeMemory } = await request(url, StoreAndSeeVector, { input: OWL });
    expectType(storeMemory, 'WritePayload');
    const { recall } = await request(url, ExplainedRecall, { query: 'owl' });
    expect(recall).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(recall?.edges.map(({ node }) => node.key)).toEqual(['owl']);
    const embedderCheck = async (): Promise<unknown> =>
      (await request(url, EmbeddingFigures, {})).health.checks.find(
        ({ name }) => name === 'embedder',
      );
    await expect.poll(embedderCheck).toMatchObject({
      state: 'DEGRADED',
      message: expect.stringMatching(/ECONNREFUSED.*memories wait for their vectors/),
    });
    const { status } = await request(url, EmbeddingFigures, {});
    expect(status?.embedding).toMatchObject({ pending: 1, ready: 0 });
  });

  it('that cannot embed one text tells which and why, and embeds the others', async () => {
    const { memory } = await startEmbeddingServer({
      answer: ({ body }, response) =>
        answer(response, 200, {
          data: body.input.map((text, index) => ({
            index,
            embedding: text.includes('owl') ? [0, 0, 0] : [1, 2, 3],
          })),
        }),
    });
    const { url } = await startTestServer({ memory });
    const items = [OWL, { key: 'cat', value: 'The cat is black' }];
    await request(url, StoreMemories, { input: { items } });
    await expect
      .poll(async () => (await request(url, SeeVector, { key: 'owl' })).memory)
      .toEqual({ embedding: 'PENDING', embeddingError: expect.stringMatching(/is zero/) });
    await expect
      .poll(async () => (await request(url, SeeVector, { key: 'cat' })).memory)
      .toEqual({ embedding: 'READY', embeddingError: null });
  });

  it('whose vectors have another length than those in the store degrades recall and loses no write', async () => {
    const three = await startEmbeddingServer();
    const first = await startTestServer({ memory: three.memory });
    await request(first.url, StoreAndSeeVector, { input: { ...OWL, awaitIndex: true } });
    await first.stop();
    const four = await startEmbeddingServer({ dimension: 4 });
    const { url } = await startTestServer({ memory: four.memory, path: first.path });
    const stored = await request(url, StoreAndSeeVector, {
      input: { key: 'cat', value: 'The owl and the cat' },
    });
    expectType(stored.storeMemory, 'WritePayload');
    const { recall } = await request(url, ExplainedRecall, { query: 'owl' });
    expect(recall).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: expect.stringContaining('its vectors have 4 numbers, those in the store 3'),
    });
    expect(recall?.edges).toHaveLength(2);
    await expect
      .poll(async () => (await request(url, SeeVector, { key: 'cat' })).memory)
      .toEqual({ embedding: 'PENDING', embeddingError: expect.stringContaining('4 numbers') });
    expect((await request(url, SeeVector, { key: 'owl' })).memory?.embedding).toBe('READY');
  });
});

it('states of many memories are one engine call', async () => {
  const calls: string[] = [];
  const { url } = await startTestServer({ wrap: (memories) => spyOperations(memories, calls) });
  const items = Array.from({ length: 100 }, (_, index) => ({
    key: `fact-${index}`,
    value: `something about number ${index}`,
  }));
  await request(url, StoreMemories, { input: { items } });
  calls.length = 0;
  const { memories } = await request(url, SeeVectors, { first: 100 });
  expect(memories?.nodes).toHaveLength(100);
  for (const node of memories?.nodes ?? [])
    expect(node).toEqual({ embedding: 'READY', embeddingError: null });
  expect(calls).toEqual(['list', 'embeddingStates']);
});
