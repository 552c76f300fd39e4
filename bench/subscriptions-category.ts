import { setTimeout as pause } from 'node:timers/promises';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { findCell, Measurements } from './measurements.ts';
import { blockResult, median } from './samples.ts';
import { pacedStores } from './subscriptions/paced-stores.ts';
import { SubscriberProcess } from './subscriptions/subscriber-process.ts';
import { startWatchedServer, type WatchedServer } from './subscriptions/watched-server.ts';
import { formatNumber, type Table } from './table.ts';

const STATS = 1_000;
const CHANGES = 200;
const STORES_PER_SECOND = 500;
/** The first runs warm the server up, so that what it holds without subscribers is known. */
const WARM_UP_SECONDS = 2;
/** How long the last change may take to be told before it counts as missed. */
const DELIVERY_MS = 20_000;
/** The server looks whether a silent peer is still there every 12 s, and cuts it the next time. */
const SETTLE_MS = 30_000;

const CLOSING_MS = 200;

interface Scenario {
  readonly name: string;
  /** Nobody subscribes when absent. */
  readonly subscribers?: { readonly silentShare: number; readonly vanishingShare: number };
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'stores alone' },
  { name: 'all read', subscribers: { silentShare: 0, vanishingShare: 0 } },
  {
    name: 'a tenth silent, a tenth vanish',
    subscribers: { silentShare: 0.1, vanishingShare: 0.1 },
  },
];

/** 1,000 subscribers of `stats` and 200 of filtered `memoryChanges` on one server that takes 500 stores a second. */
export const subscriptionsCategory: BenchCategory = {
  name: 'subscriptions',

  async run(context) {
    const measurements = new Measurements('subscriptions');
    for (let round = 0; round < context.plan.subscriptionRounds; round += 1) {
      for (const scenario of SCENARIOS) {
        context.progress(`subscriptions: round ${round + 1}, ${scenario.name}`);
        await context.withDirectory((directory) =>
          play(context, directory, scenario, measurements),
        );
      }
    }
    return measurements.finish();
  },

  tables: (measurements) => [tableOf(measurements)],
};

/** A server of its own for each, so that none inherits what another one left behind. */
async function play(
  { plan, engineUrl }: BenchContext,
  directory: string,
  { name, subscribers }: Scenario,
  measurements: Measurements,
): Promise<void> {
  const server = await startWatchedServer(engineUrl, directory, {
    // One address holds them all.
    TRINITAS_SERVER__LIMITS__SUBSCRIPTIONS_PER_CLIENT: String(STATS + CHANGES),
  });
  const audience = new SubscriberProcess();
  try {
    await pacedStores(server.url, -1_000_000, STORES_PER_SECOND, WARM_UP_SECONDS);
    await closing(server);
    const before = await server.figures();
    if (subscribers !== undefined) {
      const { silentShare } = subscribers;
      const counts = { stats: STATS, changes: CHANGES, silentShare };
      await audience.obey({ order: 'connect', url: server.url, ...counts });
    }
    const connectedAt = performance.now();
    const connected = await server.figures();
    const [cpuBefore, startedAt] = [server.cpuSeconds(), performance.now()];
    const half = plan.subscriptionSeconds / 2;
    const first = await pacedStores(server.url, 0, STORES_PER_SECOND, half);
    if (subscribers !== undefined && subscribers.vanishingShare > 0)
      await audience.obey({ order: 'vanish', share: subscribers.vanishingShare });
    const sent = first.stored.length + first.refused;
    const second = await pacedStores(server.url, sent, STORES_PER_SECOND, half);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    const stores = first.stored.length + second.stored.length;
    const busy = await server.figures();

    const acknowledged = blockResult(
      [...first.durations, ...second.durations],
      first.seconds + second.seconds,
    );
    measurements.add(name, { figure: 'acknowledged' }, acknowledged);
    measurements.append(
      name,
      {},
      {
        cpuShare: cpuSeconds / seconds,
        cpuPerStore: cpuSeconds / stores,
        storesPerSecond: stores / seconds,
        refused: first.refused + second.refused,
      },
    );
    if (subscribers === undefined) return;
    const { delay, missed, duplicated, samples } = await audience.report(
      [...first.stored, ...second.stored],
      DELIVERY_MS,
    );
    const listened = (performance.now() - connectedAt) / 1000;
    measurements.add(name, { figure: 'delivered' }, delay);
    await audience.obey({ order: 'leave' });
    const after = await settled(server, before.handles);
    const count = STATS + CHANGES;
    measurements.append(
      name,
      {},
      {
        missed,
        duplicated,
        samplesPerSecond: samples / listened,
        connectedBytes: (connected.residentBytes - before.residentBytes) / count,
        busyBytes: (busy.residentBytes - before.residentBytes) / count,
        heapBytes: (busy.heapBytes - before.heapBytes) / count,
        leftHandles: after.handles - before.handles,
        leftHeapBytes: after.heapBytes - before.heapBytes,
        leftResidentBytes: after.residentBytes - before.residentBytes,
      },
    );
  } finally {
    await audience.stop();
    await server.stop();
  }
}

