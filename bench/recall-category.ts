import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import type { Contender, OpenContender } from './contender.ts';
import { fittingSizes } from './fitting-sizes.ts';
import { throughputCharts } from './html/throughput-charts.ts';
import { findMedian, Measurements } from './measurements.ts';
import { blockResult } from './samples.ts';
import { formatNumber, type Table } from './table.ts';
import { baselineOf, measured, ratioAgainst, versusCell } from './versus.ts';
import { QUERY_KINDS, Workload, type WorkloadItem } from './workload.ts';

const CONCURRENT_CALLERS = 64;
/** Queries made before the concurrent block; the callers go round in them. */
const CONCURRENT_QUERIES = 600;
/** What the embedding of the queries is measured as; it is no system of its own. */
const EMBEDDING = 'query embedding';

interface Running {
  readonly contender: Contender;
  readonly open: OpenContender;
}

/** Recall by each contender's mode: time of single calls at several sizes, and throughput of many callers at the largest. */
export const recallCategory: BenchCategory = {
  name: 'recall',

  run(context) {
    return context.withDirectory((directory) => runIn(context, directory));
  },

  tables(measurements, contenders) {
    const sizes = [...new Set(measurements.map((cell) => Number(cell.parameters['memories'])))];
    return [
      ...sizes.map((memories) => singleTable(measurements, contenders, memories)),
      concurrentTable(measurements, contenders, Math.max(...sizes)),
    ];
  },

  ratios(measurements, contenders) {
    const baseline = baselineOf(contenders);
    const sizes = measurements.map((cell) => Number(cell.parameters['memories']));
    const against = (contender: string, name: string, what: string, memories: number | null) =>
      ratioAgainst(
        measurements,
        baseline,
        memories === null
          ? {
              contender,
              parameters: { memories: Math.max(...sizes), callers: CONCURRENT_CALLERS },
              figure: 'perSecond',
            }
          : { contender, parameters: { memories, kind: 'all' }, figure: 'mean' },
        { name, what },
      );
    const [text, hybrid] = ['sqlite text', 'sqlite hybrid'];
    return measured([
      against(
        text,
        'recallMean50k',
        'mean time of a recall among 50,000, v4 / ours by text',
        50_000,
      ),
      against(hybrid, 'recallMean50kHybrid', 'the same, ours by text and meaning', 50_000),
      against(
        text,
        'recallConcurrent64',
        'recalls/s of 64 callers at the largest size, ours by text / v4',
        null,
      ),
    ]);
  },
  // Its microseconds would leave no room for the others.
  charts: (measurements) =>
    throughputCharts(measurements.filter(({ contender }) => contender !== EMBEDDING)),
};

async function runIn(context: BenchContext, directory: string): Promise<readonly Measurement[]> {
  const measurements = new Measurements('recall');
  const workload = new Workload(context.seed);
  const running: Running[] = [];
  const items: WorkloadItem[] = [];
  try {
    for (const contender of context.contenders) {
      running.push({ contender, open: await contender.open(directory, context.engineUrl) });
    }
    for (const memories of fittingSizes(context.plan.recallSizes, directory, context.progress)) {
      context.progress(`recall: filling up to ${memories} memories`);
      const added = workload.take(memories - items.length);
      items.push(...added);
      for (const { open } of running) await open.fill(added);
      for (let round = 0; round < context.plan.rounds; round += 1) {
        context.progress(`recall: ${memories} memories, round ${round + 1}/${context.plan.rounds}`);
        await measureSingle(context, running, workload, items, measurements);
      }
    }
    for (let round = 0; round < context.plan.rounds; round += 1) {
      context.progress(`recall: ${CONCURRENT_CALLERS} callers, round ${round + 1}`);
      await measureConcurrent(context, running, workload, items, measurements);
    }
  } finally {
    for (const { open } of running) await open.close();
  }
  return measurements.finish();
}

/** The contenders answer the same queries one after the other, in turns kind by kind. */
async function measureSingle(
  { plan }: BenchContext,
  running: readonly Running[],
  workload: Workload,
  items: readonly WorkloadItem[],
  measurements: Measurements,
): Promise<void> {
  const all = new Map(running.map(({ contender }) => [contender.name, [] as number[]]));
  for (const kind of QUERY_KINDS) {
    const queries = Array.from({ length: plan.recallsPerKind + 1 }, () =>
      workload.query(kind, items),
    );
    for (const { contender, open } of running) {
      const durations = await recallEach(open, queries);
      all.get(contender.name)?.push(...durations);
      measurements.add(contender.name, { memories: items.length, kind }, blockOf(durations));
      if (open.embedQuery !== null) {
        const embedding = embedEach(open.embedQuery, queries);
        measurements.add(EMBEDDING, { memories: items.length, kind }, blockOf(embedding));
      }
    }
  }
  for (const [name, durations] of all) {
    measurements.add(name, { memories: items.length, kind: 'all' }, blockOf(durations));
  }
}

