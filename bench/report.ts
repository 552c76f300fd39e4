import type { BenchCategory, BenchPlan, Measurement } from './category.ts';
import type { Contender } from './contender.ts';
import { type MachineDescription, machineLine } from './machine.ts';
import type { Ratio } from './statistics/ratio.ts';
import { formatNumber, markdownTable, type Table, textTable } from './table.ts';

/** Everything a run found out; `--json` writes it as it is. */
export interface BenchReport {
  readonly at: string;
  readonly seed: number;
  readonly plan: BenchPlan;
  readonly machine: MachineDescription;
  readonly measurements: readonly Measurement[];
  /** What `bench:compare` compares. */
  readonly ratios: readonly Ratio[];
}

/** One category with the systems it compares. */
export interface BenchSuite {
  readonly category: BenchCategory;
  readonly contenders: readonly Contender[];
}

/** The tables of all suites that were run, under the line that describes the machine. */
export function renderReport(
  report: BenchReport,
  suites: readonly BenchSuite[],
  format: 'text' | 'markdown',
): string {
  const render: (table: Table) => string = format === 'markdown' ? markdownTable : textTable;
  const tables = suites.flatMap(({ category, contenders }) => {
    const cells = report.measurements.filter((cell) => cell.category === category.name);
    return category.tables(cells, contenders);
  });
  return [
    machineLine(report.machine),
    `Medians of ${report.plan.rounds} interleaved rounds, seed ${report.seed}, ${report.at}; in brackets 95 % bootstrap intervals`,
    ...[...tables, ...ratioTables(report)].map((table) => `\n${render(table)}`),
  ].join('\n');
}

/** The ratios of all suites that were run. */
export function ratiosOf(
  measurements: readonly Measurement[],
  suites: readonly BenchSuite[],
): readonly Ratio[] {
  return suites.flatMap(({ category, contenders }) => {
    const cells = measurements.filter((cell) => cell.category === category.name);
    return category.ratios?.(cells, contenders) ?? [];
  });
}

/** The promises with their intervals; no table when there are none. */
export function ratioTables({ ratios }: Pick<BenchReport, 'ratios'>): readonly Table[] {
  if (ratios.length === 0) return [];
  const table: Table = {
    title: 'Ratios of this run',
    columns: ['ratio', 'value', '95 %', 'better', 'rounds', 'what'],
    rows: ratios.map(({ name, value, low, high, better, rounds, what }) => [
      name,
      formatNumber(value),
      `${formatNumber(low)} – ${formatNumber(high)}`,
      better,
      String(rounds.length),
      what,
    ]),
    notes: [],
  };
  return [table];
}
