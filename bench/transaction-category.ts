import { join } from 'node:path';
import { V4Manager } from '../src/baseline/v4-manager.ts';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import { findMedian, Measurements, roundsOf } from './measurements.ts';
import { rotated } from './rotated.ts';
import { ratioOf } from './statistics/ratio.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';
import { Workload, type WorkloadItem } from './workload.ts';

type Engine = typeof import('../src/engine/index.ts');
type Manager = Awaited<ReturnType<Engine['MemoryManagerFactory']['getManager']>>;

const CALLERS = 64;
const POOLED = 'sqlite FULL';
const SYNCHRONOUS = 'sqlite_sync';
const V4 = 'v4 baseline';
/** Interactive transactions that think while others write. */
const OPEN_TRANSACTIONS = 20;

/** One way of writing; `stores` memories each time it is called. */
interface Way {
  readonly name: string;
  /** The way it is compared with. */
  readonly reference: string;
  readonly stores: number;
  readonly openTransactions: number;
  readonly needsSnapshot: boolean;
  write(manager: Manager, workload: Workload): Promise<unknown>;
}

/** What every system can do, v4 included. */
interface Storing {
  store(key: string, value: unknown, metadata: WorkloadItem['metadata']): Promise<unknown>;
}

const storeNext = (manager: Storing, workload: Workload) => {
  const { key, value, metadata } = workload.next();
  return manager.store(key, value, metadata);
};
const storeTen = async (manager: Storing, workload: Workload) => {
  for (let index = 0; index < 10; index += 1) await storeNext(manager, workload);
};

const WAYS: readonly Way[] = [
  {
    name: '1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    needsSnapshot: false,
    write: storeNext,
  },
  {
    name: 'transaction of 1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    needsSnapshot: false,
    write: (manager, workload) => manager.transaction((inside) => storeNext(inside, workload)),
  },
  {
    name: 'SERIALIZABLE of 1 store',
    reference: '1 store',
    stores: 1,
    openTransactions: 0,
    needsSnapshot: true,
    write: (manager, workload) =>
      manager.transaction((inside) => storeNext(inside, workload), { isolation: 'SERIALIZABLE' }),
  },
  {
    name: `1 store, ${OPEN_TRANSACTIONS} snapshots open`,
    reference: '1 store',
    stores: 1,
    openTransactions: OPEN_TRANSACTIONS,
    needsSnapshot: true,
    write: storeNext,
  },
  {
    name: '10 stores',
    reference: '10 stores',
    stores: 10,
    openTransactions: 0,
    needsSnapshot: false,
    write: storeTen,
  },
  {
    name: 'transact of 10 stores',
    reference: '10 stores',
    stores: 10,
    openTransactions: 0,
    needsSnapshot: false,
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
    needsSnapshot: false,
    write: (manager, workload) => manager.transaction((inside) => storeTen(inside, workload)),
  },
];

/** What v4 can be asked for. */
type PlainWay = Pick<Way, 'name' | 'stores'> & {
  write(manager: Storing, workload: Workload): Promise<unknown>;
};
const PLAIN_WAYS: readonly PlainWay[] = [
  { name: '1 store', stores: 1, write: storeNext },
  { name: '10 stores', stores: 10, write: storeTen },
];

/** What a transaction costs beside plain stores, and what open ones cost everybody else. */
export const transactionCategory: BenchCategory = {
  name: 'transactions',

  async run(context) {
    const measurements = new Measurements('transactions');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      for (const system of rotated([POOLED, SYNCHRONOUS, V4], round)) {
        context.progress(`transactions: round ${round + 1}/${context.plan.rounds}, ${system}`);
        await measureRound(context, system, round, measurements);
      }
    }
    return measurements.finish();
  },

  tables: (measurements) => [tableOf(measurements)],

  ratios(measurements) {
    const perSecond = (system: string, way: string) =>
      roundsOf(measurements, system, { way }, 'perSecond');
    const [ours, v4] = [perSecond(POOLED, 'transact of 10 stores'), perSecond(V4, '10 stores')];
    if (ours === null || v4 === null) return [];
    const what = 'transactions/s of ten stores by 64 callers, ours in one commit / v4 in ten';
    return [ratioOf({ name: 'transactTen64', what, better: 'higher' }, ours, v4)];
  },
};

