import { setImmediate } from 'node:timers/promises';
import type { OpenedRedis } from '../../../../src/engine/participants/redis/open-redis.ts';
import { randomFrom } from '../../../support/random.ts';

const NAMESPACE = 'main';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WRITERS = 3;
const READERS = 6;
/** Turns of the event loop that a step may take beside the others. */
const MAX_TURNS = 6;
/** Between two writes of a writer: so that there is time for hits. */
const WRITER_TURNS = 100;
/** Of a reader now and then: longer than a whole write. */
const MANY_TURNS = 600;

export interface StaleReads {
  /** Reads that gave something older than the last write acknowledged before they began. */
  readonly stale: number;
  readonly reads: number;
  readonly hits: number;
  readonly writes: number;
  /** Writes that could not be fenced. */
  readonly unfenced: number;
}

/** For whoever disturbs the run. */
export interface Course {
  readonly random: (below: number) => number;
  /** Waits until readers have made up to so many reads more. */
  moreReads(most: number): Promise<void>;
  /** What has happened so far. */
  readonly sofar: StaleReads;
  /** Waits until so much has happened. */
  until(isEnough: (sofar: StaleReads) => boolean): Promise<void>;
  /** Repeats the promotions that failed, as the outbox does; what fails again is tried the next time. */
  replay(): Promise<void>;
}

/**
 * Writers and readers on a database that is a Map, with the cache before it, used as the engine uses it, until `disturb` ends.
 */
export async function countStaleReads(
  { cache }: OpenedRedis,
  seed: number,
  disturb: (course: Course) => Promise<void>,
): Promise<StaleReads> {
  const random = randomFrom(seed);
  const database = new Map(KEYS.map((key) => [key, 0]));
  const acknowledged = new Map(database);
  const count = { stale: 0, reads: 0, writes: 0, unfenced: 0 };
  const outbox: { readonly txid: string; readonly key: string }[] = [];
  let csn = 0;
  let epoch = 1;
  let isOver = false;

  const pass = async (most = MAX_TURNS): Promise<void> => {
    for (let turns = random(most); turns > 0; turns -= 1) await setImmediate();
  };
  const moreReads = async (most: number): Promise<void> => {
    const target = count.reads + random(most);
    while (count.reads < target) await setImmediate();
  };
  const sofar = (): StaleReads => ({ ...count, hits: cache.cacheStatistics().hits });
  const until = async (isEnough: (sofar: StaleReads) => boolean): Promise<void> => {
    while (!isEnough(sofar())) await setImmediate();
  };
  const pick = (): string => KEYS[random(KEYS.length)] ?? 'a';
  const succeeds = (call: Promise<void>): Promise<boolean> =>
    call.then(
      () => true,
      () => false,
    );

  const write = async (writer: number): Promise<void> => {
    const key = pick();
    const txid = `t${writer}-${count.writes}`;
    count.writes += 1;
    const names = [{ namespace: NAMESPACE, key }];
    const isFenced = await succeeds(cache.prepare(txid, names));
    await pass();
    if (random(10) === 0) {
      await succeeds(cache.abort(txid, names));
      return;
    }
    csn += 1;
    const mine = csn;
    database.set(key, mine);
    if (!isFenced) {
      count.unfenced += 1;
      epoch += 1;
    }
    const epochOfCommit = epoch;
    await pass();
    cache.useEpoch(epochOfCommit);
    acknowledged.set(key, Math.max(mine, acknowledged.get(key) ?? 0));
    await pass();
    if (!(await succeeds(cache.promote(txid, names)))) outbox.push({ txid, key });
  };

  const read = async (): Promise<void> => {
    const key = pick();
    const newest = acknowledged.get(key) ?? 0;
    const [found] = await cache.lookUp(NAMESPACE, [key]);
    await pass();
    let seen = found?.kind === 'HIT' ? Number(found.text) : undefined;
    if (seen === undefined) {
      seen = database.get(key) ?? 0;
      await pass(random(5) === 0 ? MANY_TURNS : MAX_TURNS);
      if (found?.kind === 'MISS') {
        const value = { csn: seen, text: String(seen), ttlMs: 60_000 };
        await cache.fill({ namespace: NAMESPACE, key }, found.lease, value);
      }
    }
    count.reads += 1;
    if (seen < newest) count.stale += 1;
  };

  const repeat = async (step: () => Promise<void>, mostTurns: number): Promise<void> => {
    while (!isOver) {
      await step();
      await pass(mostTurns);
    }
  };

  const replay = async (): Promise<void> => {
    for (const entry of outbox.splice(0))
      if (!(await succeeds(cache.promote(entry.txid, [{ namespace: NAMESPACE, key: entry.key }]))))
        outbox.push(entry);
  };

  const workers = [
    ...Array.from({ length: WRITERS }, (_, writer) => repeat(() => write(writer), WRITER_TURNS)),
    ...Array.from({ length: READERS }, () => repeat(read, MAX_TURNS)),
  ];
  try {
    await disturb({
      random,
      moreReads,
      replay,
      until,
      get sofar() {
        return sofar();
      },
    });
  } finally {
    isOver = true;
    await Promise.all(workers);
  }
  return sofar();
}
