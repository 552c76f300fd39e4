import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MemoryManager, MemoryManagerFactory } from '../src/engine/index.ts';

/*
 * Money moves between two accounts, or nothing happens. Run it with `npx tsx examples/money-transfer.ts`.
 */

export class InsufficientFundsError extends Error {}

/** Reads both balances and writes both: from REPEATABLE_READ on, a transfer that meets another one is run again. */
export async function transfer(
  manager: MemoryManager,
  from: string,
  to: string,
  amount: number,
): Promise<void> {
  await manager.transaction(
    async (tx) => {
      const [source, target] = await tx.getMany([from, to]);
      const funds = Number(source?.value);
      if (funds < amount) throw new InsufficientFundsError(`${from} has only ${funds}`);
      await tx.store(from, funds - amount);
      await tx.store(to, Number(target?.value) + amount);
    },
    { isolation: 'REPEATABLE_READ', maxRetries: 20 },
  );
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-transfer-'));
  const manager = await MemoryManagerFactory.getManager({
    memory: { sqlite_path: join(folder, 'bank.db') },
  });
  try {
    await manager.store('alice', 100);
    await manager.store('bob', 50);
    await transfer(manager, 'alice', 'bob', 30);
    await transfer(manager, 'bob', 'alice', 500).catch((error: Error) => {
      console.info(`refused: ${error.message}`);
    });
    const [alice, bob] = await manager.getMany(['alice', 'bob']);
    console.info(`alice ${alice?.valueText}, bob ${bob?.valueText}`);
    console.info(manager.getTransactionStatistics());
  } finally {
    await manager.cleanup();
    await rm(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
