import { setTimeout as pause } from 'node:timers/promises';
import type { ListInput } from '../../src/engine/index.ts';
import { at, mulberry32, pick } from '../random.ts';
import { type BlockResult, blockResult } from '../samples.ts';
import { type QueryKind, Workload, type WorkloadItem } from '../workload.ts';
import type { Scaled, ScaleTask } from './scale-task.ts';

type Engine = typeof import('../../src/engine/index.ts');
type Manager = Awaited<ReturnType<Engine['MemoryManagerFactory']['getManager']>>;

const GROUP = 256;
const LISTED = 20;

/** Opens the store of a fill as a fresh process does, and times each operation on it, one call after the other. Needs --expose-gc. */
export async function measureStore(task: ScaleTask): Promise<Scaled> {
  const { MemoryManagerFactory } = (await import(task.engineUrl)) as Engine;
  const openedAt = performance.now();
  // Without the operation cache, so that every answer is looked up.
  const manager = await MemoryManagerFactory.getManager({
    memory: { sqlite_path: task.path, cache_size: 0 },
  });
  const openMs = performance.now() - openedAt;
  const calls = new Calls(manager, task);
  const firstRecallMs = (await calls.recall('topic', 1)).mean;
  const blocks: Scaled['blocks'] = {
    'read by key': await calls.read(task.calls * 5),
    'list of 20': await calls.list({}, task.calls),
    'list of 20 by persona': await calls.list({ where: { persona: 'athena' } }, task.calls),
    'list of 20 with total': await calls.list({ withTotal: true }, task.calls),
    'recall by a topic': await calls.recall('topic', task.calls),
    'recall by a project': await calls.recall('project', task.calls),
    'recall by a question': await calls.recall('question', task.calls),
    context: await calls.context(task.calls),
    status: await calls.status(task.calls),
    store: await calls.store(task.calls * 5),
    'store, group of 256': await calls.storeGroups(task.calls),
  };
  globalThis.gc?.();
  await pause(20);
  globalThis.gc?.();
  const residentBytes = process.memoryUsage.rss();
  await manager.cleanup();
  return { openMs, firstRecallMs, residentBytes, blocks };
}

class Calls {
  readonly #manager: Manager;
  readonly #memories: ReturnType<Manager['namespace']>;
  readonly #sample: readonly WorkloadItem[];
  /** What is stored now has keys of its own. */
  readonly #fresh: Workload;
  readonly #prefix: string;
  readonly #random: () => number;

  constructor(manager: Manager, { sample, seed }: ScaleTask) {
    this.#manager = manager;
    this.#memories = manager.namespace('default');
    this.#sample = sample;
    this.#fresh = new Workload(seed);
    this.#prefix = `fresh_${seed}_`;
    this.#random = mulberry32(seed);
  }

  read(count: number): Promise<BlockResult> {
    return timed(count, async () => {
      const { key } = pick(this.#sample, this.#random);
      if ((await this.#memories.get({ key })) === null) throw new Error(`${key} is not there`);
    });
  }

  list(input: Pick<ListInput, 'where' | 'withTotal'>, count: number): Promise<BlockResult> {
    return timed(count, async () => {
      const { items } = await this.#memories.list({ withTotal: false, ...input, first: LISTED });
      if (items.length !== LISTED) throw new Error(`${items.length} memories of a list`);
    });
  }

  recall(kind: QueryKind, count: number): Promise<BlockResult> {
    return timed(count, async () => {
      const query = this.#fresh.query(kind, this.#sample);
      const { hits, degraded } = await this.#memories.recall({ query });
      if (hits.length === 0 || degraded) throw new Error(`recall of "${query}" is degraded`);
    });
  }

  context(count: number): Promise<BlockResult> {
    return timed(count, () => {
      const task = this.#fresh.query('question', this.#sample);
      return this.#memories.getContext('athena', task, {});
    });
  }

  status(count: number): Promise<BlockResult> {
    return timed(count, () => this.#memories.status());
  }

  store(count: number): Promise<BlockResult> {
    const items = this.#fresh.take(count);
    return timed(count, (call) => this.#store(at(items, call)));
  }

  /** A duration is that of a whole group, all of it begun at one moment. */
  storeGroups(count: number): Promise<BlockResult> {
    const items = this.#fresh.take(count * GROUP);
    return timed(count, (call) =>
      Promise.all(items.slice(call * GROUP, (call + 1) * GROUP).map((item) => this.#store(item))),
    );
  }

  #store({ key, value, metadata }: WorkloadItem): Promise<unknown> {
    return this.#manager.store(`${this.#prefix}${key}`, value, metadata);
  }
}

async function timed(
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<BlockResult> {
  const durations: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const calledAt = performance.now();
    await call(index);
    durations.push(performance.now() - calledAt);
  }
  return blockResult(durations, durations.reduce((sum, duration) => sum + duration, 0) / 1000);
}
