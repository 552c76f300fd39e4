import { describe, expect, it } from 'vitest';
import { GetMemory, ListMemories } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, expectType, post, request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import {
  AssertVersion,
  CommitTransaction,
  OpenTransactions,
  ReleaseSavepoint,
  RollbackTransaction,
  SetSavepoint,
} from '../support/transaction-documents.graphql.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

async function keysOf(url: string, headers: Record<string, string> = {}): Promise<string[]> {
  const { memories } = await request(url, ListMemories, { first: 100 }, headers);
  return memories?.nodes.map((node) => node.key).sort() ?? [];
}

function storing(key: string, value: unknown, persona?: string) {
  return { input: { key, value, ...(persona === undefined ? {} : { persona }) } };
}

describe('an interactive transaction', () => {
  it('sees its own writes in every read, nobody else does, and a commit makes them durable', async () => {
    const { url } = await startTestServer();
    await request(url, StoreMemory, storing('before', 'a walk in the park'));
    const transaction = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
    const { storeMemory } = await transaction.request(
      StoreMemory,
      storing('inside', 'a walk in the wood', 'hestia'),
    );
    expectType(storeMemory, 'WritePayload');

    expect(await keysOf(url, transaction.headers)).toEqual(['before', 'inside']);
    expect((await transaction.request(GetMemory, { by: { key: 'inside' } })).memory?.key).toBe(
      'inside',
    );
    const recall = '{ recall(query: "walk", touch: false) { edges { node { key } } } }';
    const hits = async (answer: Promise<{ data: unknown }>): Promise<unknown> =>
      (await answer).data;
    expect(JSON.stringify(await hits(transaction.post(recall)))).toContain('inside');

    expect(await keysOf(url)).toEqual(['before']);
    expect((await request(url, GetMemory, { by: { key: 'inside' } })).memory).toBeNull();
    expect(JSON.stringify(await hits(post(url, { query: recall })))).not.toContain('inside');

    const payload = expectType(await transaction.commit(), 'CommitTransactionPayload');
    // The persona of a committed memory is loaded although the transaction is over.
    expect(payload.memories).toEqual([
      { key: 'inside', version: 1, value: 'a walk in the wood', rememberedBy: { name: 'hestia' } },
    ]);
    expect(payload.transaction).toEqual({
      id: null,
      name: transaction.name,
      state: 'COMMITTED',
      operations: 1,
    });
    expect(payload.cursor).toBeTypeOf('string');
    expect(await keysOf(url)).toEqual(['before', 'inside']);
  });

  it('takes its id from the request extensions too, by either name, in a batch by operation', async () => {
    const { url } = await startTestServer();
    const one = await TransactionClient.begin(url);
    const two = await TransactionClient.begin(url);
    const query = StoreMemory.toString();
    const batch = [
      { query, variables: storing('one', 1), extensions: { transaction: one.id } },
      { query, variables: storing('two', 2), extensions: { 'x-trinitas-transaction': two.id } },
      { query, variables: storing('none', 3) },
    ];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
    expect(response.status).toBe(200);
    expect(await keysOf(url, one.headers)).toEqual(['none', 'one']);
    expect(await keysOf(url, two.headers)).toEqual(['none', 'two']);
    expect(await keysOf(url)).toEqual(['none']);
    // What stands in the operation is nearer than the header.
    const answer = await post<{ memories: { nodes: unknown[] } }>(
      url,
      { query: '{ memories { nodes { key } } }', extensions: { transaction: one.id } },
      two.headers,
    );
    expect(answer.data?.memories.nodes).toContainEqual({ key: 'one' });
    const variables = encodeURIComponent(JSON.stringify({ by: { key: 'two' } }));
    const got = await fetch(
      `${url}?query=${encodeURIComponent(GetMemory.toString())}&variables=${variables}&extensions=${encodeURIComponent(JSON.stringify({ transaction: two.id }))}`,
      { headers: { accept: 'application/json' } },
    );
    expect(await got.json()).toMatchObject({ data: { memory: { key: 'two' } } });
  });

  it('goes back to savepoints and forgets them', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    await transaction.request(StoreMemory, storing('kept', 1));
    const set = await transaction.request(SetSavepoint, { name: 'middle' });
    expect(expectType(set.savepoint, 'SavepointPayload').transaction).toEqual({
      operations: 1,
      savepoints: ['middle'],
    });
    await transaction.request(StoreMemory, storing('undone', 2));
    const back = await transaction.request(RollbackTransaction, { toSavepoint: 'middle' });
    expect(expectType(back.rollbackTransaction, 'RollbackTransactionPayload').transaction).toEqual({
      state: 'ACTIVE',
      operations: 1,
      savepoints: ['middle'],
    });
    // By id instead of the header: the control fields need no operation inside.
    const released = await request(url, ReleaseSavepoint, { id: transaction.id, name: 'middle' });
    expect(
      expectType(released.releaseSavepoint, 'SavepointPayload').transaction.savepoints,
    ).toEqual([]);
    const unknown = await transaction.request(RollbackTransaction, { toSavepoint: 'middle' });
    expect(expectType(unknown.rollbackTransaction, 'TransactionStateError').code).toBe(
      'TRANSACTION_STATE',
    );
    const { commitTransaction } = await request(url, CommitTransaction, { id: transaction.id });
    expectType(commitTransaction, 'CommitTransactionPayload');
    expect(await keysOf(url)).toEqual(['kept']);
  });

  it('is undone by a rollback, and has ended then', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    await transaction.request(StoreMemory, storing('undone', 1));
    const { rollbackTransaction } = await transaction.request(RollbackTransaction, {});
    expect(expectType(rollbackTransaction, 'RollbackTransactionPayload').transaction.state).toBe(
      'ROLLED_BACK',
    );
    expect(await keysOf(url)).toEqual([]);
    const late = await transaction.send(StoreMemory, storing('late', 1));
    expect({ status: late.status, data: late.data, codes: codesOf(late) }).toEqual({
      status: 200,
      data: null,
      codes: ['TRANSACTION_STATE'],
    });
    expect(await keysOf(url)).toEqual([]);
  });

  it('refuses the commit that comes second, at REPEATABLE_READ', async () => {
    const { url } = await startTestServer();
    await request(url, StoreMemory, storing('x', 0));
    const first = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
    const second = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
    for (const transaction of [first, second]) {
      await transaction.request(GetMemory, { by: { key: 'x' } });
      await transaction.request(StoreMemory, storing('x', transaction.name));
    }
    expectType(await first.commit(), 'CommitTransactionPayload');
    const refused = expectType(await second.commit(), 'ConflictError');
    expect(refused).toMatchObject({ code: 'CONFLICT', retryable: true });
    expect((await request(url, GetMemory, { by: { key: 'x' } })).memory?.value).toBe(first.name);
    const { transactionStatistics, transactions } = await request(url, OpenTransactions, {});
    expect(transactions).toEqual([]);
    expect(transactionStatistics).toMatchObject({
      active: 0,
      committed: 1,
      rolledBack: 1,
      conflicts: 1,
      commitRate: 50,
      activeByState: [],
    });
  });

  it('answers a failed write as usual and stays open', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    await transaction.request(StoreMemory, storing('x', 1));
    const again = await transaction.request(StoreMemory, {
      input: { key: 'x', value: 2, ifVersion: 0 },
    });
    expect(expectType(again.storeMemory, 'VersionConflictError').actual).toBe(1);
    expectType(await transaction.commit(), 'CommitTransactionPayload');
    expect((await request(url, GetMemory, { by: { key: 'x' } })).memory?.value).toBe(1);
  });

  it('checks an asserted version again at its commit', async () => {
    const { url } = await startTestServer();
    await request(url, StoreMemory, storing('rule', 'on'));
    const outside = await request(url, AssertVersion, {
      input: { by: { key: 'rule' }, version: 2 },
    });
    expect(expectType(outside.assertVersion, 'VersionConflictError')).toMatchObject({
      expected: 2,
      actual: 1,
    });
    const transaction = await TransactionClient.begin(url);
    const inside = await transaction.request(AssertVersion, {
      input: { by: { key: 'rule' }, version: 1 },
    });
    expect(expectType(inside.assertVersion, 'AssertVersionPayload').version).toBe(1);
    await transaction.request(StoreMemory, storing('decided', true));
    await request(url, StoreMemory, storing('rule', 'off'));
    expectType(await transaction.commit(), 'VersionConflictError');
    expect(await keysOf(url)).toEqual(['rule']);
  });

  it('runs no field after the one that committed', async () => {
    const { url } = await startTestServer();
    const transaction = await TransactionClient.begin(url);
    const answer = await transaction.post(`mutation {
      a: storeMemory(input: { key: "a", value: 1 }) { __typename }
      commitTransaction(input: {}) { __typename }
      b: storeMemory(input: { key: "b", value: 1 }) { __typename }
    }`);
    expect(answer.data).toEqual({
      a: { __typename: 'WritePayload' },
      commitTransaction: { __typename: 'CommitTransactionPayload' },
      b: { __typename: 'TransactionStateError' },
    });
    expect(await keysOf(url)).toEqual(['a']);
  });
});
