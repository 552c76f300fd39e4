import { describe, expect, it } from 'vitest';
import { TransactionConflictError } from '../../src/engine/index.ts';
import { GetMemory } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, post, request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { OpenTransactions } from '../support/transaction-documents.graphql.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const MOVE = `mutation Move($level: IsolationLevel, $timeout: Int) @transaction(isolation: $level, timeoutMs: $timeout) {
  from: incrementMemory(input: { by: { key: "from" }, amount: -5 }) { ... on WritePayload { memory { value } } }
  to: incrementMemory(input: { by: { key: "to" }, amount: 5 }) { ... on WritePayload { memory { value } } }
}`;

async function storeAccounts(url: string, ...keys: string[]): Promise<void> {
  for (const key of keys) await request(url, StoreMemory, { input: { key, value: 10 } });
}

async function storedValue(url: string, key: string): Promise<unknown> {
  return (await request(url, GetMemory, { by: { key } })).memory?.value;
}

describe('@transaction', () => {
  it('commits all fields together and tells how', async () => {
    const { url, manager } = await startTestServer();
    await storeAccounts(url, 'from', 'to');
    const after = (await manager.namespace('default').status()).headCursor;
    const answer = await post(url, { query: MOVE, variables: { level: 'SERIALIZABLE' } });
    expect({ status: answer.status, errors: answer.errors, data: answer.data }).toEqual({
      status: 200,
      errors: [],
      data: { from: { memory: { value: 5 } }, to: { memory: { value: 15 } } },
    });
    const { headCursor } = await manager.namespace('default').status();
    expect(answer.extensions['transaction']).toEqual({
      name: expect.stringMatching(/^[\w-]{8}$/),
      state: 'COMMITTED',
      isolation: 'SERIALIZABLE',
      cursor: headCursor,
      retries: 0,
    });
    const page = await manager.namespace('default').changes({ after, first: 100 });
    const ids = 'changes' in page ? page.changes.map((change) => change.transactionId) : [];
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('lets every field see what the ones before it wrote', async () => {
    const { url } = await startTestServer();
    const answer = await post(url, {
      query: `mutation @transaction {
        a: storeMemory(input: { key: "n", value: 1, persona: "first" }) { ... on WritePayload { memory { rememberedBy { name } } } }
        b: incrementMemory(input: { by: { key: "n" } }) { ... on WritePayload { memory { value version } } }
        savepoint(input: { name: "here" }) { __typename }
        c: deleteMemory(input: { by: { key: "n" } }) { __typename }
        rollbackTransaction(input: { toSavepoint: "here" }) { __typename }
        d: incrementMemory(input: { by: { key: "n" } }) { ... on WritePayload { memory { value version } } }
      }`,
    });
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      a: { memory: { rememberedBy: { name: 'first' } } },
      b: { memory: { value: 2, version: 2 } },
      d: { memory: { value: 3, version: 3 } },
    });
    expect(answer.extensions['transaction']).toMatchObject({ isolation: 'READ_COMMITTED' });
    expect(await storedValue(url, 'n')).toBe(3);
  });

  it('undoes all when a field answers a member that is an error, although nobody selects its type', async () => {
    const { url } = await startTestServer();
    await storeAccounts(url, 'from');
    const answer = await post(url, { query: MOVE });
    expect({ status: answer.status, data: answer.data }).toEqual({ status: 200, data: null });
    expect(answer.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('there is no memory "to"'),
        path: ['to'],
        extensions: expect.objectContaining({ code: 'NOT_FOUND', retryable: false }),
      }),
    ]);
    expect(answer.extensions['transaction']).toEqual({
      name: expect.any(String),
      state: 'ROLLED_BACK',
      isolation: 'READ_COMMITTED',
      failedPath: ['to'],
    });
    expect(await storedValue(url, 'from')).toBe(10);
    const { transactions, transactionStatistics } = await request(url, OpenTransactions, {});
    expect(transactions).toEqual([]);
    expect(transactionStatistics).toMatchObject({ committed: 0, rolledBack: 1 });
  });

  it('runs no field after the first failure and tells that one', async () => {
    const stored: string[] = [];
    const { url } = await startTestServer({
      wrap: (memories) => ({
        ...memories,
        runTransaction: (body, options) =>
          memories.runTransaction(
            (open) =>
              body({
                ...open,
                memories: {
                  ...open.memories,
                  store: (input, storeOptions) => {
                    stored.push(input.key);
                    return open.memories.store(input, storeOptions);
                  },
                },
              }),
            options,
          ),
      }),
    });
    const answer = await post(url, {
      query: `mutation @transaction {
        a: storeMemory(input: { key: "a", value: 1 }) { __typename }
        b: storeMemory(input: { key: "", value: 1 }) { __typename }
        c: storeMemory(input: { key: "c", value: 1 }) { __typename }
      }`,
    });
    expect(codesOf(answer)).toEqual(['VALIDATION']);
    expect(answer.errors[0]?.path).toEqual(['b']);
    expect(stored).toEqual(['a', '']);
    expect(await storedValue(url, 'a')).toBeUndefined();
  });

  it('undoes all when a field inside of an answer fails, and masks what is unexpected', async () => {
    const { url, log } = await startTestServer({
      wrap: (memories) => ({
        ...memories,
        runTransaction: (body, options) =>
          memories.runTransaction((open) => {
            const broken = {
              ...open.memories,
              personas: () => Promise.reject(new Error('secret detail')),
            };
            return body({ ...open, memories: broken });
          }, options),
      }),
    });
    const answer = await post(url, {
      query: `mutation @transaction {
        storeMemory(input: { key: "x", value: 1, persona: "p" }) { ... on WritePayload { memory { rememberedBy { name } } } }
      }`,
    });
    expect(answer.data).toBeNull();
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    expect(answer.errors[0]?.path).toEqual(['storeMemory', 'memory', 'rememberedBy']);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(log.filter((line) => line['errorId'] !== undefined)).toEqual([
      expect.objectContaining({ errorId: answer.errors[0]?.extensions?.['errorId'] }),
    ]);
    expect(await storedValue(url, 'x')).toBeUndefined();
  });

  it('runs the document again after a conflict, at most three times', async () => {
    let commits = 0;
    const { url } = await startTestServer({
      wrap: (memories) => ({
        ...memories,
        runTransaction: (body, options) =>
          memories.runTransaction(async (open) => {
            const value = await body(open);
            commits += 1;
            if (commits <= 3) throw new TransactionConflictError('another one was first');
            return value;
          }, options),
      }),
    });
    await storeAccounts(url, 'from', 'to');
    const answer = await post(url, { query: MOVE });
    expect(answer.errors).toEqual([]);
    expect(answer.extensions['transaction']).toMatchObject({ state: 'COMMITTED', retries: 3 });
    expect([await storedValue(url, 'from'), await storedValue(url, 'to')]).toEqual([5, 15]);
    commits = -10;
    const refused = await post(url, { query: MOVE });
    expect({ data: refused.data, codes: codesOf(refused) }).toEqual({
      data: null,
      codes: ['CONFLICT'],
    });
    expect(refused.extensions['transaction']).toMatchObject({ failedPath: null });
    expect(commits).toBe(-6);
    expect([await storedValue(url, 'from'), await storedValue(url, 'to')]).toEqual([5, 15]);
  });

  it('takes its arguments from variables, with their defaults', async () => {
    const { url } = await startTestServer();
    await storeAccounts(url, 'from', 'to');
    const query = MOVE.replace(
      '$level: IsolationLevel',
      '$level: IsolationLevel = REPEATABLE_READ',
    );
    const byDefault = await post(url, { query });
    expect(byDefault.extensions['transaction']).toMatchObject({ isolation: 'REPEATABLE_READ' });
    const tooLong = await post(url, { query, variables: { timeout: 300_001 } });
    expect({ data: tooLong.data, codes: codesOf(tooLong) }).toEqual({
      data: null,
      codes: ['VALIDATION'],
    });
    expect(tooLong.extensions['transaction']).toMatchObject({ name: null, state: 'FAILED' });
    const wrong = await post(url, { query, variables: { timeout: 'soon' } });
    expect({ status: wrong.status, data: wrong.data }).toEqual({ status: 400, data: undefined });
    expect((await request(url, OpenTransactions, {})).transactions).toEqual([]);
  });

  it('belongs to the operation that runs, not to another one of the document', async () => {
    const { url } = await startTestServer();
    const query = `
      mutation One @transaction { storeMemory(input: { key: "one", value: 1 }) { __typename } }
      mutation Two { storeMemory(input: { key: "two", value: 1 }) { __typename } }`;
    const two = await post(url, { query, operationName: 'Two' });
    expect(two.extensions).toEqual({});
    const one = await post(url, { query, operationName: 'One' });
    expect(one.extensions).toHaveProperty('transaction');
  });

  it('is for mutations only', async () => {
    const { url } = await startTestServer();
    const answer = await post(url, { query: '{ health @transaction { state } }' });
    expect(answer.status).toBe(400);
    const query = await post(url, { query: 'query @transaction { health { state } }' });
    expect(query.status).toBe(400);
  });

  it('is refused inside an open transaction, and its own transaction cannot be ended by a field', async () => {
    const { url } = await startTestServer();
    await storeAccounts(url, 'from', 'to');
    const transaction = await TransactionClient.begin(url);
    const nested = await transaction.post(MOVE);
    expect({ data: nested.data, codes: codesOf(nested) }).toEqual({
      data: null,
      codes: ['TRANSACTION_STATE'],
    });
    for (const field of ['commitTransaction', 'rollbackTransaction']) {
      const ended = await post(url, {
        query: `mutation @transaction { storeMemory(input: { key: "x", value: 1 }) { __typename } ${field}(input: {}) { __typename } }`,
      });
      expect(ended.errors[0]?.path).toEqual([field]);
      expect(codesOf(ended)).toEqual(['TRANSACTION_STATE']);
    }
    expect(await storedValue(url, 'from')).toBe(10);
    expect(await storedValue(url, 'x')).toBeUndefined();
  });

  it('refuses a document that costs too much before anything of it is stored', async () => {
    const { url } = await startTestServer({ limits: { cost: 3 } });
    const answer = await post(url, { query: MOVE });
    expect(answer.status).toBe(400);
    expect(codesOf(answer)).toEqual(['COST_LIMIT_EXCEEDED']);
  });
});