/** All ways of a system on one file, one after another; the next round begins with the next one. */
function measureRound(
  context: BenchContext,
  system: string,
  round: number,
  measurements: Measurements,
): Promise<void> {
  return context.withDirectory(async (directory) => {
    const workload = new Workload(context.seed + round);
    if (system === V4) {
      const manager = new V4Manager(join(directory, 'v4.db'));
      try {
        const write = (way: PlainWay) => () => way.write(manager, workload);
        await measureWays(context, system, rotated(PLAIN_WAYS, round), write, measurements);
      } finally {
        manager.close();
      }
      return;
    }
    const { MemoryManagerFactory } = (await import(context.engineUrl)) as Engine;
    const backend = system === POOLED ? 'sqlite' : 'sqlite_sync';
    const manager = await MemoryManagerFactory.getManager({
      memory: { backend, sqlite_path: join(directory, 'engine.db') },
    });
    try {
      await closedLoop(CALLERS, context.plan.blockMs, () => storeNext(manager, workload));
      for (const way of rotated(waysOf(system), round))
        await withOpenTransactions(manager, way.openTransactions, () =>
          measureWays(
            context,
            system,
            [way],
            () => () => way.write(manager, workload),
            measurements,
          ),
        );
    } finally {
      await manager.cleanup();
    }
  });
}

async function measureWays<W extends PlainWay | Way>(
  { plan }: BenchContext,
  system: string,
  ways: readonly W[],
  write: (way: W) => () => Promise<unknown>,
  measurements: Measurements,
): Promise<void> {
  for (const way of ways)
    measurements.add(
      system,
      { way: way.name },
      await closedLoop(CALLERS, plan.blockMs, write(way)),
    );
}

async function withOpenTransactions(
  manager: Manager,
  count: number,
  use: () => Promise<void>,
): Promise<void> {
  const memories = manager.namespace('default');
  const thinking = await Promise.all(
    Array.from({ length: count }, async () => {
      const open = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
      await open.memories.list({ first: 1, withTotal: false });
      return open;
    }),
  );
  try {
    await use();
  } finally {
    await Promise.all(thinking.map((open) => open.rollback()));
  }
}

function waysOf(system: string): readonly Way[] {
  // sqlite_sync cannot hold a snapshot.
  return WAYS.filter(({ needsSnapshot }) => system === POOLED || !needsSnapshot);
}

function tableOf(measurements: readonly Measurement[]): Table {
  const rows = [
    ...[POOLED, SYNCHRONOUS].flatMap((system) => waysOf(system).map((way) => ({ system, ...way }))),
    ...PLAIN_WAYS.map((way) => ({ system: V4, reference: way.name, ...way })),
  ];
  return {
    title: `Transactions, ${CALLERS} concurrent callers`,
    columns: [
      'system: way of writing',
      'calls/s',
      'memories/s',
      'mean ms',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'throughput',
      'vs v4',
    ],
    rows: rows.map(({ system, name, reference, stores }) => {
      const { perSecond, mean, p50, p95, p99 } = findMedian(measurements, system, { way: name });
      const plain = findMedian(measurements, system, { way: reference });
      const v4 = findMedian(measurements, V4, { way: stores === 1 ? '1 store' : '10 stores' });
      return [
        `${system}: ${name}`,
        ...[perSecond, perSecond * stores, mean, p50, p95, p99].map(formatNumber),
        formatRatio(perSecond / plain.perSecond),
        formatRatio(perSecond / v4.perSecond),
      ];
    }),
    notes: [
      'Throughput: memories/s against the plain stores of the same number by the same system, same run. v4 had no transaction that rolled',
      'back, so its ten stores are ten commits; sqlite_sync holds no snapshots.',
    ],
  };
}
