import { ParticipantUnavailableError, ValidationError } from '../../errors.ts';
import type { ParticipantName } from '../../model/participation.ts';
import type { CommitBus, MemoryCache } from '../../participants/memory-cache.ts';
import type { Participant, ParticipantStatistics } from '../../participants/participant.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import type { Backend, ParticipantInspection, Participants, RebuildProgress } from '../backend.ts';
import type { OutboxStore } from '../outbox-store.ts';
import type { OutboxWorker } from './outbox-worker.ts';

/** Between two looks at how far the outbox is. */
const LOOK_MS = 200;

interface Parts {
  readonly store: Backend & OutboxStore;
  readonly cache: MemoryCache | null;
  readonly bus: CommitBus | null;
  readonly vectors: VectorStore | null;
  readonly outbox: OutboxWorker;
}

/** What the engine sees of the participants beside reads and writes. */
export class HybridParticipants implements Participants {
  readonly #parts: Parts;
  readonly answers: Participants['answers'];
  readonly bus: CommitBus | null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.answers = parts.cache;
    this.bus = parts.bus;
  }

  get names(): readonly ParticipantName[] {
    return this.#all().map(({ name }) => name);
  }

  statistics(): readonly ParticipantStatistics[] {
    return this.#all().map((participant) => participant.statistics());
  }

  cacheStatistics(): ReturnType<MemoryCache['cacheStatistics']> | null {
    return this.#parts.cache?.cacheStatistics() ?? null;
  }

  async rebuild(target: ParticipantName, progress: RebuildProgress): Promise<void> {
    const participant = this.#all().find(({ name }) => name === target);
    if (participant === undefined)
      throw new ValidationError(`${target} is not configured, there is nothing to rebuild`, {
        remedy: `Set memory.backend to hybrid and memory.${target}_url.`,
      });
    if (!participant.available)
      throw new ParticipantUnavailableError(`${target} is not reachable`, {
        data: { participant: target },
        remedy: 'Start it, or correct its address; `trinitas doctor` tells more.',
      });
    if (target === 'redis') await this.#emptyCache(progress);
    else await this.#publishAll(progress);
  }

  async inspect(): Promise<readonly ParticipantInspection[]> {
    const seen = await Promise.all(
      this.#all().map(async ({ name }) => {
        try {
          return { name, ...(await this.#look(name)) };
        } catch (error) {
          if (!(error instanceof ParticipantUnavailableError)) throw error;
          return { name, version: null, entries: null, orphans: null, missing: null };
        }
      }),
    );
    // Afterwards, so that a loss which was noticed meanwhile shows as work to do.
    const counts = await this.#parts.store.read('outboxCounts', null);
    return seen.map((inspection) => ({ ...inspection, waiting: counts[inspection.name] }));
  }

  async #look(
    name: ParticipantName,
  ): Promise<Pick<ParticipantInspection, 'version' | 'entries' | 'orphans' | 'missing'>> {
    const { cache, vectors, store } = this.#parts;
    if (name === 'redis' && cache !== null)
      return {
        version: await cache.version(),
        entries: await cache.countKeys(),
        orphans: null,
        missing: null,
      };
    if (vectors === null) return { version: null, entries: null, orphans: null, missing: null };
    let entries = 0;
    let live = 0;
    const version = await vectors.version();
    for (const collection of await vectors.collections()) {
      for await (const page of vectors.ids(collection)) {
        entries += page.length;
        live += (await store.read('liveRecords', { records: page })).length;
      }
    }
    const published = await store.read('publishedCount', null);
    return { version, entries, orphans: entries - live, missing: published - live };
  }

  /** Everything that Redis holds is out of reach at once, then it is deleted; reads fill it again. */
  async #emptyCache({ signal, advance }: RebuildProgress): Promise<void> {
    const { cache, store } = this.#parts;
    if (cache === null) return;
    cache.useEpoch(await store.bumpCacheEpoch());
    let last = 0;
    await cache.clear(signal, (deleted) => {
      advance(deleted - last);
      last = deleted;
    });
  }

  /** The outbox publishes every vector anew; recalls are served by the index in the database meanwhile. */
  async #publishAll({ signal, setTotal, advance }: RebuildProgress): Promise<void> {
    const { vectors, store, outbox } = this.#parts;
    if (vectors === null) return;
    await vectors.clear();
    const total = await store.requestPublications(true);
    setTotal(total);
    let done = 0;
    while (!signal.aborted) {
      outbox.wake('chroma');
      const { chroma: open } = await store.read('outboxCounts', null);
      const now = Math.max(done, total - open);
      advance(now - done);
      done = now;
      if (open === 0) return;
      if (!vectors.available)
        throw new ParticipantUnavailableError('chroma went away; it is published when it returns', {
          data: { participant: 'chroma' },
        });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  #all(): readonly Participant[] {
    const { cache, vectors } = this.#parts;
    return [cache, vectors].filter((participant) => participant !== null);
  }
}
