import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreMemoryInput } from '../generated/graphql.ts';
import { ListChanges } from '../support/change-documents.graphql.ts';
import {
  AgentContext,
  GetMemory,
  ListMemories,
  Recall,
} from '../support/read-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { Overview } from '../support/status-documents.graphql.ts';
import { codesOf, expectType, post, request, send } from '../support/test-client.ts';
import {
  AppendToMemory,
  DeleteMemory,
  IncrementMemory,
  StoreMemories,
  StoreMemory,
  StoreResult,
  UpdateMemory,
} from '../support/write-documents.graphql.ts';

const LONE_SURROGATE = 'a\ud800b';
const NUL = 'a\u0000b';
/** 300 levels: deeper than the engine takes, shallower than JSON.parse minds. */
const DEEP_TEXT = `${'['.repeat(300)}${']'.repeat(300)}`;
const DEEP: unknown = JSON.parse(DEEP_TEXT);

describe('bad input over the network: the documented code, and nothing is stored', () => {
  let server: ListeningServer;
  let url: string;
  beforeAll(async () => {
    server = await listen();
    url = server.url;
    await request(url, StoreMemory, { input: { key: 'there', value: { n: 1, list: [] } } });
  });
  afterAll(async () => {
    const { status } = await request(url, Overview, {});
    await server.stop();
    expect(status?.totalMemories).toBe(1);
  });

  const stores: readonly (readonly [string, StoreMemoryInput, readonly string[]])[] = [
    ['empty key', { key: '', value: 1 }, ['key']],
    ['oversized key', { key: 'k'.repeat(513), value: 1 }, ['key']],
    ['oversized key in bytes', { key: 'é'.repeat(257), value: 1 }, ['key']],
    ['NUL in the key', { key: NUL, value: 1 }, ['key']],
    ['lone surrogate in the key', { key: LONE_SURROGATE, value: 1 }, ['key']],
    ['no value', { key: 'k' }, ['value']],
    ['two values', { key: 'k', value: 1, valueText: '1' }, ['value']],
    ['oversized value', { key: 'k', value: 'x'.repeat(1_048_577) }, ['value']],
    ['value nested too deep', { key: 'k', value: DEEP }, ['value']],
    ['valueText that is no JSON', { key: 'k', valueText: '{' }, ['valueText']],
    ['valueText nested too deep', { key: 'k', valueText: DEEP_TEXT }, ['valueText']],
    ['valueText with NaN', { key: 'k', valueText: 'NaN' }, ['valueText']],
    ['metadata that is no object', { key: 'k', value: 1, metadata: [1] }, ['metadata']],
    [
      'oversized metadata',
      { key: 'k', value: 1, metadata: { m: 'x'.repeat(65_537) } },
      ['metadata'],
    ],
    ['empty persona', { key: 'k', value: 1, persona: '' }, ['persona']],
    ['oversized persona', { key: 'k', value: 1, persona: 'p'.repeat(129) }, ['persona']],
    ['oversized tag', { key: 'k', value: 1, tags: ['t'.repeat(129)] }, ['tags']],
    [
      'too many tags',
      { key: 'k', value: 1, tags: Array.from({ length: 65 }, (_, n) => `t${n}`) },
      ['tags'],
    ],
    ['negative ttl', { key: 'k', value: 1, ttlSeconds: -1 }, ['ttlSeconds']],
    ['negative ifVersion', { key: 'k', value: 1, ifVersion: -1 }, ['ifVersion']],
    [
      'oversized idempotency key',
      { key: 'k', value: 1, idempotencyKey: 'i'.repeat(256) },
      ['idempotencyKey'],
    ],
  ];

  for (const [name, input, [place]] of stores) {
    it(`storeMemory: ${name}`, async () => {
      const { storeMemory } = await request(url, StoreMemory, { input });
      const error = expectType(storeMemory, 'ValidationError');
      expect(error.code).toBe('VALIDATION');
      expect(error.issues.map((issue) => issue.path[0])).toContain(place);
    });
  }

  it('storeMemories: an item is named by its place, also when a key is there twice', async () => {
    const twice = {
      items: [
        { key: 'same', value: 1 },
        { key: 'same', value: 2 },
      ],
    };
    expectType(
      (await request(url, StoreMemories, { input: twice })).storeMemories,
      'ValidationError',
    );
    const second = {
      items: [
        { key: 'fine', value: 1 },
        { key: NUL, value: 2 },
      ],
    };
    const { storeMemories } = await request(url, StoreMemories, { input: second });
    expect(expectType(storeMemories, 'ValidationError').path?.slice(0, 2)).toEqual(['items', '1']);
    const many = { items: Array.from({ length: 1_001 }, (_, n) => ({ key: `k${n}`, value: n })) };
    expectType(
      (await request(url, StoreMemories, { input: many })).storeMemories,
      'ValidationError',
    );
  });

  it('updateMemory, incrementMemory, appendToMemory, deleteMemory, storeResult', async () => {
    const by = { key: 'there' };
    const updates = [
      { by },
      { by, value: 1, valueText: '1' },
      { by, metadataPatch: 'no object' },
      { by: { key: '' }, value: 1 },
    ];
    for (const input of updates) {
      expectType((await request(url, UpdateMemory, { input })).updateMemory, 'ValidationError');
    }
    for (const path of ['n.', '[', 'list', 'n[-1]', NUL]) {
      const { incrementMemory } = await request(url, IncrementMemory, { input: { by, path } });
      expectType(incrementMemory, 'ValidationError');
    }
    for (const input of [
      { by, path: 'n', items: [1] },
      { by, path: 'list', items: [] },
      { by, path: 'list', items: [DEEP] },
    ]) {
      expectType((await request(url, AppendToMemory, { input })).appendToMemory, 'ValidationError');
    }
    const { deleteMemory } = await request(url, DeleteMemory, {
      input: { by: { key: LONE_SURROGATE } },
    });
    expect(['ValidationError', 'NotFoundError']).toContain(deleteMemory?.__typename);
    for (const input of [
      { persona: '', task: 't', result: 1 },
      { persona: 'p', task: '', result: 1 },
      { persona: 'p', task: 't', result: DEEP },
    ]) {
      expectType((await request(url, StoreResult, { input })).storeResult, 'ValidationError');
    }
    expect((await request(url, GetMemory, { by })).memory?.version).toBe(1);
  });

  it('memories: sizes, cursors and filters', async () => {
    const lists = [
      { first: -1 },
      { first: 101 },
      { first: 1, last: 1 },
      { after: 'no cursor' },
      { after: '' },
      { before: Buffer.from('[1,2]').toString('base64url') },
      { where: { key: { in: Array.from({ length: 1_001 }, (_, n) => `k${n}`) } } },
      { where: { and: Array.from({ length: 65 }, () => ({ key: { eq: 'k' } })) } },
      { where: { value: [{ path: 'a[', eq: 1 }] } },
      { where: { value: [{ path: 'a' }] } },
      { where: { value: [{ path: 'a', eq: { an: 'object' } }] } },
      { where: { importance: { between: [1] } } },
    ];
    for (const variables of lists) {
      expect(
        codesOf(await send(url, ListMemories, variables)),
        JSON.stringify(variables).slice(0, 80),
      ).toEqual(['VALIDATION']);
    }
  });

  it('recall, context and changes', async () => {
    const long = 'w'.repeat(8_193);
    expect(codesOf(await send(url, Recall, { query: long, mode: 'TEXT' }))).toEqual(['VALIDATION']);
    expect(
      codesOf(await post(url, { query: '{ recall(query: "a", first: 0) { tookMs } }' })),
    ).toEqual(['VALIDATION']);
    expect(
      codesOf(await post(url, { query: '{ recall(query: "a", first: -5) { tookMs } }' })),
    ).toEqual(['VALIDATION']);
    expect(codesOf(await send(url, AgentContext, { persona: '', task: 't' }))).toEqual([
      'VALIDATION',
    ]);
    expect(codesOf(await send(url, ListChanges, { first: 0 }))).toEqual(['VALIDATION']);
    expect(codesOf(await send(url, ListChanges, { first: 501 }))).toEqual(['VALIDATION']);
    for (const query of [
      '"',
      '*',
      'AND OR NOT',
      '""" NEAR(',
      "'; DROP TABLE memories; --",
      '\u0000',
      '   ',
    ]) {
      const answer = await send(url, Recall, { query, mode: 'TEXT' });
      expect(
        codesOf(answer).filter((code) => code !== 'VALIDATION'),
        JSON.stringify(query),
      ).toEqual([]);
    }
  });

  it('refuses before any resolver what the types forbid', async () => {
    const refused = [
      'mutation { storeMemory(input: { key: "k", value: 1, importance: 1.5 }) { __typename } }',
      'mutation { storeMemory(input: { key: "k", value: 1, importance: -0.1 }) { __typename } }',
      'mutation { storeMemory(input: { key: "k", value: 1, section: NO_SUCH }) { __typename } }',
      'mutation { storeMemory(input: { key: "k", value: NaN }) { __typename } }',
      'mutation { storeMemory(input: { key: "k", value: 1, unknown: 1 }) { __typename } }',
      '{ memories(where: { nope: { eq: 1 } }) { totalCount } }',
      '{ memories(where: { key: { like: "%" } }) { totalCount } }',
      '{ memories(where: { createdAt: { gt: "yesterday" } }) { totalCount } }',
      '{ memories(first: 1.5) { totalCount } }',
      `{ changes(after: "${'c'.repeat(257)}") { __typename } }`,
      `mutation { storeMemory(input: { key: "k", value: ${DEEP_TEXT} }) { __typename } }`,
    ];
    for (const query of refused) {
      const answer = await post(url, { query });
      expect(answer.status, query.slice(0, 90)).toBe(400);
      expect(answer.data ?? null).toBeNull();
    }
  });
});
