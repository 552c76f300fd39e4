import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import type { Contender, OpenContender } from './contender.ts';
import { findMedian, Measurements } from './measurements.ts';
import { mulberry32 } from './random.ts';
import { rotated } from './rotated.ts';
import { formatNumber, type Table } from './table.ts';
import { baselineOf, measured, ratioAgainst, versusCell } from './versus.ts';
import { QUERY_KINDS, Workload, type WorkloadItem } from './workload.ts';

const CALLERS = [1, 16, 64, 256] as const;
/** As agents work: they look up more than they write down. */
const RECALL_SHARE = 0.8;
const WARM_UP_SHARE = 0.5;

/** Recalls and durable stores side by side, four to one, by concurrent callers. */
export const concurrencyCategory: BenchCategory = {
  name: 'concurrency',

  async run(context) {
    const measurements = new Measurements('concurrency');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      for (const contender of rotated(context.contenders, round)) {
        context.progress(
          `concurrency: round ${round + 1}/${context.plan.rounds}, ${contender.name}`,
        );
        await measureRound(context, contender, round, measurements);
      }
    }
    return measurements.finish();
  },

  tables(measurements, contenders) {
    return CALLERS.map((callers) => tableOf(measurements, contenders, callers));
  },

  ratios(measurements, contenders) {
    return measured([
      ratioAgainst(
        measurements,
        baselineOf(contenders),
        { contender: 'sqlite FULL', parameters: { callers: 64 }, figure: 'perSecond' },
        {
          name: 'mixedConcurrent64',
          what: 'operations/s of 64 callers, four recalls to one store, ours / v4',
        },
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
  const { plan, seed, engineUrl } = context;
  return context.withDirectory(async (directory) => {
    const workload = new Workload(seed + round);
    const open = await contender.open(directory, engineUrl);
    try {
      const items = workload.take(plan.concurrentMemories);
      await open.fill(items);
      const call = mixedCalls(open, workload, items, mulberry32(seed + round));
      await closedLoop(16, plan.blockMs * WARM_UP_SHARE, call);
      for (const callers of CALLERS) {
        const block = await closedLoop(callers, plan.blockMs, call);
        measurements.add(contender.name, { callers }, block);
      }
    } finally {
      await open.close();
    }
  });
}

/** The same calls in the same order for every contender of a round. */
function mixedCalls(
  open: OpenContender,
  workload: Workload,
  items: readonly WorkloadItem[],
  random: () => number,
): () => Promise<unknown> {
  let recalls = 0;
  return () => {
    if (random() >= RECALL_SHARE) return open.store(workload.next());
    recalls += 1;
    return open.recall(workload.query(QUERY_KINDS[recalls % QUERY_KINDS.length] ?? 'topic', items));
  };
}

function tableOf(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  callers: number,
): Table {
  return {
    title: `Four recalls to one durable store, ${callers} concurrent caller${callers === 1 ? '' : 's'}`,
    columns: ['system', 'operations/s', 'mean ms', 'p50 ms', 'p95 ms', 'p99 ms', 'vs v4 (95 %)'],
    rows: contenders.map(({ name }) => {
      const { perSecond, mean, p50, p95, p99 } = findMedian(measurements, name, { callers });
      return [
        name,
        ...[perSecond, mean, p50, p95, p99].map(formatNumber),
        versusCell(measurements, contenders, {
          contender: name,
          parameters: { callers },
          figure: 'perSecond',
        }),
      ];
    }),
    notes: [],
  };
}
