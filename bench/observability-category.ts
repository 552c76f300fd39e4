import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchCategory, Measurement } from './category.ts';
import {
  cpuOf,
  measureVariants,
  type NamedRequest,
  type NamedVariant,
} from './http/measure-variants.ts';
import { LISTED, type ServerVariant } from './http/server-variant.ts';
import { findCell } from './measurements.ts';
import { ratioOf } from './statistics/ratio.ts';
import { formatNumber, formatRatio } from './table.ts';

const LIST: NamedRequest = {
  name: 'list',
  request: {
    query: 'query List($first: Int) { memories(first: $first) { nodes { id key version } } }',
    variables: { first: LISTED },
  },
  amount: 2_000,
};

const OFF = 'all off';

/** The same request from SQLite with one feature after the other; `all off` twice shows how far equal servers differ. */
function variants(
  engineUrl: string,
  againstUrl: string | null,
  collectorUrl: string,
): readonly NamedVariant[] {
  const base: ServerVariant = { engineUrl, kind: 'trinitas', source: 'sqlite', cacheSize: 0 };
  const off = { metrics: false };
  const traced = { ...off, 'tracing.otlp_url': collectorUrl };
  return [
    ...(againstUrl === null
      ? []
      : [{ name: 'other build', variant: { ...base, engineUrl: againstUrl } }]),
    { name: OFF, variant: { ...base, settings: off } },
    { name: 'all off, once more', variant: { ...base, settings: off } },
    { name: 'metrics', variant: { ...base, settings: { metrics: true } } },
    { name: 'debug log', variant: { ...base, settings: { ...off, log_level: 'debug' } } },
    {
      name: 'traces, 1 in 100',
      variant: { ...base, settings: { ...traced, 'tracing.sample_ratio': 0.01 } },
    },
    { name: 'traces, all', variant: { ...base, settings: traced } },
  ];
}

/** What seeing inside costs a request. */
export const observabilityCategory: BenchCategory = {
  name: 'observability',

  async run(context) {
    const collector = await startCollector();
    try {
      const compared = variants(context.engineUrl, context.againstUrl ?? null, collector.url);
      return (await measureVariants(context, 'observability', compared, [LIST])).finish();
    } finally {
      collector.stop();
    }
  },

  tables(measurements) {
    const parameters = { answer: LIST.name };
    const off = findCell(measurements, OFF, parameters);
    return [
      {
        title: 'What seeing inside costs: a list of 20 memories with 3 fields over HTTP',
        columns: ['server', 'CPU µs', `vs ${OFF}`, 'requests/s'],
        rows: measurements.map((cell) => [
          cell.contender,
          formatNumber(cpuOf(cell)),
          againstOff(cell, off),
          formatNumber(cell.median.perSecond),
        ]),
        notes: [
          'CPU of the server with all its threads, for one request; in brackets the 95 % interval over the rounds.',
        ],
      },
    ];
  },
};

function againstOff(cell: Measurement, off: Measurement): string {
  const name = { name: cell.contender, what: 'CPU of a request', better: 'lower' } as const;
  const [over, under] = [cell, off].map(({ series }) => series['cpuMicroseconds'] ?? []);
  const { value, low, high } = ratioOf(name, over ?? [], under ?? []);
  return `${formatRatio(value)} (${formatRatio(low)}–${formatRatio(high)})`;
}

/** Takes spans over OTLP/HTTP and forgets them. */
async function startCollector(): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
