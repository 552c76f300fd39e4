import { join } from 'node:path';
import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { closedLoop } from './closed-loop.ts';
import { measureVariants, type NamedRequest, type NamedVariant } from './http/measure-variants.ts';
import type { ServerVariant } from './http/server-variant.ts';
import { findMedian, Measurements } from './measurements.ts';
import { type ParticipantServers, startParticipants } from './participant-servers.ts';
import { mulberry32, pick } from './random.ts';
import { rotated } from './rotated.ts';
import { formatNumber, formatRatio, type Table } from './table.ts';

type Engine = typeof import('../src/engine/index.ts');
type Manager = Awaited<ReturnType<Engine['MemoryManagerFactory']['getManager']>>;
type Config = NonNullable<Parameters<Engine['MemoryManagerFactory']['getManager']>[0]>;
type MemorySettings = NonNullable<Config['memory']>;

const [OFF, ON, DOWN] = ['off: SQLite alone', 'on', 'down: both killed'] as const;
const SYSTEMS = [OFF, ON, DOWN];
const [STORE_WORKING, STORE_FACT, READ] = [
  'store, cached section',
  'store, published section',
  'point read',
] as const;
const CALLS = [STORE_WORKING, STORE_FACT, READ];
/** Memories that are read. */
const KEYS = Array.from({ length: 200 }, (_, index) => `working_${index}`);
const CALLERS = 4;
const TEXT = 'owls hunt at night by hearing and fly without a sound through the old forest';

const POINT: NamedRequest = {
  name: 'point read',
  request: {
    query: 'query Point($key: String!) { memory(by: { key: $key }) { key value version } }',
    variables: { key: 'fact_7' },
  },
  amount: 3_000,
};
const [UNCACHED, FROM_REDIS, CACHED] = [
  'SQLite, no cache',
  'Redis, no cache in the process',
  'Redis and the cache in the process',
] as const;

/** What Redis and Chroma cost and bring: there, not configured, and dead; and a cached read over HTTP. */
export const hybridCategory: BenchCategory = {
  name: 'hybrid',

  async run(context) {
    const engine = await measureEngines(context);
    const http = await measureHttp(context);
    return [...engine, ...http];
  },

  tables(measurements) {
    return [
      ...CALLS.map((call) =>
        tableOf(measurements, `Redis and Chroma: ${call}, ${CALLERS} callers`, SYSTEMS, { call }),
      ),
      tableOf(
        measurements,
        'A point read through GraphQL, cached and not',
        [UNCACHED, FROM_REDIS, CACHED],
        { answer: POINT.name },
      ),
    ];
  },
};

function measureEngines(context: BenchContext): Promise<readonly Measurement[]> {
  return context.withDirectory(async (directory) => {
    const { MemoryManagerFactory } = (await import(context.engineUrl)) as Engine;
    const closing: (() => Promise<void>)[] = [];
    const open = async (name: string, settings: MemorySettings) => {
      const path = join(directory, `${name.replace(/\W+/g, '-')}.db`);
      // Without the cache in the process: what is measured is what lies behind it.
      const memory = { sqlite_path: path, cache_size: 0, ...settings };
      const manager = await MemoryManagerFactory.getManager({ memory });
      closing.push(() => manager.cleanup());
      await manager.storeMany(KEYS.map((key) => ({ key, value: { text: TEXT } })));
      return { name, manager };
    };
    const startServers = async (name: string) => {
      const servers = await startParticipants(join(directory, name));
      closing.push(() => servers.kill());
      return servers;
    };
    try {
      const on = await startServers('on');
      const down = await startServers('down');
      const systems = [
        await open(OFF, { backend: 'sqlite' }),
        await open(ON, hybridOn(on)),
        await open(DOWN, hybridOn(down)),
      ];
      await down.kill();
      const measurements = await measureRounds(context, systems);
      await expectHits(on, measurements);
      return measurements;
    } finally {
      for (const close of closing.reverse()) await close();
    }
  });
}

