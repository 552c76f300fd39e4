import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rotated } from '../rotated.ts';
import type { PeerSource } from './peer.ts';
import type { PeerPlan } from './peer-plan.ts';
import { PeerRecord } from './peer-record.ts';
import {
  ask,
  countSyncsOfStores,
  STORES_OF_ROUND,
  storeSome,
  WARM_UP_STORES,
  warmUpRecall,
  warmUpStore,
} from './peer-rounds.ts';

/** What one run does. */
export interface PeerRun {
  readonly sources: readonly PeerSource[];
  /** With `QUESTIONS` of each kind for each round. */
  readonly plan: PeerPlan;
  readonly rounds: number;
  readonly directory: string;
  /** A compiled `engine/index.js`. */
  readonly engineUrl: string;
  progress(message: string): void;
}

/** Loading may take so long; a peer that is not done by then takes no part. */
const FILL_MS = 90_000;
const FILL_BATCH = 200;

/**
 * All peers at one size, in interleaved rounds: first what recalls, on exactly that many memories, then what stores. A peer that fails is left
 * out from there on, with the reason.
 */
export async function measurePeers(run: PeerRun): Promise<readonly PeerRecord[]> {
  const { plan } = run;
  const memories = plan.items.length;
  const records = run.sources.map(({ name }) => new PeerRecord(name, memories));
  const forEach = async (
    round: number,
    step: string,
    work: (record: PeerRecord) => Promise<void>,
  ) => {
    for (const record of rotated(records, round)) {
      if (record.failure === null) run.progress(`${record.name}: ${step}`);
      await record.attempt(() => work(record));
    }
  };
  try {
    for (const [index, source] of run.sources.entries()) {
      const record = records[index];
      run.progress(`${source.name}: loads ${memories} memories`);
      await record?.attempt(() => load(source, run, record));
    }
    await forEach(0, 'warms up to recall', warmUpRecall);
    for (let round = 0; round < run.rounds; round += 1)
      await forEach(round, `recalls, round ${round + 1}`, (record) => ask(record, plan, round));
    const first = plan.take(WARM_UP_STORES);
    await forEach(0, 'warms up to store', (record) => warmUpStore(record, first));
    for (let round = 0; round < run.rounds; round += 1) {
      const fresh = plan.take(STORES_OF_ROUND);
      await forEach(round, `stores, round ${round + 1}`, (record) => storeSome(record, fresh));
    }
    const last = plan.take(STORES_OF_ROUND);
    await forEach(0, 'stores under strace', (record) => countSyncsOfStores(record, last));
  } finally {
    for (const record of records) await record.close();
  }
  return records;
}

/** Loads, closes and opens again: the files are then at rest, and what is measured came from them. */
async function load(source: PeerSource, run: PeerRun, record: PeerRecord): Promise<void> {
  const { items } = run.plan;
  const directory = join(run.directory, source.name.replace(/\W+/g, '-'), String(items.length));
  await mkdir(directory, { recursive: true });
  const open = async () => record.open(await source.open({ directory, engineUrl: run.engineUrl }));
  await open();
  const startedAt = performance.now();
  for (let start = 0; start < items.length; start += FILL_BATCH) {
    if (performance.now() - startedAt > FILL_MS)
      throw new Error(`loaded ${start} of ${items.length} memories in ${FILL_MS / 1000} s`);
    await record.peer.fill(items.slice(start, start + FILL_BATCH));
  }
  await record.close();
  record.fileBytes = await bytesOf(directory);
  await open();
}

/** Of all files below. */
async function bytesOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}
