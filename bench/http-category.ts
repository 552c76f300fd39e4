import type { BenchCategory, Measurement } from './category.ts';
import {
  cpuOf,
  measureVariants,
  type NamedRequest,
  type NamedVariant,
} from './http/measure-variants.ts';
import { LARGE_KEY, LISTED, type ServerVariant } from './http/server-variant.ts';
import { findCell } from './measurements.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';
import { measured, ratioAgainst } from './versus.ts';

const LIST: NamedRequest = {
  name: 'list',
  request: {
    query:
      'query List($first: Int) { memories(first: $first) { nodes { id key value metadata section importance version createdAt } } }',
    variables: { first: LISTED },
  },
  amount: 2_000,
};
const LARGE: NamedRequest = {
  name: 'large value',
  request: {
    query: 'query Large($key: String!) { memory(by: { key: $key }) { key value } }',
    variables: { key: LARGE_KEY },
  },
  amount: 60,
};

const CONSTANT = 'constant resolvers';
const SQLITE = 'SQLite';

/** Each step of the way on top of the one before; the last two differ in where the twenty memories come from. */
function ladder(engineUrl: string): readonly NamedVariant[] {
  const base: ServerVariant = { engineUrl, kind: 'trinitas', source: 'constant', cacheSize: 0 };
  const bare = { ...base, kind: 'bare-yoga' } as const;
  return [
    { name: 'node:http, JSON only', variant: { ...base, kind: 'node' } },
    {
      name: 'Yoga, no document cache, body counted',
      variant: { ...bare, yoga: { documentCache: false, countBody: true } },
    },
    {
      name: 'Yoga, body counted',
      variant: { ...bare, yoga: { documentCache: true, countBody: true } },
    },
    { name: 'Yoga', variant: { ...bare, yoga: { documentCache: true, countBody: false } } },
    { name: 'server, all through Yoga', variant: { ...base, fastLane: false } },
    { name: CONSTANT, variant: base },
    { name: SQLITE, variant: { ...base, source: 'sqlite' } },
    { name: 'SQLite, operation cache', variant: { ...base, source: 'sqlite', cacheSize: 1_000 } },
  ];
}

function largeValue(engineUrl: string): readonly NamedVariant[] {
  const base: ServerVariant = { engineUrl, kind: 'trinitas', source: 'sqlite', cacheSize: 1_000 };
  return [
    { name: 'all through Yoga: parsed and written', variant: { ...base, fastLane: false } },
    { name: 'fast lane: text as it is stored', variant: base },
  ];
}

/** One GraphQL read over HTTP, and what each step of its way costs. */
export const httpCategory: BenchCategory = {
  name: 'http',

  async run(context) {
    const { engineUrl } = context;
    const list = await measureVariants(context, 'http', ladder(engineUrl), [LIST]);
    const large = await measureVariants(context, 'http', largeValue(engineUrl), [LARGE]);
    return [...list.finish(), ...large.finish()];
  },

  tables(measurements) {
    return [
      tableOf(measurements, LIST, `A list of ${LISTED} memories with 8 fields over HTTP`, CONSTANT),
      tableOf(measurements, LARGE, 'One value of a megabyte over HTTP', null),
    ];
  },

  ratios(measurements) {
    const parameters = { answer: LIST.name };
    const versus = (contender: string) => ({ contender, parameters, figure: 'perSecond' }) as const;
    return measured([
      ratioAgainst(measurements, CONSTANT, versus(SQLITE), {
        name: 'httpRead',
        what: 'reads/s over HTTP, a list from SQLite / the same server with constant resolvers',
      }),
      ratioAgainst(measurements, 'server, all through Yoga', versus(CONSTANT), {
        name: 'httpFastLane',
        what: 'reads/s over HTTP with constant resolvers, fast lane / all through Yoga',
      }),
    ]);
  },
};

function tableOf(
  measurements: readonly Measurement[],
  { name: answer }: NamedRequest,
  title: string,
  reference: string | null,
): Table {
  const cells = measurements.filter(({ parameters }) => parameters['answer'] === answer);
  const base =
    reference === null ? cells[0]?.median : findCell(cells, reference, { answer }).median;
  return {
    title,
    columns: ['variant', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', `vs ${reference ?? 'first'}`],
    rows: cells.map((cell) => [
      cell.contender,
      ...[cell.median.perSecond, cell.median.p50, cell.median.p99].map(formatNumber),
      formatNumber(cpuOf(cell)),
      formatRatio(cell.median.perSecond / (base?.perSecond ?? Number.NaN)),
    ]),
    notes: [
      '8 connections from a process of its own, autocannon; CPU of the server with all its threads, for one request.',
    ],
  };
}
