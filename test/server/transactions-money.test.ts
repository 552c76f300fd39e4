import { expect, it } from 'vitest';
import { randomFrom } from '../support/random.ts';
import { GetMemory } from '../support/read-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { Balances, OpenTransactions } from '../support/transaction-documents.graphql.ts';
import { StoreMemories, StoreMemory } from '../support/write-documents.graphql.ts';

const ACCOUNTS = 6;
const START = 100;
const CLIENTS = 10;
const TRANSFERS = 8;

/** Moves money in an interactive transaction; tells whether the commit went through. */
async function transfer(
  url: string,
  from: string,
  to: string,
  amount: number,
): Promise<'committed' | 'conflict'> {
  const transaction = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
  const balanceOf = async (key: string): Promise<number> =>
    Number((await transaction.request(GetMemory, { by: { key } })).memory?.value);
  const [has, gets] = [await balanceOf(from), await balanceOf(to)];
  await transaction.request(StoreMemory, { input: { key: from, value: has - amount } });
  await transaction.request(StoreMemory, { input: { key: to, value: gets + amount } });
  const result = await transaction.commit();
  if (result?.__typename === 'CommitTransactionPayload') return 'committed';
  if (result?.__typename === 'ConflictError') return 'conflict';
  throw new Error(JSON.stringify(result));
}

async function balances(url: string, headers: Record<string, string> = {}): Promise<number[]> {
  const { memories } = await request(url, Balances, {}, headers);
  return memories?.nodes.map((node) => Number(node.value)) ?? [];
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

it('never changes the sum of all accounts while ten clients transfer money and retry what was refused', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  const { url } = await startTestServer();
  const items = Array.from({ length: ACCOUNTS }, (_, index) => ({
    key: `account_${index}`,
    value: START,
  }));
  await request(url, StoreMemories, { input: { items } });
  let conflicts = 0;

  const client = async (number: number): Promise<void> => {
    const random = randomFrom(seed + number);
    for (let done = 0; done < TRANSFERS; ) {
      const from = random(ACCOUNTS);
      const to = (from + 1 + random(ACCOUNTS - 1)) % ACCOUNTS;
      const outcome = await transfer(url, `account_${from}`, `account_${to}`, 1 + random(20));
      if (outcome === 'committed') done += 1;
      else conflicts += 1;
    }
  };
  let running = true;
  const observe = async (): Promise<void> => {
    while (running) {
      // One moment of the store, however the transfers go on between the reads.
      const moment = await TransactionClient.begin(url, { isolation: 'REPEATABLE_READ' });
      const first = await balances(url, moment.headers);
      expect(sum(first), `seed ${seed}`).toBe(ACCOUNTS * START);
      expect(await balances(url, moment.headers), `seed ${seed}`).toEqual(first);
      await moment.commit();
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  const stop = (): void => {
    running = false;
  };
  await Promise.all([clients.finally(stop), observe()]);

  expect(sum(await balances(url)), `seed ${seed}`).toBe(ACCOUNTS * START);
  const { transactions, transactionStatistics } = await request(url, OpenTransactions, {});
  expect(transactions).toEqual([]);
  expect(transactionStatistics?.conflicts).toBe(conflicts);
  // Ten clients on six accounts do get in each other's way; otherwise nothing was shown.
  expect(conflicts, `seed ${seed}`).toBeGreaterThan(0);
});
