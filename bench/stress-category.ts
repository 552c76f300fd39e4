import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import type { Contender, OpenContender } from './contender.ts';
import { findMedian, Measurements } from './measurements.ts';
import { rotated } from './rotated.ts';
import { type BlockResult, blockResult } from './samples.ts';
import { formatNumber, type Table } from './table.ts';
import { baselineOf, measured, ratioAgainst, versusCell } from './versus.ts';
import { Workload, type WorkloadItem } from './workload.ts';

const MANY_CALLERS = 1_024;
const LARGE_CALLERS = 16;
/** Of a large value, about. */
const LARGE_BYTES = 64 * 1024;

/** One kind of stress. Resolves with what was acknowledged; every acknowledged store must be there afterwards. */
interface Stress {
  readonly name: string;
  put(open: OpenContender, workload: Workload, context: BenchContext): Promise<BlockResult>;
}

const STRESSES: readonly Stress[] = [
  {
    name: `${MANY_CALLERS} callers`,
    put: (open, workload, { plan }) =>
      closedLoop(MANY_CALLERS, plan.blockMs, () => open.store(workload.next())),
  },
  {
    name: `values of ${LARGE_BYTES / 1024} KB, ${LARGE_CALLERS} callers`,
    put: (open, workload, { plan }) =>
      closedLoop(LARGE_CALLERS, plan.blockMs, () => open.store(enlarged(workload.next()))),
  },
  {
    name: 'all at one moment',
    put: (open, workload, { plan }) => burst(open, workload.take(plan.burst)),
  },
];

/** More than is comfortable: what is refused is told, and what was acknowledged is there. */
export const stressCategory: BenchCategory = {
  name: 'stress',

  async run(context) {
    const measurements = new Measurements('stress');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      for (const contender of rotated(context.contenders, round)) {
        context.progress(`stress: round ${round + 1}/${context.plan.rounds}, ${contender.name}`);
        await measureRound(context, contender, round, measurements);
      }
    }
    return measurements.finish();
  },

  tables: (measurements, contenders) =>
    STRESSES.map(({ name }) => tableOf(measurements, contenders, name)),

  ratios(measurements, contenders) {
    const [many] = STRESSES;
    return measured([
      ratioAgainst(
        measurements,
        baselineOf(contenders),
        { contender: 'sqlite FULL', parameters: { stress: many?.name ?? '' }, figure: 'perSecond' },
        { name: 'storeStress1024', what: 'durable stores/s of 1,024 callers, ours / v4' },
      ),
    ]);
  },
};

function measureRound(
  context: BenchContext,
  contender: Contender,
  round: number,
  measurements: Measurements,
): Promise<void> {
  return context.withDirectory(async (directory) => {
    const workload = new Workload(context.seed + round);
    const open = await contender.open(directory, context.engineUrl);
    try {
      await closedLoop(64, context.plan.blockMs / 2, () => open.store(workload.next()));
      for (const { name, put } of STRESSES) {
        const before = await open.count();
        const block = await put(open, workload, context);
        const kept = (await open.count()) - before;
        if (kept !== block.operations)
          throw new Error(
            `${contender.name}, ${name}: ${block.operations} stores were acknowledged, ${kept} are there`,
          );
        measurements.add(contender.name, { stress: name }, block);
      }
    } finally {
      await open.close();
    }
  });
}

/** Begins all stores before one is answered. Refusals by a full queue are counted; any other error ends the run. */
async function burst(open: OpenContender, items: readonly WorkloadItem[]): Promise<BlockResult> {
  const durations: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  await Promise.all(
    items.map(async (item) => {
      try {
        await open.store(item);
        durations.push(performance.now() - startedAt);
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'OVERLOADED') throw error;
        refused += 1;
      }
    }),
  );
  return blockResult(durations, (performance.now() - startedAt) / 1000, refused);
}

function enlarged(item: WorkloadItem): WorkloadItem {
  const { text } = item.value;
  return {
    ...item,
    value: { ...item.value, text: `${text} `.repeat(Math.ceil(LARGE_BYTES / text.length)) },
  };
}

function tableOf(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  stress: string,
): Table {
  return {
    title: `Stress: stores, ${stress}`,
    columns: ['system', 'stores/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'vs v4 (95 %)'],
    rows: contenders.map(({ name }) => {
      const { perSecond, p50, p95, p99 } = findMedian(measurements, name, { stress });
      return [
        name,
        ...[perSecond, p50, p95, p99].map(formatNumber),
        errorCell(measurements, name, stress),
        versusCell(measurements, contenders, {
          contender: name,
          parameters: { stress },
          figure: 'perSecond',
        }),
      ];
    }),
    notes: [
      'Errors: share of stores refused with OVERLOADED, all rounds; every acknowledged store was counted in the database.',
    ],
  };
}

function errorCell(
  measurements: readonly Measurement[],
  contender: string,
  stress: string,
): string {
  const rounds = measurements.find(
    (cell) => cell.contender === contender && cell.parameters['stress'] === stress,
  )?.rounds;
  const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);
  const errors = sum(rounds?.map((round) => round.errors ?? 0));
  const calls = errors + sum(rounds?.map((round) => round.operations));
  return `${((100 * errors) / calls).toFixed(2)} %`;
}
