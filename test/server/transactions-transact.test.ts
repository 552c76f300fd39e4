import { describe, expect, it } from 'vitest';
import type { TransactInput } from '../generated/graphql.ts';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, post, request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { Transact } from '../support/transaction-documents.graphql.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

async function transact(url: string, input: TransactInput) {
  return (await request(url, Transact, { input })).transact;
}

async function keysOf(url: string): Promise<string[]> {
  const { memories } = await request(url, ListMemories, { first: 100 });
  return memories?.nodes.map((node) => node.key).sort() ?? [];
}

const by = (key: string) => ({ by: { key } });

describe('transact', () => {
  it('does every kind of operation, each on what the ones before it left', async () => {
    const { url, manager } = await startTestServer();
    await request(url, StoreMemory, { input: { key: 'old', value: 1 } });
    const payload = expectType(
      await transact(url, {
        isolation: 'REPEATABLE_READ',
        operations: [
          { store: { key: 'a', value: { n: 1, list: [] } } },
          { increment: { ...by('a'), path: 'n', amount: 4 } },
          { append: { ...by('a'), path: 'list', items: ['x'] } },
          { savepoint: 'here' },
          { update: { ...by('a'), value: 'undone' } },
          { delete: by('old') },
          { rollbackTo: 'here' },
          { release: 'here' },
          { update: { ...by('a'), valuePatch: { done: true } } },
          { delete: { ...by('old'), ifVersion: 1 } },
          { assert: { ...by('old'), version: 0 } },
        ],
      }),
      'TransactPayload',
    );
    expect(payload).toMatchObject({
      requestedIsolation: 'REPEATABLE_READ',
      effectiveIsolation: 'SERIALIZABLE',
      state: 'COMMITTED',
      replayed: false,
      cursor: (await manager.namespace('default').status()).headCursor,
    });
    expect(
      payload.steps.map(({ index, operation, rolledBack, memory }) => [
        index,
        operation,
        rolledBack,
        memory?.version ?? null,
      ]),
    ).toEqual([
      [0, 'STORE', false, 1],
      [1, 'INCREMENT', false, 2],
      [2, 'APPEND', false, 3],
      [3, 'SAVEPOINT', false, null],
      [4, 'UPDATE', true, null],
      [5, 'DELETE', true, null],
      [6, 'ROLLBACK_TO', false, null],
      [7, 'RELEASE', false, null],
      [8, 'UPDATE', false, 4],
      [9, 'DELETE', false, 1],
      [10, 'ASSERT', false, null],
    ]);
    const deleted = payload.steps[9];
    expect(deleted?.deletedId).toBe(deleted?.memory?.id);
    expect(payload.steps[0]?.deletedId).toBeNull();
    const { memory } = await request(url, GetMemory, { by: { key: 'a' } });
    expect(memory?.value).toEqual({ n: 5, list: ['x'], done: true });
    expect(await keysOf(url)).toEqual(['a']);
  });

  it('stores nothing when an operation fails, and says which one and why', async () => {
    const { url } = await startTestServer();
    await request(url, StoreMemory, { input: { key: 'x', value: 1 } });
    const aborted = expectType(
      await transact(url, {
        operations: [
          { store: { key: 'new', value: 1 } },
          { savepoint: 's' },
          { store: { key: 'undone', value: 1 } },
          { rollbackTo: 's' },
          { update: { ...by('x'), value: 2, ifVersion: 7 } },
        ],
      }),
      'TransactionAbortedError',
    );
    expect(aborted).toMatchObject({
      code: 'VERSION_CONFLICT',
      failedIndex: 4,
      path: ['operations', '4'],
      retryable: false,
      cause: {
        __typename: 'VersionConflictError',
        code: 'VERSION_CONFLICT',
        expected: 7,
        actual: 1,
      },
    });
    const missing = expectType(
      await transact(url, { operations: [{ increment: { ...by('nobody'), amount: 1 } }] }),
      'TransactionAbortedError',
    );
    expect(missing).toMatchObject({ failedIndex: 0, cause: { __typename: 'NotFoundError' } });
    expect(await keysOf(url)).toEqual(['x']);
  });

  it('lists every mistake of its input with its place', async () => {
    const { url } = await startTestServer();
    const wrong = async (operations: TransactInput['operations']): Promise<unknown> =>
      expectType(await transact(url, { operations }), 'ValidationError').path;
    expect(await wrong([{ savepoint: 's' }, { store: { key: '', value: 1 } }])).toEqual([
      'operations',
      '1',
      'store',
      'key',
    ]);
    expect(await wrong([{ delete: { by: { id: 'bm9uc2Vuc2U=' } } }])).toEqual([
      'operations',
      '0',
      'delete',
      'by',
      'id',
    ]);
    expect(await wrong([{ rollbackTo: 'nowhere' }])).toEqual(['operations', '0', 'rollbackTo']);
    expect(await keysOf(url)).toEqual([]);
    const two = await post(url, {
      query: Transact.toString(),
      variables: { input: { operations: [{ savepoint: 'a', release: 'a' }] } },
    });
    expect(two.status).toBe(400);
  });

  it('replays its answer under an idempotency key, after a restart too', async () => {
    const first = await startTestServer();
    const input: TransactInput = {
      idempotencyKey: 'once',
      operations: [
        { store: { key: 'made', value: 1, ifVersion: 0 } },
        { savepoint: 's' },
        { increment: { ...by('made'), amount: 1 } },
        { rollbackTo: 's' },
        { increment: { ...by('made'), amount: 10 } },
      ],
    };
    const done = expectType(await transact(first.url, input), 'TransactPayload');
    expect(done.replayed).toBe(false);
    expect(expectType(await transact(first.url, input), 'TransactPayload')).toEqual({
      ...done,
      replayed: true,
    });
    const other = { ...input, operations: input.operations.slice(0, 1) };
    expectType(await transact(first.url, other), 'IdempotencyMismatchError');
    await first.stop();
    const second = await startTestServer({ path: first.path });
    expect(expectType(await transact(second.url, input), 'TransactPayload')).toEqual({
      ...done,
      replayed: true,
    });
    const { memory } = await request(second.url, GetMemory, { by: { key: 'made' } });
    expect(memory).toMatchObject({ value: 11, version: 2 });
  });

  it('answers duplicates in flight with one outcome', async () => {
    const { url } = await startTestServer();
    const input: TransactInput = {
      idempotencyKey: 'twice',
      operations: [{ store: { key: 'made', value: 1, ifVersion: 0 } }],
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => transact(url, input)));
    const payloads = answers.map((answer) => expectType(answer, 'TransactPayload'));
    expect(payloads.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(payloads.map(({ cursor }) => cursor)).size).toBe(1);
  });

  it('inside an open transaction is a part of that one', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
    const inside = await transaction.request(Transact, {
      input: { operations: [{ store: { key: 'a', value: 1 } }, { store: { key: 'b', value: 1 } }] },
    });
    expect(expectType(inside.transact, 'TransactPayload')).toMatchObject({
      state: 'ACTIVE',
      effectiveIsolation: 'REPEATABLE_READ',
    });
    expect(await keysOf(url)).toEqual([]);
    const failed = await transaction.request(Transact, {
      input: { operations: [{ store: { key: 'c', value: 1 } }, { delete: by('nobody') }] },
    });
    expect(expectType(failed.transact, 'TransactionAbortedError').failedIndex).toBe(1);
    expectType(await transaction.commit(), 'CommitTransactionPayload');
    expect(await keysOf(url)).toEqual(['a', 'b']);
  });

  it('counts its operations in the cost', async () => {
    const { url } = await startTestServer({ limits: { cost: 1_500 } });
    const operations = Array.from({ length: 200 }, (_, index) => ({
      store: { key: `k${index}`, value: 1 },
    }));
    const answer = await post(url, {
      query: Transact.toString(),
      variables: { input: { operations } },
    });
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'COST_LIMIT_EXCEEDED' });
    expect(await keysOf(url)).toEqual([]);
  });
});
