import type { Measurement } from '../category.ts';
import { bootstrapMedian } from '../statistics/bootstrap.ts';
import type { Chart } from './chart.ts';

/** Operations a second of every cell of a category that was timed; nothing when none was. */
export function throughputCharts(measurements: readonly Measurement[]): readonly Chart[] {
  const timed = measurements.filter(({ rounds }) => rounds.length > 0);
  const [first] = timed;
  if (first === undefined) return [];
  const labels = [...new Set(timed.map(({ parameters }) => labelOf(parameters)))];
  const groups = labels.map((label) => ({
    label,
    bars: timed
      .filter(({ parameters }) => labelOf(parameters) === label)
      .map(({ contender, median, rounds }) => ({
        name: contender,
        value: median.perSecond,
        ...bootstrapMedian(rounds.map(({ perSecond }) => perSecond)),
      })),
  }));
  return [{ kind: 'bars', title: `Throughput: ${first.category}`, unit: 'operations/s', groups }];
}

function labelOf(parameters: Measurement['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) =>
      typeof value === 'number' ? `${value.toLocaleString('en-US')} ${name}` : `${name}: ${value}`,
    )
    .join(', ');
}
