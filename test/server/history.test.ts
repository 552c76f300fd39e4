import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DiffMemory,
  GetHistory,
  GetMemoryAsOf,
  ListMemoriesAsOf,
  RestoreMemory,
} from '../support/history-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { codesOf, request, send } from '../support/test-client.ts';
import { DeleteMemory, StoreMemory } from '../support/write-documents.graphql.ts';

describe('the past over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  beforeAll(async () => {
    server = await listen();
    url = server.url;
  });
  afterAll(() => server.stop());

  const store = (key: string, value: unknown) =>
    request(url, StoreMemory, { input: { key, value } });
  const versionsOf = async (key: string) =>
    (await request(url, GetHistory, { by: { key } })).history?.versions ?? [];

  it('tells every version, newest first, page by page', async () => {
    for (const step of [1, 2, 3]) await store('told', { step });
    await request(url, DeleteMemory, { input: { by: { key: 'told' } } });
    const versions = await versionsOf('told');
    expect(versions.map(({ kind, version }) => [kind, version])).toEqual([
      ['DELETED', 3],
      ['UPDATED', 3],
      ['UPDATED', 2],
      ['CREATED', 1],
    ]);
    const { history } = await request(url, GetHistory, {
      by: { key: 'told' },
      first: 2,
      after: versions[0]?.cursor ?? '',
    });
    expect(history?.versions.map(({ memory }) => memory.value)).toEqual([{ step: 3 }, { step: 2 }]);
    expect(history).toMatchObject({ hasNextPage: true, complete: true });
  });

  it('reads memories as of a change or a time, one and many', async () => {
    await store('past_a', 1);
    await store('past_b', 1);
    await store('past_a', 2);
    const [, first] = await versionsOf('past_a');
    const asOf = { cursor: first?.cursor ?? '' };
    const { memory } = await request(url, GetMemoryAsOf, { by: { key: 'past_a' }, asOf });
    expect(memory).toEqual({ version: 1, value: 1 });
    const where = { key: { startsWith: 'past_' } };
    const { memories } = await request(url, ListMemoriesAsOf, { asOf, where });
    expect(memories).toEqual({ totalCount: 1, nodes: [{ key: 'past_a', value: 1 }] });
    const now = { at: new Date().toISOString() };
    const { memories: newest } = await request(url, ListMemoriesAsOf, { asOf: now, where });
    expect(newest?.nodes.map(({ value }) => value)).toEqual([2, 1]);
  });

  it('refuses a moment in the future and one that is named twice', async () => {
    const by = { key: 'past_a' };
    const future = await send(url, GetMemoryAsOf, { by, asOf: { at: '2999-01-01T00:00:00.000Z' } });
    expect(codesOf(future)).toEqual(['VALIDATION']);
    const twice = { at: '2020-01-01T00:00:00.000Z', cursor: 'x' };
    const both = await send(url, GetMemoryAsOf, { by, asOf: twice as never });
    expect(both.status).toBe(400);
  });

  it('says what changed between two versions', async () => {
    await store('diffed', { balance: 1, kept: true });
    await store('diffed', { balance: 2, kept: true, note: 'new' });
    const { memoryDiff } = await request(url, DiffMemory, {
      by: { key: 'diffed' },
      from: 1,
      to: 2,
    });
    expect(memoryDiff?.changed).toEqual(['value']);
    expect(memoryDiff?.value).toEqual([
      { path: 'balance', kind: 'CHANGED', before: 1, after: 2 },
      { path: 'note', kind: 'ADDED', before: null, after: 'new' },
    ]);
  });

  it('brings an old version back, also of a deleted memory, and replays the request', async () => {
    await store('lost', 'precious');
    await request(url, DeleteMemory, { input: { by: { key: 'lost' } } });
    const input = { by: { key: 'lost' }, version: 1, ifVersion: 0, idempotencyKey: 'bring-back' };
    const { restoreMemory } = await request(url, RestoreMemory, { input });
    expect(restoreMemory).toMatchObject({
      __typename: 'WritePayload',
      created: true,
      memory: { version: 1, value: 'precious' },
    });
    const again = await request(url, RestoreMemory, { input });
    expect(again.restoreMemory).toMatchObject({ replayed: true });
    const missing = await request(url, RestoreMemory, {
      input: { by: { key: 'lost' }, version: 99 },
    });
    expect(missing.restoreMemory).toMatchObject({ code: 'NOT_FOUND' });
  });
});
