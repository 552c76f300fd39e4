import { join } from 'node:path';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import { findCell, Measurements } from './measurements.ts';
import { type BlockResult, blockResult, median } from './samples.ts';
import { formatNumber, type Table } from './table.ts';
import { Workload } from './workload.ts';

type Engine = typeof import('../src/engine/index.ts');
type Manager = Awaited<ReturnType<Engine['MemoryManagerFactory']['getManager']>>;
type Kind = 'full' | 'incremental';

const CALLERS = [1, 64, 256] as const;
const KINDS: readonly Kind[] = ['full', 'incremental'];
/** Memories of one batch while filling; the largest the API takes. */
const FILL_BATCH = 1_000;
const WARM_UP_SHARE = 0.5;

/** The rate of durable stores while a backup is taken, against the blocks before and after it, which take none. */
export const backupCategory: BenchCategory = {
  name: 'backup',

  async run(context) {
    const measurements = new Measurements('backup');
    await context.withDirectory((directory) => runIn(context, directory, measurements));
    return measurements.finish();
  },

  tables: (measurements) => [tableOf(measurements)],
};

async function runIn(
  context: BenchContext,
  directory: string,
  measurements: Measurements,
): Promise<void> {
  const { MemoryManagerFactory, backupDatabase } = (await import(context.engineUrl)) as Engine;
  const path = join(directory, 'live.db');
  const manager = await MemoryManagerFactory.getManager({ memory: { sqlite_path: path } });
  try {
    const workload = new Workload(context.seed);
    const size = Math.max(...context.plan.recallSizes) / 2;
    context.progress(`backup: filling up to ${size}`);
    await fill(manager, workload, size);
    const take = async (kind: Kind) => {
      const { bytes } = await backupDatabase({
        path,
        directory: join(directory, 'backups'),
        kind,
        retention: { keep: 1, keepMs: null },
      });
      return bytes;
    };
    // What the first incremental one continues.
    await take('full');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      context.progress(`backup: round ${round + 1}/${context.plan.rounds}`);
      for (const callers of CALLERS)
        await measureRound(context, manager, workload, callers, take, measurements);
    }
  } finally {
    await manager.cleanup();
  }
}

async function measureRound(
  { plan }: BenchContext,
  manager: Manager,
  workload: Workload,
  callers: number,
  take: (kind: Kind) => Promise<number>,
  measurements: Measurements,
): Promise<void> {
  const store = () => {
    const { key, value, metadata } = workload.next();
    return manager.store(key, value, metadata);
  };
  const alone = () => closedLoop(callers, plan.blockMs, store);
  await closedLoop(callers, plan.blockMs * WARM_UP_SHARE, store);
  let before = await alone();
  measurements.add('alone', { callers }, before);
  for (const kind of KINDS) {
    const begun = performance.now();
    const { block, result: bytes } = await storeDuring(callers, store, take(kind));
    const seconds = (performance.now() - begun) / 1_000;
    const after = await alone();
    measurements.add('alone', { callers }, after);
    measurements.add(`during ${kind}`, { callers }, block);
    // A cell of its own: each round has its own share, and the table shows the middle one.
    const share = block.perSecond / ((before.perSecond + after.perSecond) / 2);
    measurements.add(`share ${kind}`, { callers }, shareOf(share));
    measurements.state(`during ${kind}`, { callers }, { bytes, seconds });
    before = after;
  }
}

/** Keeps `callers` calls open until the work has ended. */
async function storeDuring<T>(
  callers: number,
  store: () => Promise<unknown>,
  work: Promise<T>,
): Promise<{ readonly block: BlockResult; readonly result: T }> {
  const durations: number[] = [];
  const startedAt = performance.now();
  let ended = false;
  const result = work.finally(() => {
    ended = true;
  });
  const caller = async (): Promise<void> => {
    while (!ended) {
      const calledAt = performance.now();
      await store();
      durations.push(performance.now() - calledAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const block = blockResult(durations, (performance.now() - startedAt) / 1_000);
  return { block, result: await result };
}

/** A ratio in the place of a rate. */
function shareOf(share: number): BlockResult {
  return { ...blockResult([], 1), perSecond: share };
}

async function fill(manager: Manager, workload: Workload, size: number): Promise<void> {
  for (let filled = 0; filled < size; filled += FILL_BATCH) {
    const items = Array.from({ length: FILL_BATCH }, () => {
      const { key, value, metadata } = workload.next();
      return { key, value, metadata };
    });
    const { stored } = await manager.storeMany(items);
    if (stored !== items.length) throw new Error(`stored ${stored} of ${items.length}`);
  }
}

function tableOf(measurements: readonly Measurement[]): Table {
  return {
    title: 'Durable stores while a backup is taken',
    columns: ['callers', 'backup', 'stores/s alone', 'during', 'share', 'p99 ms', 'MB', 'seconds'],
    rows: CALLERS.flatMap((callers) =>
      KINDS.map((kind) => {
        const alone = findCell(measurements, 'alone', { callers }).median;
        const { median: during, figures } = findCell(measurements, `during ${kind}`, { callers });
        const shares = findCell(measurements, `share ${kind}`, { callers }).rounds;
        const share = median(shares.map(({ perSecond }) => perSecond));
        return [
          String(callers),
          kind,
          formatNumber(alone.perSecond),
          formatNumber(during.perSecond),
          `${formatNumber(100 * share)} %`,
          formatNumber(during.p99),
          formatNumber((figures['bytes'] ?? Number.NaN) / 1e6),
          formatNumber(figures['seconds'] ?? Number.NaN),
        ];
      }),
    ),
    notes: [
      'share: median over the rounds of the rate during the backup, against the mean of the blocks before and after it.',
      'MB and seconds: of the last round; the database grows from round to round.',
    ],
  };
}
