import { ParticipantUnavailableError } from '../../errors.ts';
import type { OutboxEntry, ParticipantName } from '../../model/participation.ts';
import type { PublishedSection } from '../../model/section.ts';
import type { MemoryCache } from '../../participants/memory-cache.ts';
import type { Participant } from '../../participants/participant.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import type { Backend } from '../backend.ts';
import type { HealthCheck } from '../backend-statistics.ts';
import type { OutboxStore, OutboxWork, PublishedRecord } from '../outbox-store.ts';
import { OutboxLoop } from './outbox-loop.ts';
import type { ProtocolTrace } from './protocol-step.ts';
import { SettledEntries } from './settled-entries.ts';

/** Entries of one turn; 500 vectors are a few calls of Chroma. */
const BATCH = 500;
/** One batch may take as long as a slow Chroma needs for it. */
const BATCH_MS = 15_000;

type Put = Extract<OutboxWork, { op: 'put' }>;
type Removal = Extract<OutboxWork, { op: 'remove' }>;

/**
 * Does what commits have left to do for the participants, the oldest first, at least once; everything it does may be done again.
 * While a participant is away its entries wait in the database.
 */
export class OutboxWorker {
  readonly #store: Backend & OutboxStore;
  readonly #cache: MemoryCache | null;
  readonly #model: string | null;
  readonly #trace: ProtocolTrace;
  readonly #settled: SettledEntries;
  readonly #loops = new Map<ParticipantName, OutboxLoop>();
  readonly #tracked = new Set<Promise<unknown>>();
  #problem: HealthCheck | null = null;

  constructor(
    store: Backend & OutboxStore,
    participants: {
      readonly cache: MemoryCache | null;
      readonly vectors: VectorStore | null;
      /** Of all vectors that are published. */
      readonly model: string | null;
    },
    trace: ProtocolTrace,
  ) {
    this.#model = participants.model;
    this.#store = store;
    this.#cache = participants.cache;
    this.#trace = trace;
    this.#settled = new SettledEntries(store, () => trace.reached('OUTBOX_DONE'));
    const { cache, vectors } = participants;
    if (cache !== null) this.#addLoop(cache, () => this.promoteAll());
    if (vectors !== null) this.#addLoop(vectors, () => this.#publish(vectors));
  }

  start(): void {
    for (const loop of this.#loops.values()) loop.start();
  }

  /** There is something to do; cheap. */
  wake(target: ParticipantName): void {
    this.#loops.get(target)?.wake();
  }

  /** The caller does it itself. */
  underWay(seq: number): void {
    this.#settled.begin(seq);
  }

  done(seq: number): void {
    this.#settled.add([seq], []);
  }

  /** The caller could not do it. */
  left(seq: number): void {
    this.#settled.giveBack(seq);
    this.wake('redis');
  }

  /** The last thing beside the outbox that failed for another reason than a participant that is away, which shows that itself. */
  checks(): readonly HealthCheck[] {
    return this.#problem === null ? [] : [this.#problem];
  }

  /** Work beside the outbox that `close` waits for; all of it tidies up what is invisible, and is done again at the next start. */
  track(work: Promise<unknown>): void {
    const ended = work.then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof ParticipantUnavailableError) return;
        const message = error instanceof Error ? error.message : String(error);
        this.#problem = {
          name: 'outbox',
          state: 'DEGRADED',
          latencyMs: null,
          message: `tidying up after a commit failed, and is repeated at the next start: ${message}`,
          at: Date.now(),
        };
      },
    );
    this.#tracked.add(ended);
    void ended.then(() => this.#tracked.delete(ended));
  }

  /** Those of the entries that are still open after `waitMs`. */
  whenSettled(entries: readonly OutboxEntry[], waitMs: number): Promise<readonly OutboxEntry[]> {
    return this.#settled.whenSettled(entries, waitMs);
  }

  /** Every open promotion; returns whether all of them are done. */
  async promoteAll(): Promise<boolean> {
    const cache = this.#cache;
    if (cache === null || !cache.available) return false;
    for (let afterSeq = 0; ; ) {
      const work = await this.#read('redis', afterSeq);
      const last = work.at(-1);
      if (last === undefined) return true;
      afterSeq = last.seq;
      const open = work.filter(({ seq, op }) => op === 'promote' && !this.#settled.has(seq));
      await Promise.all(
        open.map(async (entry) => {
          if (entry.op !== 'promote') return;
          const { namespace, keys, txid, seq } = entry;
          await cache.promote(
            txid,
            keys.map((key) => ({ namespace, key })),
          );
          this.#trace.reached('REDIS_PROMOTED');
          this.#settled.add([seq], []);
        }),
      );
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
    await Promise.all(this.#tracked);
    await this.#settled.close();
  }

  #addLoop(participant: Participant, turn: () => Promise<boolean>): void {
    this.#loops.set(participant.name, new OutboxLoop(participant, turn));
  }

  #read(target: ParticipantName, afterSeq: number): Promise<readonly OutboxWork[]> {
    return this.#store.read('outbox', { target, afterSeq, limit: BATCH });
  }

  /** Puts and removals that are open; false: there may be more. */
  async #publish(vectors: VectorStore): Promise<boolean> {
    const work = await this.#read('chroma', 0);
    if (work.length === 0) return true;
    const deadline = Date.now() + BATCH_MS;
    const puts = work.filter((entry): entry is Put => entry.op === 'put');
    const removals = work.filter((entry): entry is Removal => entry.op === 'remove');
    const published = await this.#put(vectors, puts, deadline);
    if (published.length > 0) this.#trace.reached('CHROMA_PUT');
    for (const [collection, entries] of byCollection(removals)) {
      const ids = entries.map(({ record }) => record);
      await vectors.remove(collection, ids, deadline);
    }
    this.#settled.add(
      work.map(({ seq }) => seq),
      published,
    );
    await this.#settled.flush();
    return work.length < BATCH;
  }

  async #put(
    vectors: VectorStore,
    puts: readonly Put[],
    deadline: number,
  ): Promise<readonly PublishedRecord[]> {
    const published: PublishedRecord[] = [];
    for (const [collection, entries] of byCollection(puts)) {
      const records = entries.flatMap(({ memoryId, vector }) =>
        vector === null ? [] : [{ memoryId, vector, id: `${memoryId}:${uuidV7(Date.now())}` }],
      );
      const dimension = records[0]?.vector.values.length;
      if (dimension === undefined || this.#model === null) continue;
      vectors.useModel(this.#model, dimension);
      const stored = records.map(({ id, vector }) => ({ id, vector: vector.values }));
      await vectors.put(collection, stored, deadline);
      for (const { id, memoryId, vector } of records) {
        const { embedderId, textCrc } = vector;
        published.push({ record: id, memoryId, ...collection, embedderId, textCrc });
      }
    }
    return published;
  }
}

function byCollection<E extends { readonly namespace: string; readonly section: PublishedSection }>(
  entries: readonly E[],
): ReadonlyMap<{ readonly namespace: string; readonly section: PublishedSection }, readonly E[]> {
  const groups = new Map<string, E[]>();
  for (const entry of entries) {
    const name = `${entry.section}\0${entry.namespace}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return new Map(
    Array.from(groups.values(), (group) => {
      const [{ namespace, section }] = group as [E, ...E[]];
      return [{ namespace, section }, group] as const;
    }),
  );
}
