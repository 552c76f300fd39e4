import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GetMemory, LoadNodes } from '../support/read-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { ApplyOptimizations } from '../support/status-documents.graphql.ts';
import { expectType, post, request } from '../support/test-client.ts';
import {
  AppendToMemory,
  DeleteMemory,
  IncrementMemory,
  StoreMemories,
  StoreMemory,
  UpdateMemory,
} from '../support/write-documents.graphql.ts';

describe('writes over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  beforeAll(async () => {
    server = await listen();
    url = server.url;
  });
  afterAll(() => server.stop());

  it('stores every field and reads it back', async () => {
    const expiresBefore = Date.now() + 3_600_000;
    const { storeMemory } = await request(url, StoreMemory, {
      input: {
        key: 'fields',
        value: { list: [1, 'two', null], nested: { yes: true } },
        metadata: { source: 'test' },
        section: 'PROCEDURAL_MEMORY',
        persona: 'hestia',
        importance: 0.75,
        tags: ['b', 'a'],
        ttlSeconds: 3_600,
      },
    });
    const { memory, created, replayed } = expectType(storeMemory, 'WritePayload');
    expect({ created, replayed }).toEqual({ created: true, replayed: false });
    expect(memory).toMatchObject({
      key: 'fields',
      value: { list: [1, 'two', null], nested: { yes: true } },
      metadata: { source: 'test' },
      section: 'PROCEDURAL_MEMORY',
      persona: 'hestia',
      importance: 0.75,
      version: 1,
    });
    expect([...memory.tags].sort()).toEqual(['a', 'b']);
    expect(Date.parse(memory.expiresAt ?? '')).toBeGreaterThanOrEqual(expiresBefore);
    const byKey = await request(url, GetMemory, { by: { key: 'fields' } });
    const byId = await request(url, GetMemory, { by: { id: memory.id } });
    expect(byKey.memory).toEqual(byId.memory);
    expect(byId.memory?.rememberedBy?.name).toBe('hestia');
    expect(byId.memory?.accessCount).toBe(0);
  });

  it('keeps integers beyond 2^53: exact in valueText, digits in value', async () => {
    const text = '{"big":12345678901234567890,"small":7}';
    const { storeMemory } = await request(url, StoreMemory, {
      input: { key: 'big', valueText: text },
    });
    const { memory } = expectType(storeMemory, 'WritePayload');
    expect(memory.valueText).toBe(text);
    expect(memory.value).toEqual({ big: '12345678901234567890', small: 7 });
    const literal = await post<{ storeMemory: { memory: { valueText: string } } }>(url, {
      query:
        'mutation { storeMemory(input: { key: "literal", value: [9007199254740993] }) { ... on WritePayload { memory { valueText } } } }',
    });
    expect(literal.data?.storeMemory.memory.valueText).toBe('[9007199254740993]');
  });

  it('refuses an integer in variables that JSON readers have rounded already', async () => {
    const body = `{"query":${JSON.stringify(StoreMemory.toString())},"variables":{"input":{"key":"rounded","value":9007199254740993}}}`;
    const answer = await post<{ storeMemory: { code: string; remedy: string } }>(url, body);
    expect(answer.data?.storeMemory.code).toBe('VALIDATION');
    expect((await request(url, GetMemory, { by: { key: 'rounded' } })).memory).toBeNull();
  });

  it('stores JSON null, and tells it from no value', async () => {
    const stored = await request(url, StoreMemory, { input: { key: 'null', value: null } });
    expect(expectType(stored.storeMemory, 'WritePayload').memory.valueText).toBe('null');
    const missing = await request(url, StoreMemory, { input: { key: 'nothing' } });
    expect(expectType(missing.storeMemory, 'ValidationError').code).toBe('VALIDATION');
  });

  it('compares and sets', async () => {
    const store = (ifVersion: number) =>
      request(url, StoreMemory, { input: { key: 'cas', value: ifVersion, ifVersion } });
    expectType((await store(0)).storeMemory, 'WritePayload');
    const again = expectType((await store(0)).storeMemory, 'VersionConflictError');
    expect(again).toMatchObject({
      code: 'VERSION_CONFLICT',
      expected: 0,
      actual: 1,
      retryable: false,
    });
    expect(again.remedy).toContain('current version');
    expect(expectType((await store(1)).storeMemory, 'WritePayload').memory.version).toBe(2);
  });

  it('replays an idempotency key and refuses it for another request', async () => {
    const store = (value: number) =>
      request(url, StoreMemory, { input: { key: 'once', value, idempotencyKey: 'k-1' } });
    const first = expectType((await store(1)).storeMemory, 'WritePayload');
    const second = expectType((await store(1)).storeMemory, 'WritePayload');
    expect(second).toEqual({ ...first, replayed: true });
    expect(expectType((await store(2)).storeMemory, 'IdempotencyMismatchError').code).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
  });

  it('updates parts, and null clears only where it means something', async () => {
    await request(url, StoreMemory, {
      input: {
        key: 'upd',
        value: { a: 1, b: 2 },
        metadata: { m: 1 },
        persona: 'athena',
        importance: 0.9,
      },
    });
    const { updateMemory } = await request(url, UpdateMemory, {
      input: {
        by: { key: 'upd' },
        valuePatch: { b: null, c: 3 },
        metadataPatch: { m: 2 },
        persona: null,
        importance: null,
        tags: null,
        section: null,
      },
    });
    expect(expectType(updateMemory, 'WritePayload').memory).toEqual({
      key: 'upd',
      value: { a: 1, c: 3 },
      metadata: { m: 2 },
      persona: null,
      version: 2,
    });
    const missing = await request(url, UpdateMemory, {
      input: { by: { key: 'absent' }, value: 1 },
    });
    expect(expectType(missing.updateMemory, 'NotFoundError').code).toBe('NOT_FOUND');
    const badId = await request(url, UpdateMemory, { input: { by: { id: 'garbage' }, value: 1 } });
    expect(expectType(badId.updateMemory, 'ValidationError').path).toEqual(['by', 'id']);
  });

  it('increments and appends by path', async () => {
    await request(url, StoreMemory, { input: { key: 'inc', value: { n: 1, list: ['a'] } } });
    const { incrementMemory } = await request(url, IncrementMemory, {
      input: { by: { key: 'inc' }, path: 'n', amount: 41 },
    });
    expect(expectType(incrementMemory, 'WritePayload').memory.value).toMatchObject({ n: 42 });
    const { appendToMemory } = await request(url, AppendToMemory, {
      input: { by: { key: 'inc' }, path: 'list', items: ['b', null, 3] },
    });
    expect(expectType(appendToMemory, 'WritePayload').memory.value).toEqual({
      n: 42,
      list: ['a', 'b', null, 3],
    });
    const wrong = await request(url, IncrementMemory, {
      input: { by: { key: 'inc' }, path: 'list', amount: 1 },
    });
    expect(expectType(wrong.incrementMemory, 'ValidationError').code).toBe('VALIDATION');
  });

  it('deletes once', async () => {
    await request(url, StoreMemory, { input: { key: 'gone', value: 1 } });
    const id = (await request(url, GetMemory, { by: { key: 'gone' } })).memory?.id;
    const { deleteMemory } = await request(url, DeleteMemory, { input: { by: { key: 'gone' } } });
    expect(expectType(deleteMemory, 'DeleteMemoryPayload')).toMatchObject({
      deletedId: id,
      deleted: { key: 'gone' },
    });
    const again = await request(url, DeleteMemory, { input: { by: { key: 'gone' } } });
    expectType(again.deleteMemory, 'NotFoundError');
    expect((await request(url, LoadNodes, { ids: [id ?? ''] })).nodes).toEqual([null]);
  });

  it('stores a batch as a whole by default, or item by item', async () => {
    const items = [
      { key: 'batch_ok', value: 1 },
      { key: '', value: 2 },
    ];
    const atomic = await request(url, StoreMemories, { input: { items } });
    expect(expectType(atomic.storeMemories, 'ValidationError').path).toEqual(['items', '1', 'key']);
    expect((await request(url, GetMemory, { by: { key: 'batch_ok' } })).memory).toBeNull();
    const single = await request(url, StoreMemories, { input: { items, atomic: false } });
    const payload = expectType(single.storeMemories, 'StoreMemoriesPayload');
    expect(payload).toMatchObject({ stored: 1, failed: 1 });
    expect(payload.results.map((result) => result.__typename)).toEqual([
      'WritePayload',
      'ValidationError',
    ]);
  });

  it('applies optimisations, or nothing when the plan is wrong', async () => {
    const done = await request(url, ApplyOptimizations, {
      input: { actions: [{ type: 'CACHE_OPTIMIZATION' }, { type: 'CLEANUP', dryRun: true }] },
    });
    const { reports } = expectType(done.applyOptimizations, 'ApplyOptimizationsPayload');
    expect(reports.map((report) => report.type)).toEqual(['CACHE_OPTIMIZATION', 'CLEANUP']);
    const wrong = await request(url, ApplyOptimizations, {
      input: { actions: [{ type: 'CLEANUP', thresholdDays: -1 }] },
    });
    expectType(wrong.applyOptimizations, 'ValidationError');
  });

  it('undoes only the field that fails', async () => {
    const answer = await post<Record<string, { __typename: string }>>(url, {
      query: `mutation {
        a: storeMemory(input: { key: "serial_a", value: 1 }) { __typename }
        b: storeMemory(input: { key: "serial_a", value: 2, ifVersion: 0 }) { __typename }
        c: storeMemory(input: { key: "serial_c", value: 3 }) { __typename }
      }`,
    });
    expect(Object.values(answer.data ?? {}).map((field) => field.__typename)).toEqual([
      'WritePayload',
      'VersionConflictError',
      'WritePayload',
    ]);
  });
});