/** The first query only warms up. */
async function recallEach(open: OpenContender, queries: readonly string[]): Promise<number[]> {
  const durations: number[] = [];
  for (const query of queries) {
    const calledAt = performance.now();
    await open.recall(query);
    durations.push(performance.now() - calledAt);
  }
  return durations.slice(1);
}

function embedEach(embed: (query: string) => unknown, queries: readonly string[]): number[] {
  return queries
    .map((query) => {
      const calledAt = performance.now();
      embed(query);
      return performance.now() - calledAt;
    })
    .slice(1);
}

function blockOf(durations: readonly number[]) {
  return blockResult(durations, durations.reduce((sum, duration) => sum + duration, 0) / 1000);
}

async function measureConcurrent(
  { plan }: BenchContext,
  running: readonly Running[],
  workload: Workload,
  items: readonly WorkloadItem[],
  measurements: Measurements,
): Promise<void> {
  const queries = Array.from({ length: CONCURRENT_QUERIES }, (_, index) =>
    workload.query(QUERY_KINDS[index % QUERY_KINDS.length] ?? 'topic', items),
  );
  for (const { contender, open } of running) {
    let next = 0;
    const block = await closedLoop(CONCURRENT_CALLERS, plan.blockMs, () => {
      next += 1;
      return open.recall(queries[next % queries.length] ?? '');
    });
    const parameters = { memories: items.length, callers: CONCURRENT_CALLERS };
    measurements.add(contender.name, parameters, block);
  }
}

function singleTable(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  memories: number,
): Table {
  return {
    title: `Recall, one caller, ${memories.toLocaleString('en-US')} memories (ms)`,
    columns: [
      'system',
      'mean',
      'p50',
      'p95',
      'p99',
      ...QUERY_KINDS.flatMap((kind) => [`${kind} p50`, `${kind} p95`]),
      'v4 / ours (95 %)',
    ],
    rows: contenders.map(({ name }) => {
      const { mean, p50, p95, p99 } = findMedian(measurements, name, { memories, kind: 'all' });
      const byKind = QUERY_KINDS.flatMap((kind) => {
        const one = findMedian(measurements, name, { memories, kind });
        return [one.p50, one.p95];
      });
      return [
        name,
        ...[mean, p50, p95, p99, ...byKind].map(formatNumber),
        versusCell(measurements, contenders, {
          contender: name,
          parameters: { memories, kind: 'all' },
          figure: 'mean',
        }),
      ];
    }),
    notes: embeddingNotes(measurements, memories),
  };
}

/** Empty when no contender embeds. */
function embeddingNotes(measurements: readonly Measurement[], memories: number): string[] {
  if (!measurements.some(({ contender }) => contender === EMBEDDING)) return [];
  const parts = QUERY_KINDS.map((kind) => {
    const { p50, p95 } = findMedian(measurements, EMBEDDING, { memories, kind });
    return `${kind} ${formatNumber(p50 * 1000)} / ${formatNumber(p95 * 1000)} µs`;
  });
  return [`Making the vector of the query, which hybrid contains, p50 / p95: ${parts.join(', ')}.`];
}

function concurrentTable(
  measurements: readonly Measurement[],
  contenders: readonly Contender[],
  memories: number,
): Table {
  const parameters = { memories, callers: CONCURRENT_CALLERS };
  return {
    title: `Recall, ${CONCURRENT_CALLERS} callers, ${memories.toLocaleString('en-US')} memories`,
    columns: ['system', 'recalls/s', 'p50 ms', 'p95 ms', 'p99 ms', 'vs v4 (95 %)'],
    rows: contenders.map(({ name }) => {
      const { perSecond, p50, p95, p99 } = findMedian(measurements, name, parameters);
      return [
        name,
        ...[perSecond, p50, p95, p99].map(formatNumber),
        versusCell(measurements, contenders, { contender: name, parameters, figure: 'perSecond' }),
      ];
    }),
    notes: [],
  };
}
