import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { compareRatios, type RatioComparison } from './statistics/comparison.ts';
import type { Ratio } from './statistics/ratio.ts';
import { formatNumber, textTable } from './table.ts';

/** What is read of a report; the rest may be anything. */
const reportSchema = z.object({
  at: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number() }),
  plan: z.looseObject({}).default({}),
  ratios: z.array(
    z.object({
      name: z.string(),
      what: z.string(),
      better: z.enum(['higher', 'lower']),
      value: z.number(),
      low: z.number(),
      high: z.number(),
      rounds: z.array(z.number()),
    }),
  ),
});

/** Of the plan: at other sizes a ratio of the same name is another one. */
const SIZES = ['recallSizes', 'concurrentMemories', 'memoryStores', 'burst'] as const;

await new Command('bench:compare')
  .description(
    'Compares the ratios of two reports of `npm run bench -- --json FILE`; exit code 1 when one got significantly worse. Times are not compared.',
  )
  .argument('<old>', 'report of the state before')
  .argument('<new>', 'report of the state now')
  .option('--json', 'one line of JSON on stdout')
  .action(async (old: string, now: string, { json }: { json?: true }) => {
    process.exitCode = await compare(old, now, json === true);
  })
  .parseAsync();

async function compare(oldPath: string, newPath: string, json: boolean): Promise<number> {
  const [old, now] = [await readReport(oldPath), await readReport(newPath)];
  if (old === null || now === null) return 2;
  if (old.machine.cpu !== now.machine.cpu || old.machine.cores !== now.machine.cores)
    process.stderr.write(
      'The reports are of different machines: ratios depend on how fast an fsync is beside the CPU.\n',
    );
  const changed = SIZES.filter(
    (size) => JSON.stringify(old.plan[size]) !== JSON.stringify(now.plan[size]),
  );
  if (changed.length > 0) {
    process.stderr.write(
      `The reports are of different sizes (${changed.join(', ')}): compare two runs of --quick, two of --full or two without.\n`,
    );
    return 2;
  }
  const comparisons = compareRatios(old.ratios, now.ratios);
  if (comparisons.length === 0) {
    process.stderr.write('The reports have no ratio in common.\n');
    return 2;
  }
  process.stdout.write(`${json ? JSON.stringify(comparisons) : textOf(comparisons)}\n`);
  return comparisons.some(({ verdict }) => verdict === 'regression') ? 1 : 0;
}

async function readReport(
  path: string,
): Promise<(Omit<z.output<typeof reportSchema>, 'ratios'> & { ratios: readonly Ratio[] }) | null> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    process.stderr.write(`${path} is no report of the benchmark: ${reason}\n`);
    return null;
  }
}

function textOf(comparisons: readonly RatioComparison[]): string {
  return textTable({
    title: 'Ratios, before and now',
    columns: ['ratio', 'before', 'now', 'gain', '95 %', 'p', 'verdict'],
    rows: comparisons.map(({ name, before, now, gain, interval, probability, verdict }) => [
      name,
      ...[before, now, gain].map(formatNumber),
      `${formatNumber(interval.low)} – ${formatNumber(interval.high)}`,
      formatNumber(probability),
      verdict,
    ]),
    notes: [
      'gain: how many times better now, whichever direction is better; p: that it looks this much worse by chance.',
    ],
  });
}
