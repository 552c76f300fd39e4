import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, request } from '../support/test-client.ts';
import {
  BeginTransaction,
  OpenTransactions,
  TransactionFigures,
} from '../support/transaction-documents.graphql.ts';

/** Each answer is an event of the server, so nothing sleeps; the engine's own clock ends the transaction. */
async function waitForNone(url: string): Promise<void> {
  for (let attempt = 0; attempt < 5_000; attempt += 1) {
    if ((await request(url, OpenTransactions, {})).transactions?.length === 0) return;
  }
  throw new Error('a transaction stayed open');
}

describe('timeouts', () => {
  it('undo what a client left behind that is gone', async () => {
    const { url } = await startTestServer();
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({
        query: BeginTransaction.toString(),
        variables: { input: { idleTimeoutMs: 50, isolation: 'SERIALIZABLE' } },
      }),
    }).then((response) => response.body?.cancel());
    await waitForNone(url);
    const { transactionStatistics } = await request(url, OpenTransactions, {});
    expect(transactionStatistics).toMatchObject({ active: 0, timedOut: 1 });
    expect((await request(url, TransactionFigures, {})).stats?.backend.snapshots.open).toBe(0);
  });

  it('have bounds and configured defaults', async () => {
    const { url } = await startTestServer({
      limits: { transactionTimeoutMs: 7_000, transactionIdleTimeoutMs: 3_000 },
    });
    const { beginTransaction } = await request(url, BeginTransaction, { input: {} });
    const { startedAt, expiresAt } = expectType(
      beginTransaction,
      'BeginTransactionPayload',
    ).transaction;
    expect(Date.parse(expiresAt) - Date.parse(startedAt)).toBe(7_000);
    const tooLong = await request(url, BeginTransaction, { input: { timeoutMs: 300_001 } });
    expect(expectType(tooLong.beginTransaction, 'ValidationError').path).toEqual(['timeoutMs']);
    const tooShort = await request(url, BeginTransaction, { input: { idleTimeoutMs: 0 } });
    expect(expectType(tooShort.beginTransaction, 'ValidationError').path).toEqual([
      'idleTimeoutMs',
    ]);
  });
});
