import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import type { Contender } from './contender.ts';
import { findMedian, Measurements } from './measurements.ts';
import { rotated } from './rotated.ts';
import { formatNumber, type Table } from './table.ts';
import { baselineOf, measured, ratioAgainst, versusCell } from './versus.ts';
import { Workload } from './workload.ts';

const CALLERS = [1, 16, 64, 256] as const;
/** Share of a block spent unmeasured after opening, to compile code and fill caches. */
const WARM_UP_SHARE = 0.5;

/** Durable stores by concurrent callers: throughput and time to the acknowledgement. */
export const storageCategory: BenchCategory = {
  name: 'storage',

  async run(context) {
    const measurements = new Measurements('storage');
    for (let round = 0; round < context.plan.rounds; round += 1) {
      for (const contender of rotated(context.contenders, round)) {
        context.progress(`storage: round ${round + 1}/${context.plan.rounds}, ${contender.name}`);
        await measureRound(context, contender, round, measurements);
      }
    }
    return measurements.finish();
  },

  tables(measurements, contenders) {
    return CALLERS.map((callers) => tableOf(measurements, contenders, callers));
  },

  ratios(measurements, contenders) {
    const versus = (contender: string, callers: number) =>
      ({ contender, parameters: { callers }, figure: 'perSecond' }) as const;
    const baseline = baselineOf(contenders);
    return measured([
      ratioAgainst(measurements, baseline, versus('sqlite FULL', 256), {
        name: 'storeDurable256',
        what: 'durable stores/s of 256 callers, ours with text index, vectors and change log / v4',
      }),
      ratioAgainst(measurements, baseline, versus('sqlite FULL, no embedder', 256), {
        name: 'storeDurable256NoEmbedder',
        what: 'the same without vectors',
      }),
    ]);
  },
};

/** A fresh file each round, so that no contender pays for the speed it had in earlier rounds. */
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
      const store = () => open.store(workload.next());
      await closedLoop(64, context.plan.blockMs * WARM_UP_SHARE, store);
      for (const callers of CALLERS) {
        const block = await closedLoop(callers, context.plan.blockMs, store);
        measurements.add(contender.name, { callers }, block);
      }
    } finally {
      await open.close();
    }
  });
}

function tableOf(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  callers: number,
): Table {
  return {
    title: `Durable stores, ${callers} concurrent caller${callers === 1 ? '' : 's'}`,
    columns: ['system', 'stores/s', 'mean ms', 'p50 ms', 'p95 ms', 'p99 ms', 'vs v4 (95 %)'],
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
