import { at } from '../random.ts';
import { TOPICS } from '../word-list.ts';
import type { WorkloadItem } from '../workload.ts';
import { boundedCalls } from './bounded-calls.ts';
import { countSyncs } from './count-syncs.ts';
import { residentBytesOf } from './peer.ts';
import { KINDS, type PeerPlan } from './peer-plan.ts';
import type { PeerRecord } from './peer-record.ts';

/** Of each kind in a round. */
export const QUESTIONS = 100;
/** Memories that a round stores. */
export const STORES_OF_ROUND = 500;
/** Of these by one caller, the others by `CALLERS` at a time. */
const STORES_OF_ONE_CALLER = 100;
export const CALLERS = 16;
const STORES_UNDER_STRACE = 20;
/** No call of a measured block begins later. */
const BLOCK_MS = 2_500;
/** The same of what only warms up or checks. */
const CHECK_MS = 1_000;
/** Stores that warm up, by `CALLERS` at a time. */
export const WARM_UP_STORES = 200;
/** Neighbours in the order of storing should not follow each other; no size is a multiple of it. */
const STRIDE = 97;

/** Recalls that are not measured; their queries are asked nowhere else. */
export async function warmUpRecall({ peer }: PeerRecord): Promise<void> {
  await boundedCalls(TOPICS, 1, CHECK_MS, (topic) => peer.recall(topic));
}

/** Stores that are not measured. */
export async function warmUpStore(
  { peer }: PeerRecord,
  fresh: readonly WorkloadItem[],
): Promise<void> {
  await boundedCalls(fresh, CALLERS, CHECK_MS, (item) => peer.store(item));
}

/** Questions of both kinds and reads by key, by one caller. Rejects when a memory that was loaded is not there. */
export async function ask(record: PeerRecord, plan: PeerPlan, round: number): Promise<void> {
  const { peer } = record;
  const first = round * QUESTIONS;
  for (const kind of KINDS) {
    const questions = plan.questions[kind].slice(first, first + QUESTIONS);
    const calls = await boundedCalls(questions, 1, BLOCK_MS, async ({ query, wanted }) => {
      if ((await peer.recall(query)).includes(wanted)) record.found[kind] += 1;
    });
    record[kind].push(calls);
  }
  const some = Array.from({ length: QUESTIONS }, (_, index) =>
    at(plan.items, ((first + index) * STRIDE) % plan.items.length),
  );
  const reads = await boundedCalls(some, 1, BLOCK_MS, async ({ key }) => {
    if (!(await peer.has(key))) throw new Error(`${key} was loaded and is not there`);
  });
  record.read.push(reads);
  record.residentBytes = residentBytesOf(peer.pid);
}

/** Stores by one caller and by several; then looks whether what was acknowledged is there. */
export async function storeSome(record: PeerRecord, fresh: readonly WorkloadItem[]): Promise<void> {
  const { peer } = record;
  const stored: string[] = [];
  const store = async (item: WorkloadItem) => {
    await peer.store(item);
    stored.push(item.key);
  };
  const alone = fresh.slice(0, STORES_OF_ONE_CALLER);
  const together = fresh.slice(STORES_OF_ONE_CALLER);
  record.stores.push(await boundedCalls(alone, 1, BLOCK_MS, store));
  record.concurrentStores.push(await boundedCalls(together, CALLERS, BLOCK_MS, store));
  // The last ones first: several callers are what loses stores, where they are lost.
  const { durations } = await boundedCalls(stored.toReversed(), 1, CHECK_MS, async (key) => {
    if (!(await peer.has(key))) record.missing += 1;
  });
  record.checked += durations.length;
}

/** How often one caller's store forces data to the disk. */
export async function countSyncsOfStores(
  record: PeerRecord,
  fresh: readonly WorkloadItem[],
): Promise<void> {
  const { peer } = record;
  const syncs = await countSyncs(peer.pid, async () => {
    for (const item of fresh.slice(0, STORES_UNDER_STRACE)) await peer.store(item);
  });
  if (syncs !== null) record.syncsPerStore = syncs / STORES_UNDER_STRACE;
}
