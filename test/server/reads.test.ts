import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListMemoriesQuery } from '../generated/graphql.ts';
import { ListChanges } from '../support/change-documents.graphql.ts';
import {
  AgentContext,
  GetMemory,
  ListMemories,
  LoadNodes,
  Recall,
} from '../support/read-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { Overview } from '../support/status-documents.graphql.ts';
import { codesOf, expectType, post, request, send } from '../support/test-client.ts';
import {
  DeleteMemory,
  StoreMemories,
  StoreMemory,
  StoreResult,
} from '../support/write-documents.graphql.ts';

describe('reads over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  beforeAll(async () => {
    server = await listen();
    url = server.url;
  });
  afterAll(() => server.stop());

  it('pages forward and backward with truthful totals', async () => {
    const items = Array.from({ length: 25 }, (_, index) => ({
      key: `page_${String(index).padStart(2, '0')}`,
      value: index,
      tags: ['page'],
    }));
    await request(url, StoreMemories, { input: { items } });
    const where = { tags: { all: ['page'] } };
    const orderBy = [{ field: 'KEY', direction: 'ASC' }] as const;
    const keys: string[] = [];
    let after: string | null = null;
    do {
      const { memories }: ListMemoriesQuery = await request(url, ListMemories, {
        where,
        orderBy,
        first: 10,
        after,
      });
      expect(memories?.totalCount).toBe(25);
      keys.push(...(memories?.edges.map((edge) => edge.node.key) ?? []));
      after = memories?.pageInfo.hasNextPage ? (memories.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    expect(keys).toEqual(items.map((item) => item.key));
    const { memories: last } = await request(url, ListMemories, { where, orderBy, last: 5 });
    expect(last?.nodes.map((node) => node.key)).toEqual(keys.slice(-5));
    expect(last?.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    const { memories: before } = await request(url, ListMemories, {
      where,
      orderBy,
      last: 5,
      before: last?.pageInfo.startCursor ?? '',
    });
    expect(before?.nodes.map((node) => node.key)).toEqual(keys.slice(-10, -5));
  });

  it('filters by every kind of field', async () => {
    await request(url, StoreMemory, {
      input: {
        key: 'filter_me',
        value: { user: { name: 'Ada', age: 36 } },
        metadata: { lang: 'en' },
        section: 'CACHE',
        persona: 'artemis',
        importance: 0.25,
        tags: ['x', 'y'],
      },
    });
    const matches = [
      { key: { startsWith: 'filter_' } },
      { section: { eq: 'CACHE' } },
      { section: { nin: ['EPISODIC_MEMORY'] }, persona: { in: ['artemis'] } },
      { persona: { eq: 'artemis', exists: true } },
      { importance: { between: [0.2, 0.3] }, key: { contains: 'ter_m' } },
      { version: { eq: 1 }, accessCount: { lte: 0 }, key: { eq: 'filter_me' } },
      {
        createdAt: { gt: '2020-01-01T00:00:00Z' },
        expiresAt: { exists: false },
        persona: { eq: 'artemis' },
      },
      { tags: { all: ['x', 'y'], none: ['z'] }, persona: { eq: 'artemis' } },
      {
        value: [
          { path: 'user.name', eq: 'Ada' },
          { path: 'user.age', gte: 36 },
        ],
      },
      { metadata: [{ path: 'lang', in: ['de', 'en'] }], persona: { eq: 'artemis' } },
      {
        and: [
          { or: [{ key: { eq: 'none' } }, { persona: { eq: 'artemis' } }] },
          { not: { section: { eq: 'EPISODIC_MEMORY' } } },
        ],
      },
    ] as const;
    for (const where of matches) {
      const { memories } = await request(url, ListMemories, { where });
      expect(
        memories?.nodes.map((node) => node.key),
        JSON.stringify(where),
      ).toEqual(['filter_me']);
    }
    const deep = await send(url, ListMemories, {
      where: { not: { not: { not: { not: { not: { not: { not: {} } } } } } } },
    });
    expect(codesOf(deep)).toEqual(['VALIDATION']);
  });

  it('recalls with an explanation, filters first', async () => {
    await request(url, StoreMemories, {
      input: {
        items: [
          { key: 'fact_owl', value: 'The owl of Athena sees at night', tags: ['bird'] },
          { key: 'fact_bow', value: 'Artemis carries a silver bow at night', tags: ['weapon'] },
        ],
      },
    });
    const { recall } = await request(url, Recall, {
      query: 'owl night',
      where: { tags: { any: ['bird'] } },
    });
    expect(recall?.edges.map((edge) => edge.node.key)).toEqual(['fact_owl']);
    const [edge] = recall?.edges ?? [];
    expect(edge?.explanation).toMatchObject({
      text: { rank: 1, normalised: 1 },
      semantic: { rank: 1 },
      final: edge?.score,
    });
    expect(edge?.explanation.terms).toContain('owl');
    expect(recall).toMatchObject({ mode: 'HYBRID', servedMode: 'HYBRID' });
    const operators = await request(url, Recall, { query: '") OR NEAR(* AND NOT "owl" ^key:' });
    expect(operators.recall?.edges.map((hit) => hit.node.key)).toContain('fact_owl');
  });

  it('gives a persona its context and keeps its results', async () => {
    const { storeResult } = await request(url, StoreResult, {
      input: { persona: 'athena', task: 'count owls', result: 'three owls in the olive tree' },
    });
    const { episode, latest } = expectType(storeResult, 'StoreResultPayload');
    expect(episode).toMatchObject({
      section: 'EPISODIC_MEMORY',
      importance: 0.6,
      key: expect.stringMatching(/^episode_athena_/),
    });
    expect(latest).toEqual({ key: 'working_athena_latest', importance: 0.7 });
    const { context } = await request(url, AgentContext, {
      persona: 'athena',
      task: 'how many owls',
    });
    expect(context?.working.map((edge) => edge.node.key)).toContain('working_athena_latest');
    expect(context?.episodes.map((memory) => memory.key)).toEqual([episode.key]);
    const bad = await request(url, StoreResult, { input: { persona: '', task: 't', result: 1 } });
    expectType(bad.storeResult, 'ValidationError');
  });

  it('tells status, statistics, health and personas', async () => {
    const overview = await request(url, Overview, {});
    expect(overview.health.checks.length).toBeGreaterThan(0);
    expect(overview.status).toMatchObject({
      namespace: 'default',
      version: expect.stringMatching(/^5\./),
    });
    expect(overview.status?.totalMemories).toBeGreaterThan(10);
    expect(overview.stats?.operations.map((operation) => operation.name)).toContain('store');
    expect(overview.stats?.backend.pools.length).toBeGreaterThan(0);
    expect(overview.personas?.map((persona) => persona.name)).toEqual(['artemis', 'athena']);
    const [persona] = overview.personas ?? [];
    const { nodes } = await request(url, LoadNodes, { ids: [persona?.id ?? ''] });
    expect(nodes).toEqual([{ __typename: 'Persona', id: persona?.id }]);
  });

  it('pages the change log in commit order', async () => {
    const { status } = await request(url, Overview, {});
    await request(url, StoreMemory, { input: { key: 'change', value: 1 } });
    await request(url, StoreMemory, { input: { key: 'change', value: 2 } });
    await request(url, DeleteMemory, { input: { by: { key: 'change' } } });
    const seen: string[] = [];
    let after = status?.headCursor ?? '';
    for (let more = true; more; ) {
      const page = expectType(
        (await request(url, ListChanges, { after, first: 1 })).changes,
        'MemoryChangeBatch',
      );
      seen.push(
        ...page.changes.map(
          (change) => `${change.kind} ${change.memory.key} ${change.memory.version}`,
        ),
      );
      after = page.endCursor;
      more = page.hasMore;
    }
    expect(seen).toEqual(['CREATED change 1', 'UPDATED change 2', 'DELETED change 2']);
    const elsewhere = Buffer.from('ffffffff:1').toString('base64url');
    expectType((await request(url, ListChanges, { after: elsewhere })).changes, 'ResumeExpired');
    expect(codesOf(await send(url, ListChanges, { after: 'no cursor' }))).toEqual(['VALIDATION']);
  });

  it('refuses ids of nothing and of another type, and too many of them', async () => {
    for (const id of ['garbage', '', 'TWVtb3J5OmFiYw==', 'VXNlcjox', 'x'.repeat(10_000)]) {
      expect(codesOf(await send(url, LoadNodes, { ids: [id] })), id.slice(0, 20)).toEqual([
        'VALIDATION',
      ]);
    }
    const persona = Buffer.from('Persona:athena').toString('base64');
    expect(codesOf(await send(url, GetMemory, { by: { id: persona } }))).toEqual(['VALIDATION']);
    const many = Array.from({ length: 101 }, (_, index) =>
      Buffer.from(`Memory:${index + 1}`).toString('base64'),
    );
    expect(codesOf(await send(url, LoadNodes, { ids: many }))).toEqual(['VALIDATION']);
  });

  it('refuses a @oneOf input with none, two or a null member before any resolver runs', async () => {
    for (const by of [{}, { id: 'a', key: 'b' }, { id: null }, { key: null, id: 'a' }]) {
      const answer = await post(url, { query: GetMemory.toString(), variables: { by } });
      expect(answer.status, JSON.stringify(by)).toBe(400);
      expect(answer.errors[0]?.message, JSON.stringify(by)).toMatch(
        /OneOf type "MemoryBy"|must be non-null/,
      );
    }
  });

  it('runs the operation that is named, whatever was cached for the document', async () => {
    const query =
      'query One { one: health { state } } query Two { two: health { state } } mutation Three { storeMemory(input: { key: "three", value: 3 }) { __typename } }';
    for (const operationName of ['Two', 'One', 'Two']) {
      const { data } = await post(url, { query, operationName });
      expect(Object.keys(data ?? {})).toEqual([operationName.toLowerCase()]);
    }
    expect((await post(url, { query })).status).toBe(400);
    await post(url, { query, operationName: 'Three' });
    const get = await fetch(`${url}?query=${encodeURIComponent(query)}&operationName=Three`, {
      headers: { accept: 'application/json' },
    });
    expect(get.status).toBe(405);
    const safe = await fetch(`${url}?query=${encodeURIComponent(query)}&operationName=One`, {
      headers: { accept: 'application/json' },
    });
    expect(await safe.json()).toMatchObject({ data: { one: { state: expect.any(String) } } });
    expect((await request(url, GetMemory, { by: { key: 'three' } })).memory?.version).toBe(1);
  });
});
