import type { Collection } from 'chromadb';
import type { ParticipantUnavailableError } from '../../errors.ts';
import type { ParticipantStatistics } from '../participant.ts';
import type { CollectionName, Nearest, VectorRecord, VectorStore } from '../vector-store.ts';
import type { ChromaCollections } from './chroma-collections.ts';
import type { ChromaConnection } from './chroma-connection.ts';
import type { ChromaSource } from './chroma-endpoint.ts';
import { isNotFound, unavailable } from './chroma-error.ts';
import { chromaName } from './collection-name.ts';
import { PutQueue } from './put-queue.ts';

/** For calls whose caller names no deadline. */
const CALL_MS = 10_000;
/** Ids of one page, and of one call that deletes; the server takes 5,461. */
const PAGE = 1_000;
/** Between the end of a collection and its making anew there may be another end. */
const MAX_TRIES = 3;

export interface ChromaParts {
  readonly connection: ChromaConnection;
  readonly collections: ChromaCollections;
  readonly source: ChromaSource;
}

/** VectorStore on a Chroma server. */
export class ChromaStore implements VectorStore {
  readonly name = 'chroma';
  readonly #connection: ChromaConnection;
  readonly #collections: ChromaCollections;
  readonly #source: ChromaSource;
  readonly #puts = new Map<string, PutQueue>();

  constructor({ connection, collections, source }: ChromaParts) {
    this.#connection = connection;
    this.#collections = collections;
    this.#source = source;
  }

  get available(): boolean {
    return this.#connection.available;
  }

  useModel(model: string, dimension: number): void {
    // What waits in a queue of the model before is refused when its turn comes.
    if (this.#collections.useModel(model, dimension)) this.#puts.clear();
  }

  async put(
    collection: CollectionName,
    records: readonly VectorRecord[],
    deadline: number,
  ): Promise<void> {
    const { model, dimension } = this.#collections.model;
    const wrong = records.find(({ vector }) => vector.length !== dimension);
    if (wrong !== undefined)
      throw refusal(`a vector has ${wrong.vector.length} numbers, those of ${model} ${dimension}`);
    const name = chromaName(collection);
    let queue = this.#puts.get(name);
    if (queue === undefined) {
      const { model: current } = this.#collections;
      queue = new PutQueue(async (batch, until) => {
        if (this.#collections.model !== current) throw refusal('the embedding model has changed');
        await this.#add(collection, batch, until);
      });
      this.#puts.set(name, queue);
    }
    try {
      await queue.put(records, deadline);
    } finally {
      if (queue.isIdle && this.#puts.get(name) === queue) this.#puts.delete(name);
    }
  }

  async remove(
    collection: CollectionName,
    ids: readonly string[],
    deadline: number,
  ): Promise<void> {
    const unique = [...new Set(ids)];
    for (let at = 0; at < unique.length; at += PAGE) {
      const page = unique.slice(at, at + PAGE);
      await this.#inCollection(collection, 'delete records', deadline, (records) =>
        records.delete({ ids: page }),
      );
    }
  }

  async nearest(
    collection: CollectionName,
    vector: Float32Array,
    limit: number,
    deadline: number,
  ): Promise<Nearest> {
    const { dimension } = this.#collections.model;
    if (vector.length !== dimension)
      throw refusal(`the query has ${vector.length} numbers, the records have ${dimension}`);
    const answer = await this.#inCollection(collection, 'query', deadline, (records) =>
      records.query({
        queryEmbeddings: [Array.from(vector)],
        nResults: limit,
        include: ['distances'],
      }),
    );
    const ids = answer?.ids[0] ?? [];
    const distances = answer?.distances[0] ?? [];
    const found = ids.map((id, at) => ({ id, similarity: similarityOf(distances[at] ?? null) }));
    return { found, complete: ids.length < limit, exists: answer !== null };
  }

  collections(): Promise<readonly CollectionName[]> {
    return this.#collections.list(Date.now() + CALL_MS);
  }

  /** From the newest to the oldest, so that deleting what a page brought moves nothing that is still to come. */
  async *ids(collection: CollectionName): AsyncGenerator<readonly string[]> {
    for (let end = await this.count(collection); end > 0; end -= PAGE) {
      const offset = Math.max(0, end - PAGE);
      const page = await this.#inCollection(
        collection,
        'list records',
        Date.now() + CALL_MS,
        (records) => records.get({ limit: end - offset, offset, include: [] }),
      );
      if (page === null) return;
      if (page.ids.length > 0) yield page.ids;
    }
  }

  async count(collection: CollectionName): Promise<number> {
    const count = await this.#inCollection(collection, 'count', Date.now() + CALL_MS, (records) =>
      records.count(),
    );
    return count ?? 0;
  }

  async clear(): Promise<void> {
    for (const name of await this.collections())
      await this.#collections.delete(name, Date.now() + CALL_MS);
  }

  version(): Promise<string> {
    return this.#connection.call('version', Date.now() + CALL_MS, (client) => client.version());
  }

  statistics(): ParticipantStatistics {
    const statistics = this.#connection.statistics();
    const { problem } = this.#collections;
    return problem === null || statistics.state !== 'OK'
      ? statistics
      : { ...statistics, state: 'DEGRADED', message: problem };
  }

  probe(): Promise<void> {
    return this.#connection.probe();
  }

  onAvailable(listener: () => void): () => void {
    return this.#connection.onAvailable(listener);
  }

  /** Calls under way are given up; a server of the engine's own is ended. */
  async close(): Promise<void> {
    await this.#connection.close();
    await this.#source.close();
  }

  async #add(
    collection: CollectionName,
    batch: readonly VectorRecord[],
    deadline: number,
  ): Promise<void> {
    const done = await this.#call(
      'add records',
      deadline,
      () => this.#collections.ensure(collection, deadline),
      collection,
      async (records) => {
        await records.add({
          ids: batch.map((record) => record.id),
          embeddings: batch.map((record) => Array.from(record.vector)),
        });
        return true;
      },
      true,
    );
    if (done === null)
      throw unavailable(`collection ${chromaName(collection)} vanishes as soon as it is made`);
  }

  /** Null: there is no such collection of the current model. */
  #inCollection<T>(
    collection: CollectionName,
    what: string,
    deadline: number,
    work: (records: Collection) => Promise<T>,
  ): Promise<T | null> {
    const find = () => this.#collections.find(collection, deadline);
    return this.#call(what, deadline, find, collection, work, false);
  }

  /** A collection whose id the server does not know any more is lost: it is made anew, or its loss is the answer. */
  async #call<T>(
    what: string,
    deadline: number,
    locate: () => Promise<string | null>,
    collection: CollectionName,
    work: (records: Collection) => Promise<T>,
    isMade: boolean,
  ): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const id = await locate();
      if (id === null) return null;
      const answer = await this.#connection.call(what, deadline, async (client) => {
        try {
          return { value: await work(client.collection(id)) };
        } catch (error) {
          if (isNotFound(error)) return null;
          throw error;
        }
      });
      if (answer !== null) return answer.value;
      if (this.#collections.forget(collection, id)) this.#connection.noteLoss();
      if (!isMade) throw unavailable('the server has lost the collection');
    }
    return null;
  }
}

/** Cosine distance is 1 - similarity; rounding may carry it a little beyond its bounds. */
function similarityOf(distance: number | null): number {
  return distance === null ? -1 : Math.max(-1, Math.min(1, 1 - distance));
}

function refusal(reason: string): ParticipantUnavailableError {
  return unavailable(reason, { retryable: false });
}
