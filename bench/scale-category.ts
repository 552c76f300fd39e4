import { join } from 'node:path';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { fittingSizes } from './fitting-sizes.ts';
import { Measurements } from './measurements.ts';
import { rotated } from './rotated.ts';
import { median } from './samples.ts';
import { growthBetween, growthCell } from './scale/growth.ts';
import { runScaleProbe } from './scale/run-scale-probe.ts';
import { type ScaleTask, TIMED } from './scale/scale-task.ts';
import { serverStartMs } from './scale/server-start.ts';
import { formatNumber, type Table } from './table.ts';

/** Figures of a whole store, in the order of the table: how they are called, and what makes the unit of the name of them. */
const WHOLE = {
  'import, µs per memory': 'importMicroseconds',
  'file, MB': 'fileMegabytes',
  'server until ready, ms': 'serverStartMs',
  'engine until open, ms': 'openMs',
  'first recall, ms': 'firstRecallMs',
  'resident, MB': 'residentMegabytes',
} as const;
const STORE = 'store as a whole';

interface Store {
  readonly memories: number;
  readonly task: Omit<ScaleTask, 'act'>;
}

/** How the cost of each operation grows with the number of memories; each size is filled once, and opened anew in every round. */
export const scaleCategory: BenchCategory = {
  name: 'scale',
  run: (context) => context.withDirectory((directory) => runIn(context, directory)),
  tables: (measurements) => [tableOf(measurements)],
};

async function runIn(context: BenchContext, directory: string): Promise<readonly Measurement[]> {
  const { plan } = context;
  const measurements = new Measurements('scale');
  const stores: Store[] = [];
  for (const memories of fittingSizes(plan.scaleSizes, directory, context.progress)) {
    context.progress(`scale: filling ${memories} memories`);
    stores.push(await fill(context, directory, memories, measurements));
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const store of rotated(stores, round)) {
      context.progress(`scale: ${store.memories} memories, round ${round + 1}/${plan.rounds}`);
      await measure(store, round, measurements);
    }
  }
  return measurements.finish();
}

async function fill(
  { plan, engineUrl, seed, progress }: BenchContext,
  directory: string,
  memories: number,
  measurements: Measurements,
): Promise<Store> {
  const path = join(directory, `scale-${memories}.db`);
  const task = { engineUrl, path, memories, seed, calls: plan.recallsPerKind, sample: [] };
  const { perSecond, fileBytes, sample } = await runScaleProbe({ act: 'fill', ...task });
  progress(`scale: ${formatNumber(perSecond)} memories/s`);
  const figures = { importMicroseconds: 1e6 / perSecond, fileMegabytes: fileBytes / 1e6 };
  measurements.append(STORE, { memories }, figures);
  return { memories, task: { ...task, sample } };
}

async function measure(
  { memories, task }: Store,
  round: number,
  measurements: Measurements,
): Promise<void> {
  const start = await serverStartMs(task.engineUrl, task.path);
  const { blocks, openMs, firstRecallMs, residentBytes } = await runScaleProbe({
    act: 'measure',
    ...task,
    seed: task.seed + 1 + round,
  });
  for (const name of TIMED) measurements.add(name, { memories }, blocks[name]);
  measurements.append(
    STORE,
    { memories },
    {
      serverStartMs: start,
      openMs,
      firstRecallMs,
      residentMegabytes: residentBytes / 1e6,
    },
  );
}

function tableOf(measurements: readonly Measurement[]): Table {
  const sizes = [
    ...new Set(measurements.map(({ parameters }) => Number(parameters['memories']))),
  ].sort((left, right) => left - right);
  const cellOf = (contender: string, size: number) =>
    measurements.find(
      (cell) => cell.contender === contender && cell.parameters['memories'] === size,
    );
  const row = (name: string, costOf: (size: number) => number): readonly string[] => {
    const costs = sizes.map((size) => [size, costOf(size)] as const);
    return [
      name,
      ...costs.map(([, cost]) => formatNumber(cost)),
      ...costs.flatMap((cost, index) => {
        const before = costs[index - 1];
        return before === undefined ? [] : [growthCell(growthBetween(before, cost))];
      }),
    ];
  };
  const whole = Object.entries(WHOLE).map(([name, figure]) =>
    row(name, (size) => median(cellOf(STORE, size)?.series[figure] ?? [])),
  );
  const timed = TIMED.flatMap((name) => {
    const cost = (figure: 'p50' | 'p95') => (size: number) =>
      cellOf(name, size)?.median[figure] ?? Number.NaN;
    return [row(`${name}, p50 ms`, cost('p50')), row(`${name}, p95 ms`, cost('p95'))];
  });
  return {
    title: 'How cost grows with the number of memories',
    columns: [
      'cost',
      ...sizes.map((size) => size.toLocaleString('en-US')),
      ...sizes.slice(1).map((size, index) => `k ${short(sizes[index] ?? 0)}→${short(size)}`),
    ],
    rows: [...timed, ...whole],
    notes: NOTES,
  };
}

function short(size: number): string {
  return size >= 1e6 ? `${size / 1e6}M` : `${size / 1e3}k`;
}

const NOTES = [
  'k is the exponent of cost ~ N^k between two sizes; ! = grows by more than log N does (1.3 times for noise). One caller, no operation cache, static embedder.',
  'File and import grow by what every memory takes: its row, its text index, its vector and its entry in the change log; so k near 1 is right for the file.',
  'A total and the status count every memory in a narrow index, some 50 ns each, since a count that each commit keeps would make all writers meet in one row.',
  'Recall compares the sign bits of all vectors, 32 bytes each, and counts how often a frequent word occurs; both are proportional, with small constants.',
  'Context recalls twice, by section and persona, which bar most memories before anything is compared; all of a frequent word are looked at.',
];
