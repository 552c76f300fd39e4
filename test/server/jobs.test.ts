import { describe, expect, it } from 'vitest';
import {
  EmbeddingFigures,
  ExplainedRecall,
  FollowJob,
  Reindex,
} from '../support/recall-documents.graphql.ts';
import { startEmbeddingServer } from '../support/start-embedding-server.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, expectType, post, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

/** More than a batch of the worker holds. */
const ITEMS = Array.from({ length: 100 }, (_, index) => ({
  key: `fact-${index}`,
  value: `fact number ${index} about owls`,
}));

/** The file of a server that made no vectors. */
async function storeWithoutVectors(): Promise<string> {
  const server = await startTestServer({ memory: { embedder: { provider: 'none' } } });
  await request(server.url, StoreMemories, { input: { items: ITEMS } });
  await server.stop();
  return server.path;
}

async function reindex(url: string): Promise<string> {
  const answer = await request(url, Reindex, {});
  return expectType(answer.reindex, 'ReindexPayload').job.id;
}

describe('reindexing over HTTP', () => {
  it('shows its progress, is not begun twice, and gives every memory its vector', async () => {
    const path = await storeWithoutVectors();
    const { memory, release } = await startEmbeddingServer({ held: true });
    const { url } = await startTestServer({ memory, path });
    const id = await reindex(url);
    expect(await reindex(url)).toBe(id);
    const follow = async () => (await request(url, FollowJob, { id })).job;
    await expect.poll(follow).toMatchObject({ total: 100 });
    expect(await follow()).toMatchObject({
      id,
      kind: 'reindex',
      state: 'RUNNING',
      done: 0,
      failed: 0,
      endedAt: null,
      error: null,
    });
    const during = await request(url, ExplainedRecall, { query: 'owls' });
    expect(during.recall?.edges).toHaveLength(10);
    release();
    await expect.poll(follow).toMatchObject({
      state: 'DONE',
      done: 100,
      failed: 0,
      total: 100,
      endedAt: expect.any(String),
      error: null,
    });
    const { status } = await request(url, EmbeddingFigures, {});
    expect(status?.embedding).toMatchObject({ ready: 100, pending: 0, outdated: 0 });
    const again = await reindex(url);
    expect(again).not.toBe(id);
    const { jobs, node } = await request(url, FollowJob, { id: again });
    expect(jobs?.map((job) => job.id)).toEqual([id, again]);
    expect(node).not.toBeNull();
  });

  it('ends as FAILED with its reason when the embedder is down', async () => {
    const path = await storeWithoutVectors();
    const { memory, server } = await startEmbeddingServer();
    await server.close();
    const { url } = await startTestServer({ memory, path });
    const id = await reindex(url);
    await expect
      .poll(async () => (await request(url, FollowJob, { id })).job)
      .toMatchObject({
        state: 'FAILED',
        done: 0,
        error: expect.stringContaining('ECONNREFUSED'),
      });
  });

  it('needs an embedder, stands outside of transactions and knows its target', async () => {
    const { url } = await startTestServer({ memory: { embedder: { provider: 'none' } } });
    expect((await request(url, Reindex, {})).reindex).toMatchObject({
      __typename: 'ParticipantUnavailableError',
      code: 'PARTICIPANT_UNAVAILABLE',
      message: 'no embedder is configured',
      remedy: 'Set memory.embedder in the configuration.',
    });
    const transaction = await TransactionClient.begin(url);
    expect((await transaction.request(Reindex, {})).reindex).toMatchObject({
      __typename: 'TransactionStateError',
    });
    const unknown = await post(url, {
      query: 'mutation { reindex(input: { target: WORDS }) { __typename } }',
    });
    expect(unknown.status).toBe(400);
  });

  it('tells of no job that never was, and refuses ids of other things', async () => {
    const { url } = await startTestServer();
    const unknown = Buffer.from('Job:nothing').toString('base64');
    expect(await request(url, FollowJob, { id: unknown })).toEqual({
      job: null,
      node: null,
      jobs: [],
    });
    const memory = await post(url, {
      query: `{ job(id: "${Buffer.from('Memory:1').toString('base64')}") { id } }`,
    });
    expect(codesOf(memory)).toEqual(['VALIDATION']);
    expect(memory.errors[0]?.message).toBe('id: is the id of a Memory, not of a Job');
    expect(codesOf(await send(url, FollowJob, { id: 'x' }))).toContain('VALIDATION');
  });
});
