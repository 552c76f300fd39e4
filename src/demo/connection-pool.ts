import type { PoolStatistics, Statistics } from '../engine/index.ts';
import type { Demonstration, Stage } from './demonstration.ts';

/** Largest batch of the API. */
const BATCH = 1_000;

export const connectionPool: Demonstration = {
  name: 'pool',
  title: 'Connection pooling',
  proves:
    'Many callers share few connections: one writer, and readers that are chosen by load. The pool counts what it does and is ' +
    'resized while it works.',

  async run(stage) {
    const { engine, memories, size, check, measured } = stage;
    await fill(stage);
    const [reads, readers, writer] = [Math.max(64, size), await poolOf(stage, 'reader'), 'writer'];
    check(
      `one writer and ${readers.size === 1 ? 'one reader' : `${readers.size} readers`} serve the store`,
      (await poolOf(stage, writer)).size === 1 && readers.size >= 1,
    );

    const answers = await Promise.all(
      Array.from({ length: reads }, (_, index) =>
        memories.list({
          where: { key: { eq: `note_${index % size}` } },
          first: 1,
          withTotal: false,
        }),
      ),
    );
    check(
      `${reads} reads at once are all answered rightly`,
      answers.every(({ items }, index) => items[0]?.memory.key === `note_${index % size}`),
    );
    const busy = await poolOf(stage, 'reader');
    const asked = requestsOf(busy) - requestsOf(readers);
    check(
      'on the connections there were: none was added, lost or replaced',
      busy.size === readers.size && busy.respawns === readers.respawns,
    );
    check('nobody was turned away, and the queue is empty again', busy.queued === 0);
    check(
      'every connection is healthy and has answered all it was asked',
      busy.connections.every(({ state, successRate }) => state === 'OK' && successRate === 100),
      busy.connections,
    );
    measured({ name: 'reads', value: reads, text: `${reads} reads, ${asked} of them by a reader` });
    measured({
      name: 'waitP95Ms',
      value: busy.wait.p95,
      text: `wait for a connection p95 ${busy.wait.p95.toFixed(2)} ms, utilisation ${busy.utilization.toFixed(0)} %`,
    });

    await resize(stage, readers.size + 1);
    check(
      'a reader more, without closing anything',
      (await poolOf(stage, 'reader')).size === readers.size + 1,
    );
    await resize(stage, readers.size);
    check('and back again', (await poolOf(stage, 'reader')).size === readers.size);
    check('the engine is well', engine.health().state === 'OK', engine.health().checks);
  },
};

async function fill({ memories, size }: Stage): Promise<void> {
  for (let start = 0; start < size; start += BATCH) {
    const length = Math.min(BATCH, size - start);
    await memories.storeMany(
      Array.from({ length }, (_, index) => ({
        key: `note_${start + index}`,
        value: `note number ${start + index}`,
      })),
    );
  }
}

async function resize({ memories }: Stage, connections: number): Promise<void> {
  await memories.applyOptimizations({
    actions: [{ type: 'connection_pool_tuning', connections }],
  });
}

async function poolOf({ engine }: Stage, name: string): Promise<PoolStatistics> {
  const { backend }: Statistics = await engine.statistics();
  const pool = backend.pools.find((one) => one.name.startsWith(name));
  if (pool === undefined)
    throw new Error(`no pool ${name} among ${backend.pools.map((one) => one.name)}`);
  return pool;
}

function requestsOf({ connections }: PoolStatistics): number {
  return connections.reduce((sum, { requests }) => sum + requests, 0);
}