/** Waits until as many handles are open as before, or as long as the server may take to notice that a peer is gone. */
async function settled(
  server: WatchedServer,
  handles: number,
): ReturnType<WatchedServer['figures']> {
  const until = performance.now() + SETTLE_MS;
  while (server.handles() > handles && performance.now() < until) await pause(100);
  return await server.figures();
}

/** Waits while connections that nobody needs any more are being closed. */
async function closing(server: WatchedServer): Promise<void> {
  let handles = server.handles();
  for (let before = Number.POSITIVE_INFINITY; handles < before; handles = server.handles()) {
    before = handles;
    await pause(CLOSING_MS);
  }
}

function tableOf(measurements: readonly Measurement[]): Table {
  const row = (title: string, figureOf: (name: string) => number) => [
    title,
    ...SCENARIOS.map(({ name }) => formatNumber(figureOf(name))),
  ];
  const seriesOf = (name: string) => findCell(measurements, name, {}).series;
  const figure = (title: string, key: string, unit = 1) =>
    row(title, (name) => median(seriesOf(name)[key] ?? []) / unit);
  /** Of none a single one may be overlooked. */
  const worst = (title: string, key: string) =>
    row(title, (name) => Math.max(...(seriesOf(name)[key] ?? [Number.NaN])));
  const block = (title: string, cell: string, key: 'p50' | 'p99') =>
    row(
      title,
      (name) =>
        measurements.find(
          ({ contender, parameters }) => contender === name && parameters['figure'] === cell,
        )?.median[key] ?? Number.NaN,
    );
  return {
    title: `${STATS.toLocaleString('en-US')} subscribers of stats, ${CHANGES} of filtered memoryChanges, ${STORES_PER_SECOND} stores/s`,
    columns: ['', ...SCENARIOS.map(({ name }) => name)],
    rows: [
      figure('stores/s', 'storesPerSecond'),
      worst('stores refused with OVERLOADED', 'refused'),
      block('store acknowledged, p50 ms', 'acknowledged', 'p50'),
      block('store acknowledged, p99 ms', 'acknowledged', 'p99'),
      block('change delivered, p50 ms', 'delivered', 'p50'),
      block('change delivered, p99 ms', 'delivered', 'p99'),
      worst('changes missed', 'missed'),
      worst('changes told twice', 'duplicated'),
      figure('samples of stats/s', 'samplesPerSecond'),
      figure('server CPU, cores', 'cpuShare'),
      figure('server CPU, ms per store', 'cpuPerStore', 1e-3),
      figure('resident KB per subscriber, connected', 'connectedBytes', 1e3),
      figure('resident KB per subscriber, under load', 'busyBytes', 1e3),
      figure('heap KB per subscriber, under load', 'heapBytes', 1e3),
      worst('handles left afterwards', 'leftHandles'),
      figure('heap MB left afterwards', 'leftHeapBytes', 1e6),
      figure('resident MB left afterwards', 'leftResidentBytes', 1e6),
    ],
    notes: [
      'Delivery is timed from sending the store over HTTP to the receipt by a subscriber, so it holds the commit; every subscriber has a socket of its own.',
      'Each memoryChanges filter matches one store in 20. Resident memory of the allocator does not shrink at once: heap and handles tell what is left.',
    ],
  };
}
