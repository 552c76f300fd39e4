import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { cpuOf } from './http/measure-variants.ts';
import {
  type GraphqlRequest,
  ServerUnderLoad,
  variantDirectory,
} from './http/server-under-load.ts';
import { LISTED, MEMORIES, type ServerVariant } from './http/server-variant.ts';
import { Measurements } from './measurements.ts';
import { rotated } from './rotated.ts';
import { blockResult } from './samples.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';
import { measured, ratioAgainst, type Versus } from './versus.ts';

/** Divided among the processes of a contender: the same load for each. */
const CONNECTIONS = 12;
/** V8 compiles the whole path within the first thousands of requests. */
const WARM_UP_ROUNDS = 1;
/** Autocannon ends with a full second anyway, so that a shorter block would only measure less. */
const LEAST_BLOCK_MS = 950;

const ALONE = 'one process';
const UNCACHED = 'one process, no operation cache';
const ONE = 'owner and 1 replica';
const TWO = 'owner and 2 replicas';

interface Read {
  readonly name: string;
  /** End of the names of its ratios. */
  readonly ratio: string;
  readonly requests: readonly GraphqlRequest[];
}

const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index);

const READS: readonly Read[] = [
  {
    name: 'point read',
    ratio: 'Point',
    requests: numbers(MEMORIES).map((index) => ({
      query: 'query Point($key: String!) { memory(by: { key: $key }) { id key value version } }',
      variables: { key: `fact_${index}` },
    })),
  },
  {
    name: 'list',
    ratio: 'List',
    requests: numbers(LISTED / 2).map((index) => ({
      query:
        'query List($first: Int) { memories(first: $first) { nodes { id key value metadata section importance version createdAt } } }',
      variables: { first: LISTED - index },
    })),
  },
  {
    name: 'recall',
    ratio: 'Recall',
    requests: numbers(MEMORIES).map((index) => ({
      query:
        'query Recall($query: String!) { recall(query: $query, first: 10, touch: false) { edges { node { id key value } } } }',
      variables: { query: `owls at night ${index}` },
    })),
  },
];

/** The same reads by one process and by several processes on one file, which share all cores of the machine with the load. */
export const replicasCategory: BenchCategory = {
  name: 'replicas',

  async run(context) {
    const measurements = new Measurements('replicas');
    await context.withDirectory(async (directory) => {
      const servers: ServerUnderLoad[] = [];
      try {
        const contenders = await start(context, directory, servers);
        for (const read of READS) await measureRead(context, contenders, read, measurements);
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    });
    return measurements.finish();
  },

  tables(measurements) {
    return READS.map(({ name }) => tableOf(measurements, name));
  },

  ratios(measurements) {
    return measured(
      READS.flatMap(({ name: answer, ratio }) => [
        ratioAgainst(measurements, ALONE, versus(ONE, answer), {
          name: `replicas1${ratio}`,
          what: `reads/s over HTTP, ${answer}, ${ONE} / ${ALONE}`,
        }),
        ratioAgainst(measurements, ALONE, versus(TWO, answer), {
          name: `replicas2${ratio}`,
          what: `reads/s over HTTP, ${answer}, ${TWO} / ${ALONE}`,
        }),
      ]),
    );
  },
};

const versus = (contender: string, answer: string): Versus => ({
  contender,
  parameters: { answer },
  figure: 'perSecond',
});

interface RunningContender {
  readonly name: string;
  readonly servers: readonly ServerUnderLoad[];
}

/** All processes run all the time; those without load only look for changes. Each is added to `servers` as it starts. */
async function start(
  { engineUrl }: BenchContext,
  directory: string,
  servers: ServerUnderLoad[],
): Promise<readonly RunningContender[]> {
  const base: ServerVariant = { engineUrl, kind: 'trinitas', source: 'sqlite', cacheSize: 1_000 };
  const open = async (variant: ServerVariant, place: number): Promise<ServerUnderLoad> => {
    const server = await ServerUnderLoad.start(variant, variantDirectory(directory, place));
    servers.push(server);
    return server;
  };
  const owner = await open(base, 0);
  const uncached = await open({ ...base, cacheSize: 0 }, 1);
  const replica: ServerVariant = { ...base, memory: { replica: true } };
  const [first, second] = [await open(replica, 0), await open(replica, 0)];
  return [
    { name: ALONE, servers: [owner] },
    { name: UNCACHED, servers: [uncached] },
    { name: ONE, servers: [owner, first] },
    { name: TWO, servers: [owner, first, second] },
  ];
}

async function measureRead(
  { plan, progress }: BenchContext,
  contenders: readonly RunningContender[],
  { name: answer, requests }: Read,
  measurements: Measurements,
): Promise<void> {
  // Named before the rounds, so that a report keeps the order of the list.
  for (const { name } of contenders) measurements.state(name, { answer }, {});
  const milliseconds = Math.max(LEAST_BLOCK_MS, plan.blockMs);
  const [request] = requests;
  if (request === undefined) throw new Error('there is nothing to ask');
  for (const { servers } of contenders) for (const server of servers) await server.ask(request);
  for (let round = -WARM_UP_ROUNDS; round < plan.rounds; round += 1) {
    progress(`${answer}: round ${round + 1}/${plan.rounds}`);
    for (const { name, servers } of rotated(contenders, round + WARM_UP_ROUNDS)) {
      const before = await cpuTogether(servers);
      const durations = (
        await Promise.all(
          servers.map((server) =>
            server.keepBusy(requests, {
              milliseconds,
              connections: CONNECTIONS / servers.length,
            }),
          ),
        )
      ).flat();
      const cpu = (await cpuTogether(servers)) - before;
      if (round < 0) continue;
      measurements.add(name, { answer }, blockResult(durations, milliseconds / 1_000));
      measurements.append(name, { answer }, { cpuMicroseconds: cpu / durations.length });
    }
  }
}

async function cpuTogether(servers: readonly ServerUnderLoad[]): Promise<number> {
  const times = await Promise.all(servers.map((server) => server.cpu()));
  return times.reduce((sum, time) => sum + time, 0);
}

function tableOf(measurements: readonly Measurement[], answer: string): Table {
  const cells = measurements.filter(({ parameters }) => parameters['answer'] === answer);
  return {
    title: `Several processes on one file over HTTP: ${answer}`,
    columns: ['processes', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', `vs ${ALONE}`],
    rows: cells.map((cell) => [
      cell.contender,
      ...[cell.median.perSecond, cell.median.p50, cell.median.p99].map(formatNumber),
      formatNumber(cpuOf(cell)),
      versusOne(measurements, cell.contender, answer),
    ]),
    notes: [
      `${CONNECTIONS} connections from a process of its own, autocannon, spread evenly over the processes; it takes its share of the cores. CPU of all servers of a row with their threads, for one request.`,
    ],
  };
}

/** With the 95 % interval over the rounds in brackets. */
function versusOne(
  measurements: readonly Measurement[],
  contender: string,
  answer: string,
): string {
  const ratio = ratioAgainst(measurements, ALONE, versus(contender, answer), {
    name: '',
    what: '',
  });
  if (ratio === null || contender === ALONE) return '-';
  return `${formatRatio(ratio.value)} (${formatRatio(ratio.low)}–${formatRatio(ratio.high)})`;
}
