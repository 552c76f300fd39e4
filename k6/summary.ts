import type { ScenarioName } from './options.ts';

/** What k6 hands to `handleSummary`, as far as it is used here. */
export interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly state: { readonly testRunDurationMs: number };
}
interface SummaryMetric {
  readonly type: 'counter' | 'gauge' | 'rate' | 'trend';
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** One run in one file; durations in ms. */
interface RunSummary {
  readonly scenario: ScenarioName;
  readonly at: string;
  readonly machine: string | null;
  readonly passed: boolean;
  readonly seconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly checks: { readonly passes: number; readonly fails: number };
  /** By operation or, where phases are compared, by phase. */
  readonly durations: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The scenario's own figures. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly thresholds: readonly {
    readonly metric: string;
    readonly bound: string;
    readonly ok: boolean;
  }[];
}

const OWN_FIGURES =
  /^(graphql_|change|money_|resident_|subscribers_|dropped_iterations$|http_req_failed$)/;
const GROUP = /^http_req_duration\{(?:operation|scenario):(\w+)\}$/;

/** For `handleSummary`: text on stdout, and JSON in the file that K6_SUMMARY names. */
export function summarise(name: ScenarioName) {
  return (data: SummaryData): Record<string, string> => {
    const summary = toSummary(name, data);
    const path = __ENV['K6_SUMMARY'];
    return {
      stdout: textOf(summary),
      ...(path === undefined ? {} : { [path]: `${JSON.stringify(summary, null, 2)}\n` }),
    };
  };
}

function toSummary(scenario: ScenarioName, { metrics, state }: SummaryData): RunSummary {
  const entries = Object.entries(metrics);
  const thresholds = entries.flatMap(([metric, { thresholds: bounds = {} }]) =>
    Object.entries(bounds)
      // These only make k6 count.
      .filter(([bound]) => bound !== 'count>=0')
      .map(([bound, { ok }]) => ({ metric, bound, ok })),
  );
  thresholds.sort((left, right) => left.metric.localeCompare(right.metric));
  return {
    scenario,
    at: new Date().toISOString(),
    machine: __ENV['K6_MACHINE'] ?? null,
    passed: thresholds.every(({ ok }) => ok),
    seconds: state.testRunDurationMs / 1000,
    requests: metrics['http_reqs']?.values['count'] ?? 0,
    requestsPerSecond: metrics['http_reqs']?.values['rate'] ?? 0,
    checks: {
      passes: metrics['checks']?.values['passes'] ?? 0,
      fails: metrics['checks']?.values['fails'] ?? 0,
    },
    durations: Object.fromEntries(
      entries.flatMap(([metric, { values }]) => {
        const [, group] = GROUP.exec(metric) ?? [];
        if (group === undefined) return [];
        const [, by] = /\{(\w+):/.exec(metric) ?? [];
        const count = metrics[`http_reqs{${by}:${group}}`]?.values['count'] ?? 0;
        return count === 0 ? [] : [[group, { ...values, count }]];
      }),
    ),
    figures: Object.fromEntries(
      entries
        .filter(([metric]) => OWN_FIGURES.test(metric))
        .map(([metric, { values }]) => [metric, values]),
    ),
    thresholds,
  };
}

function textOf(summary: RunSummary): string {
  const { scenario, passed, seconds, requests, requestsPerSecond, checks } = summary;
  const columns = ['med', 'p(95)', 'p(99)', 'max'] as const;
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(10))).join('');
  return [
    '',
    `${scenario}: ${passed ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s, ${requests} requests, ${requestsPerSecond.toFixed(0)}/s, ${checks.passes} checks hold, ${checks.fails} do not`,
    ...(summary.machine === null ? [] : [summary.machine]),
    '',
    row(['ms', 'count', ...columns]),
    ...Object.entries(summary.durations).map(([group, values]) =>
      row([
        group,
        String(values['count']),
        ...columns.map((column) => (values[column] ?? Number.NaN).toFixed(1)),
      ]),
    ),
    '',
    ...Object.entries(summary.figures).map(([metric, values]) => `${metric}: ${figuresOf(values)}`),
    '',
    ...summary.thresholds.map(({ metric, bound, ok }) => `${ok ? '✓' : '✗'} ${metric}: ${bound}`),
    '',
  ].join('\n');
}

function figuresOf(values: Readonly<Record<string, number>>): string {
  const { rate, passes, fails } = values;
  // Of a rate: how many of how many.
  if (rate !== undefined && passes !== undefined && fails !== undefined)
    return `${passes} of ${passes + fails}`;
  return Object.entries(values)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(3)}`)
    .join(', ');
}
