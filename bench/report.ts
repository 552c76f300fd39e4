import type { BenchCategory, BenchPlan, Measurement } from './category.ts';
import type { Contender } from './contender.ts';
import { type MachineDescription, machineLine } from './machine.ts';
import { markdownTable, type Table, textTable } from './table.ts';

/** Everything a run found out; `--json` writes it as it is. */
export interface BenchReport {
  readonly at: string;
  readonly seed: number;
  readonly plan: BenchPlan;
  readonly machine: MachineDescription;
  readonly measurements: readonly Measurement[];
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
    `Medians of ${report.plan.rounds} interleaved rounds, seed ${report.seed}, ${report.at}`,
    ...tables.map((table) => `\n${render(table)}`),
  ].join('\n');
}
