import { describe, expect, it } from 'vitest';
import { ListMemories } from '../support/read-documents.graphql.ts';
import { spyOperations } from '../support/spy-operations.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, expectType, post, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import {
  CommitTransaction,
  FindTransaction,
  OpenTransactions,
  TransactionFigures,
} from '../support/transaction-documents.graphql.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

describe('an id', () => {
  it.each([
    ['unknown', () => 'nothing'],
    ['empty', () => ''],
    ['no string', () => 7],
  ])('that is %s opens nothing: an error, and no engine call', async (_name, makeId) => {
    const calls: string[] = [];
    const { url } = await startTestServer({ wrap: (memories) => spyOperations(memories, calls) });
    const answer = await post(url, {
      query: StoreMemory.toString(),
      variables: { input: { key: 'x', value: 1 } },
      extensions: { transaction: makeId() },
    });
    expect({ status: answer.status, data: answer.data, codes: codesOf(answer) }).toEqual({
      status: 200,
      data: null,
      codes: ['TRANSACTION_STATE'],
    });
    expect(calls).toEqual(['findTransaction']);
  });

  it('of another namespace opens nothing and is not told apart', async () => {
    const { url, manager } = await startTestServer();
    const foreign = await manager.namespace('other').beginTransaction();
    const headers = { 'x-trinitas-transaction': foreign.id };
    const seen = await send(url, ListMemories, { first: 1 }, headers);
    const unknown = await send(url, ListMemories, { first: 1 }, { 'x-trinitas-transaction': 'no' });
    expect(seen.errors).toEqual(unknown.errors);
    expect(codesOf(seen)).toEqual(['TRANSACTION_STATE']);
    const { commitTransaction } = await request(url, CommitTransaction, { id: foreign.id });
    expectType(commitTransaction, 'TransactionStateError');
    expect((await request(url, FindTransaction, { id: foreign.id })).transaction).toBeNull();
    expect((await request(url, OpenTransactions, {})).transactions).toEqual([]);
    await foreign.rollback();
  });

  it('is told by the begin only; lists show a name', async () => {
    const { url } = await startTestServer();
    const { id, name } = await TransactionClient.begin(url, { isolation: 'READ_UNCOMMITTED' });
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(name).toBe(id.slice(0, 8));
    const { transactions } = await request(url, OpenTransactions, {});
    expect(transactions).toEqual([
      { id: null, name, state: 'PENDING', operations: 0, savepoints: [] },
    ]);
    expect((await request(url, FindTransaction, { id })).transaction).toEqual({
      id: null,
      name,
      state: 'PENDING',
      effectiveIsolation: 'READ_COMMITTED',
    });
    const stats = await request(url, TransactionFigures, {});
    expect(stats.stats?.transactions).toEqual({ active: 1, committed: 0 });
    expect(stats.stats?.backend.snapshots).toMatchObject({ open: 0, max: 64 });
  });

  it('must be given, and not two different ones', async () => {
    const { url } = await startTestServer();
    const none = await request(url, CommitTransaction, {});
    expect(expectType(none.commitTransaction, 'ValidationError').path).toEqual(['id']);
    const one = await TransactionClient.begin(url);
    const two = await TransactionClient.begin(url);
    const both = await one.request(CommitTransaction, { id: two.id });
    expect(expectType(both.commitTransaction, 'ValidationError').path).toEqual(['id']);
    const same = await one.request(CommitTransaction, { id: one.id });
    expectType(same.commitTransaction, 'CommitTransactionPayload');
  });
});

describe('inside a transaction', () => {
  it('subscriptions are refused, over SSE too', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...transaction.headers,
      },
      body: JSON.stringify({ query: 'subscription { stats { at } }' }),
    });
    expect(await response.text()).toContain('TRANSACTION_STATE');
  });

  it('other transactions and optimisations are refused', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    const answer = await transaction.post(`mutation {
      beginTransaction(input: {}) { __typename }
      applyOptimizations(input: { actions: [{ type: CACHE_OPTIMIZATION }] }) { __typename }
    }`);
    expect(answer.data).toEqual({
      beginTransaction: { __typename: 'TransactionStateError' },
      applyOptimizations: { __typename: 'TransactionStateError' },
    });
    expectType(await transaction.commit(), 'CommitTransactionPayload');
  });
});
