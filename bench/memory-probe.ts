import { setTimeout as pause } from 'node:timers/promises';
import type { OpenContender } from './contender.ts';
import { MEMORY_CONTENDERS } from './memory-contenders.ts';
import type { MemoryProfile, MemorySample, MemoryTask } from './memory-profile.ts';
import { at } from './random.ts';
import { QUERY_KINDS, Workload, type WorkloadItem } from './workload.ts';

/*
 * Started by memory-profile.ts with a task as its argument and with --expose-gc; prints a MemoryProfile.
 *
 * The pooled engine's stores are acknowledged one by one, 256 at a time. Those of v4 and of sqlite_sync, which would make a commit of
 * each, stand under one commit per 256: that changes nothing about what they keep in memory, and saves the fsyncs of 200,000 commits.
 */

const GROUP = 256;
const GROUP_COMMITTING = 'sqlite FULL';
const WARM_UP = 2_000;
const SAMPLES = 10;
/** Rounds that only fill caches to their bounds, and rounds that are looked at. */
const SETTLING_ROUNDS = 4;
const STEADY_ROUNDS = 12;
const OVERWRITES = 1_000;
const RECALLS = 40;

const task = JSON.parse(process.argv[2] ?? '') as MemoryTask;
const contender = MEMORY_CONTENDERS.find(({ name }) => name === task.contender);
if (contender === undefined) throw new Error(`no system ${task.contender}`);
const open = await contender.open(task.directory, task.engineUrl);
const profile = await watch(open, contender.name !== GROUP_COMMITTING);
await open.close();
process.stdout.write(JSON.stringify(profile));

async function watch(system: OpenContender, inGroups: boolean): Promise<MemoryProfile> {
  const workload = new Workload(task.seed);
  const first = workload.take(OVERWRITES);
  const storeAll = (items: readonly WorkloadItem[]) =>
    inGroups ? system.fill(items) : Promise.all(items.map((item) => system.store(item)));
  const storeNext = async (count: number) => {
    for (let stored = 0; stored < count; stored += GROUP)
      await storeAll(workload.take(Math.min(GROUP, count - stored)));
  };
  await storeAll(first);
  await storeNext(WARM_UP);
  const before = await sample();

  const growing: MemorySample[] = [];
  for (let step = 0; step < SAMPLES; step += 1) {
    await storeNext(Math.round(task.stores / SAMPLES));
    growing.push(await sample());
  }

  // The same questions in every round: new ones would go on filling the operation cache up to its bound.
  const queries = Array.from({ length: RECALLS }, (_, index) =>
    workload.query(at(QUERY_KINDS, index % QUERY_KINDS.length), first),
  );
  const steady: MemorySample[] = [];
  for (let round = 0; round < SETTLING_ROUNDS + STEADY_ROUNDS; round += 1) {
    for (let start = 0; start < first.length; start += GROUP)
      await storeAll(first.slice(start, start + GROUP));
    for (const query of queries) await system.recall(query);
    const taken = await sample();
    if (round >= SETTLING_ROUNDS) steady.push(taken);
  }
  return { before, growing, steady };
}

/** Two collections with a turn of the event loop between, for what finalizers set free. */
async function sample(): Promise<MemorySample> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run with --expose-gc');
  collect();
  await pause(20);
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed + external };
}