function hybridOn({ redisUrl, chromaUrl }: ParticipantServers): MemorySettings {
  return { backend: 'hybrid', redis_url: redisUrl, chroma_url: chromaUrl };
}

async function measureRounds(
  { plan, seed, progress }: BenchContext,
  systems: readonly { readonly name: string; readonly manager: Manager }[],
): Promise<readonly Measurement[]> {
  const measurements = new Measurements('hybrid');
  for (const call of CALLS) for (const { name } of systems) measurements.state(name, { call }, {});
  let stored = 0;
  // The first round warms up, and lets the breakers of what is down open.
  for (let round = -1; round < plan.rounds; round += 1) {
    progress(`hybrid: round ${round + 1}/${plan.rounds}`);
    for (const { name, manager } of rotated(systems, round + 1)) {
      const memories = manager.namespace('default');
      const random = mulberry32(seed + round);
      const store = (section: 'working_memory' | 'semantic_memory') => () => {
        stored += 1;
        return memories.store({ key: `${section}_${stored}`, value: { text: TEXT }, section });
      };
      const calls = {
        [STORE_WORKING]: store('working_memory'),
        [STORE_FACT]: store('semantic_memory'),
        [READ]: () => memories.get({ key: pick(KEYS, random) }),
      };
      for (const call of CALLS) {
        const block = await closedLoop(CALLERS, plan.blockMs, calls[call]);
        if (round >= 0) measurements.add(name, { call }, block);
      }
    }
  }
  return measurements.finish();
}

function measureHttp(context: BenchContext): Promise<readonly Measurement[]> {
  return context.withDirectory(async (directory) => {
    const servers = await startParticipants(directory);
    try {
      const { engineUrl } = context;
      const base: ServerVariant = { engineUrl, kind: 'trinitas', source: 'sqlite', cacheSize: 0 };
      const memory: MemorySettings = {
        backend: 'hybrid',
        redis_url: servers.redisUrl,
        redis_sections: ['working_memory', 'semantic_memory', 'learning_data'],
      };
      const variants: readonly NamedVariant[] = [
        { name: UNCACHED, variant: base },
        { name: FROM_REDIS, variant: { ...base, memory } },
        { name: CACHED, variant: { ...base, memory, cacheSize: 1_000 } },
      ];
      const measurements = (await measureVariants(context, 'hybrid', variants, [POINT])).finish();
      await expectHits(servers, measurements);
      return measurements;
    } finally {
      await servers.kill();
    }
  });
}

/** That what is said to be read from the cache was: at least what the rounds alone read from it. */
async function expectHits(
  servers: ParticipantServers,
  measurements: readonly Measurement[],
): Promise<void> {
  const reads = measurements
    .filter(({ contender }) => contender === FROM_REDIS || contender === ON)
    .filter(({ parameters }) => parameters['call'] === READ || parameters['answer'] === POINT.name)
    .flatMap(({ rounds }) => rounds.map(({ operations }) => operations))
    .reduce((sum, operations) => sum + operations, 0);
  const hits = await servers.hits();
  // The first read of each memory finds nothing, and a store takes the cached one away.
  if (!(hits >= reads / 2))
    throw new Error(`Redis had ${hits} of ${reads} memories that were read`);
}

function tableOf(
  measurements: readonly Measurement[],
  title: string,
  systems: readonly string[],
  parameters: Measurement['parameters'],
): Table {
  const [first = ''] = systems;
  const base = findMedian(measurements, first, parameters);
  return {
    title,
    columns: ['system', 'calls/s', 'p50 ms', 'p95 ms', 'p99 ms', 'p50 vs first'],
    rows: systems.map((name) => {
      const { perSecond, p50, p95, p99 } = findMedian(measurements, name, parameters);
      return [name, ...[perSecond, p50, p95, p99].map(formatNumber), formatRatio(p50 / base.p50)];
    }),
    notes: [],
  };
}
