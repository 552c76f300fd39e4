import { join } from 'node:path';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import { findMedian, Measurements } from './measurements.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';
import { Workload } from './workload.ts';

type Engine = typeof import('../src/engine/index.ts');
type Manager = Awaited<ReturnType<Engine['MemoryManagerFactory']['getManager']>>;

const CALLERS = 64;
const SYSTEM = 'sqlite FULL';
/** Interactive transactions that think while others write. */
const OPEN_TRANSACTIONS = 20;

/** One way of writing; `stores` memories each time it is called. */
interface Way {
  readonly name: string;
  /** The way it is compared with. */
  readonly reference: string;
  readonly stores: number;
  readonly openTransactions: number;
  write(manager: Manager, workload: Workload): Promise<unknown>;
}

const storeNext = (manager: Pick<Manager, 'store'>, workload: Workload) => {
  const { key, value, metadata } = workload.next();
  return manager.store(key, value, metadata);
};
const storeTen = async (manager: Pick<Manager, 'store'>, workload: Workload) => {
  for (let index = 0; index < 10; index += 1) await storeNext(manager, workload);
};

const WAYS: readonly Way[] = [
  {
    name: '1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    write: storeNext,
  },
  {
    name: 'transaction of 1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    write: (manager, workload) => manager.transaction((inside) => storeNext(inside, workload)),
  },
  {
    name: 'SERIALIZABLE of 1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    write: (manager, workload) =>
      manager.transaction((inside) => storeNext(inside, workload), { isolation: 'SERIALIZABLE' }),
  },
  {
    name: `1 store, ${OPEN_TRANSACTIONS} snapshots open`,
    reference: '1 store',
    stores: 1,
    openTransactions: OPEN_TRANSACTIONS,
    write: storeNext,
  },
  { name: '10 stores', reference: '10 stores', stores: 10, openTransactions: 0, write: storeTen },
  {
    name: 'transact of 10 stores',
    reference: '10 stores',
    stores: 10,
    openTransactions: 0,
    write: (manager, workload) =>
      manager.transact(
        workload.take(10).map(({ key, value, metadata }) => ({ store: { key, value, metadata } })),
      ),
  },
  {
    name: 'transaction of 10 stores',
    reference: '10 stores',
    stores: 10,
    openTransactions: 0,
    write: (manager, workload) => manager.transaction((inside) => storeTen(inside, workload)),
  },
];

/** What a transaction costs beside plain stores, and what open ones cost everybody else. */
export const transactionCategory: BenchCategory = {
  name: 'transactions',

  async run(context) {
    const measurements = new Measurements('transactions');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      context.progress(`transactions: round ${round + 1}/${context.plan.rounds}`);
      await measureRound(context, round, measurements);
    }
    return measurements.finish();
  },

  tables: (measurements) => [tableOf(measurements)],
};

/** All ways on one file, one after another; the next round begins with the next one. */
function measureRound(
  context: BenchContext,
  round: number,
  measurements: Measurements,
): Promise<void> {
  return context.withDirectory(async (directory) => {
    const { MemoryManagerFactory } = (await import(context.engineUrl)) as Engine;
    const manager = await MemoryManagerFactory.getManager({
      memory: { backend: 'sqlite', sqlite_path: join(directory, 'engine.db') },
    });
    const workload = new Workload(context.seed + round);
    try {
      await closedLoop(CALLERS, context.plan.blockMs, () => storeNext(manager, workload));
      for (const [index] of WAYS.entries()) {
        const way = WAYS[(index + round) % WAYS.length];
        if (way !== undefined) await measureWay(context, manager, way, workload, measurements);
      }
    } finally {
      await manager.cleanup();
    }
  });
}

async function measureWay(
  context: BenchContext,
  manager: Manager,
  way: Way,
  workload: Workload,
  measurements: Measurements,
): Promise<void> {
  const memories = manager.namespace('default');
  const thinking = await Promise.all(
    Array.from({ length: way.openTransactions }, async () => {
      const open = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
      await open.memories.list({ first: 1, withTotal: false });
      return open;
    }),
  );
  try {
    const write = () => way.write(manager, workload);
    const block = await closedLoop(CALLERS, context.plan.blockMs, write);
    measurements.add(SYSTEM, { way: way.name }, block);
  } finally {
    await Promise.all(thinking.map((open) => open.rollback()));
  }
}

function tableOf(measurements: readonly Measurement[]): Table {
  return {
    title: `Transactions, ${CALLERS} concurrent callers`,
    columns: ['way of writing', 'calls/s', 'memories/s', 'p50 ms', 'p99 ms', 'throughput'],
    rows: WAYS.map((way) => {
      const { perSecond, p50, p99 } = findMedian(measurements, SYSTEM, { way: way.name });
      const reference = findMedian(measurements, SYSTEM, { way: way.reference });
      return [
        way.name,
        ...[perSecond, perSecond * way.stores, p50, p99].map(formatNumber),
        formatRatio(perSecond / reference.perSecond),
      ];
    }),
    notes: ['Throughput: memories/s against the plain stores of the same number, same run.'],
  };
}
