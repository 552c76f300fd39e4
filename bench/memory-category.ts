import type { BenchCategory, Measurement } from './category.ts';
import type { Chart } from './html/chart.ts';
import { findCell, Measurements } from './measurements.ts';
import { type MemoryProfile, profileMemory } from './memory-profile.ts';
import { rotated } from './rotated.ts';
import { median } from './samples.ts';
import { detectLeak } from './statistics/leak.ts';
import { ratioOf } from './statistics/ratio.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';
import { baselineOf, measured } from './versus.ts';

/**
 * Bytes a round of 1,000 changes and 40 recalls may leave behind: 32 for each, less than the smallest object with two fields. Below that
 * it is the noise of a collected heap.
 */
const LEAK_TOLERANCE = 32 * 1_040;

/** What the promise is about. Below that, what threads and caches need at first outweighs what memories add. */
const PROMISED_STORES = 200_000;

/** Resident memory and heap of a process that stores, and whether either grows while nothing is added. */
export const memoryCategory: BenchCategory = {
  name: 'memory',

  async run(context) {
    const { plan, contenders, engineUrl } = context;
    const measurements = new Measurements('memory');
    for (let round = 0; round < plan.memoryRounds; round += 1) {
      for (const { name } of rotated(contenders, round)) {
        context.progress(`memory: round ${round + 1}/${plan.memoryRounds}, ${name}`);
        const profile = await context.withDirectory((directory) =>
          profileMemory({
            contender: name,
            engineUrl,
            directory,
            stores: plan.memoryStores,
            seed: context.seed + round,
          }),
        );
        note(measurements, name, plan.memoryStores, profile, round === 0);
      }
    }
    return measurements.finish();
  },

  tables: (measurements, contenders) => [
    tableOf(
      measurements,
      contenders.map(({ name }) => name),
      baselineOf(contenders),
    ),
  ],

  ratios(measurements, contenders) {
    const baseline = baselineOf(contenders);
    const [theirs] = measurements.filter(({ contender }) => contender === baseline);
    const [ours] = measurements.filter(({ contender }) => contender === 'sqlite FULL');
    if (theirs === undefined || ours === undefined) return [];
    const stores = storesOf(measurements);
    return measured([
      ratioOf(
        {
          name: stores >= PROMISED_STORES ? 'memoryGrowth' : 'memoryGrowthOfFew',
          what: `resident growth while storing ${stores.toLocaleString('en-US')} memories, ours / v4`,
          better: 'lower',
        },
        ours.series['growthBytes'] ?? [],
        theirs.series['growthBytes'] ?? [],
      ),
    ]);
  },

  charts: (measurements) => chartsOf(measurements),
};

function note(
  measurements: Measurements,
  contender: string,
  memories: number,
  { before, growing, steady }: MemoryProfile,
  isFirst: boolean,
): void {
  const parameters = { memories };
  const last = growing.at(-1) ?? before;
  measurements.append(contender, parameters, {
    growthBytes: last.residentBytes - before.residentBytes,
    heapGrowthBytes: last.heapBytes - before.heapBytes,
    heapLeakBytes: detectLeak(
      steady.map(({ heapBytes }) => heapBytes),
      LEAK_TOLERANCE,
    ).bytesPerRound,
    leaks: hasLeak(steady) ? 1 : 0,
    residentLeakBytes: detectLeak(
      steady.map(({ residentBytes }) => residentBytes),
      LEAK_TOLERANCE,
    ).bytesPerRound,
  });
  // The course of one process is enough to be drawn.
  if (!isFirst) return;
  for (const { residentBytes, heapBytes } of [before, ...growing])
    measurements.append(contender, parameters, {
      growingResident: residentBytes,
      growingHeap: heapBytes,
    });
  for (const { residentBytes, heapBytes } of steady)
    measurements.append(contender, parameters, {
      steadyResident: residentBytes,
      steadyHeap: heapBytes,
    });
}

/** The heap alone decides: what the allocator keeps of freed pages makes resident memory a poor witness. */
function hasLeak(steady: MemoryProfile['steady']): boolean {
  return detectLeak(
    steady.map(({ heapBytes }) => heapBytes),
    LEAK_TOLERANCE,
  ).isLeak;
}

function tableOf(
  measurements: readonly Measurement[],
  names: readonly string[],
  baseline: string | null,
): Table {
  const memories = storesOf(measurements);
  const growthOf = (name: string) =>
    findCell(measurements, name, { memories }).series['growthBytes'] ?? [];
  const reference = baseline === null ? null : median(growthOf(baseline));
  return {
    title: `Memory of a process that stores ${memories.toLocaleString('en-US')} memories`,
    columns: [
      'system',
      'resident growth MB',
      'bytes per memory',
      'heap growth MB',
      'heap KB per steady round',
      'resident KB per steady round',
      'leak',
      'of v4',
    ],
    rows: names.map((name) => {
      const { series } = findCell(measurements, name, { memories });
      const middle = (figure: string) => median(series[figure] ?? []);
      const growth = middle('growthBytes');
      const leaks = (series['leaks'] ?? []).filter((leak) => leak > 0).length;
      return [
        name,
        ...[
          growth / 1e6,
          growth / memories,
          middle('heapGrowthBytes') / 1e6,
          middle('heapLeakBytes') / 1e3,
          middle('residentLeakBytes') / 1e3,
        ].map(formatNumber),
        leaks === 0 ? 'none' : `${leaks} of ${series['leaks']?.length} processes`,
        reference === null ? '-' : formatRatio(growth / reference),
      ];
    }),
    notes: [
      'After forced garbage collections, in a process of its own. A steady round overwrites 1,000 memories and recalls 40 times;',
      `a leak is a heap whose median step from round to round lies above ${formatNumber(LEAK_TOLERANCE / 1e3)} KB with 95 % confidence.`,
    ],
  };
}

function chartsOf(measurements: readonly Measurement[]): readonly Chart[] {
  const memories = storesOf(measurements);
  const lines = (figure: string) =>
    measurements.flatMap(({ contender, series }) => {
      const values = series[figure];
      return values === undefined
        ? []
        : [{ name: contender, values: values.map((bytes) => bytes / 1e6) }];
    });
  return [
    {
      kind: 'lines',
      title: 'Resident memory while storing',
      unit: 'MB',
      from: '0',
      to: `${memories.toLocaleString('en-US')} memories`,
      series: lines('growingResident'),
    },
    {
      kind: 'lines',
      title: 'Heap of the main thread in steady rounds',
      unit: 'MB',
      from: 'first round',
      to: 'last round',
      series: lines('steadyHeap'),
    },
  ];
}

function storesOf(measurements: readonly Measurement[]): number {
  return Number(measurements[0]?.parameters['memories']);
}
