import { describe, expect, it } from 'vitest';
import { transfer } from '../../examples/money-transfer.ts';
import {
  type IsolationLevel,
  MemoryManager,
  type TransactionHandle,
} from '../../src/engine/index.ts';
import { openTestEngine } from '../support/open-test-engine.ts';
import { randomFrom } from '../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const ACCOUNTS = Array.from({ length: 10 }, (_, index) => `account-${index}`);
const START = 1_000;
const TOTAL = ACCOUNTS.length * START;
const CLIENTS = 50;
const TRANSFERS = 4;
/** Fifty clients on ten accounts: some lose often before it is their turn. */
const RETRIES = 100;

type Move = (tx: TransactionHandle, from: string, to: string, amount: number) => Promise<void>;

const readAndStore: Move = async (tx, from, to, amount) => {
  const [source, target] = await tx.getMany([from, to]);
  await tx.store(from, Number(source?.value) - amount);
  await tx.store(to, Number(target?.value) + amount);
};

const increment: Move = async (tx, from, to, amount) => {
  await tx.increment({ by: { key: from }, amount: -amount });
  await tx.increment({ by: { key: to }, amount });
};

async function openBank(): Promise<MemoryManager> {
  const manager = new MemoryManager(await openTestEngine());
  await manager.storeMany(ACCOUNTS.map((key) => ({ key, value: START })));
  return manager;
}

async function sumOf(calls: MemoryManager | TransactionHandle): Promise<number> {
  const balances = await calls.getMany(ACCOUNTS);
  return balances.reduce((sum, memory) => sum + Number(memory?.value), 0);
}

/** Fifty clients at once, and one that adds everything up in snapshots meanwhile; returns the sums it saw. */
async function run(
  manager: MemoryManager,
  isolation: IsolationLevel,
  move: Move,
): Promise<ReadonlySet<number>> {
  const random = randomFrom(SEED);
  let working = CLIENTS;
  const client = async (): Promise<void> => {
    for (let turn = 0; turn < TRANSFERS; turn += 1) {
      const from = random(ACCOUNTS.length);
      const to = (from + 1 + random(ACCOUNTS.length - 1)) % ACCOUNTS.length;
      const amount = 1 + random(20);
      await manager.transaction((tx) => move(tx, `account-${from}`, `account-${to}`, amount), {
        isolation,
        maxRetries: RETRIES,
      });
    }
    working -= 1;
  };
  const sums = new Set<number>();
  const auditor = async (): Promise<void> => {
    while (working > 0) {
      sums.add(await manager.transaction((tx) => sumOf(tx), { isolation: 'REPEATABLE_READ' }));
      // The same in two reads of one snapshot: the halves belong together.
      sums.add(
        await manager.transaction(
          async (tx) => {
            const { items } = await tx.list({ first: 5, withTotal: false });
            const half = items.reduce((sum, { memory }) => sum + Number(memory.value), 0);
            const rest = ACCOUNTS.filter((key) => !items.some(({ memory }) => memory.key === key));
            const others = await tx.getMany(rest);
            return others.reduce((sum, memory) => sum + Number(memory?.value), half);
          },
          { isolation: 'SERIALIZABLE' },
        ),
      );
    }
  };
  await Promise.all([...Array.from({ length: CLIENTS }, client), auditor()]);
  return sums;
}

describe(`money transfers by ${CLIENTS} clients (seed ${SEED})`, () => {
  it.each(['REPEATABLE_READ', 'SERIALIZABLE'] as const)(
    'the sum never changes at %s',
    async (isolation) => {
      const manager = await openBank();
      const sums = await run(manager, isolation, readAndStore);
      expect([...sums]).toEqual([TOTAL]);
      expect(await sumOf(manager)).toBe(TOTAL);
      const { conflicts, retries } = manager.getTransactionStatistics();
      expect(conflicts).toBeGreaterThan(0);
      expect(retries).toBe(conflicts);
    },
  );

  it('the sum never changes at READ_COMMITTED with increments, and nobody is refused', async () => {
    const manager = await openBank();
    const sums = await run(manager, 'READ_COMMITTED', increment);
    expect([...sums]).toEqual([TOTAL]);
    expect(await sumOf(manager)).toBe(TOTAL);
    expect(manager.getTransactionStatistics()).toMatchObject({ conflicts: 0, retries: 0 });
  });

  it('the sum is lost at READ_COMMITTED with read and store: updates overwrite each other', async () => {
    const manager = await openBank();
    await run(manager, 'READ_COMMITTED', readAndStore);
    expect(await sumOf(manager)).not.toBe(TOTAL);
  });

  it('the example moves money or says why not', async () => {
    const manager = await openBank();
    await transfer(manager, 'account-0', 'account-1', 300);
    await expect(transfer(manager, 'account-0', 'account-1', 701)).rejects.toThrow(
      'account-0 has only 700',
    );
    const [from, to] = await manager.getMany(['account-0', 'account-1']);
    expect([from?.value, to?.value]).toEqual([700, 1_300]);
  });
});
