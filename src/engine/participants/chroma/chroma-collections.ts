import type { ChromaClient } from 'chromadb';
import { LRUCache } from 'lru-cache';
import type { ParticipantUnavailableError } from '../../errors.ts';
import type { CollectionName } from '../vector-store.ts';
import type { ChromaConnection } from './chroma-connection.ts';
import { isDuplicate, isNotFound, unavailable } from './chroma-error.ts';
import { chromaName, readMetadata, writeMetadata } from './collection-name.ts';

/** Addresses kept; each is one string of 36 characters under one name. */
const MAX_KEPT = 10_000;
/** Somebody else may make or delete a collection between two of our requests, but not again and again. */
const MAX_TRIES = 3;
/** Collections of one page of the list. */
const PAGE = 100;

interface Model {
  readonly model: string;
  readonly dimension: number;
}

/** Finds, makes and deletes collections, and keeps their server-side ids. */
export class ChromaCollections {
  readonly #connection: ChromaConnection;
  readonly #storeId: string;
  readonly #ids = new LRUCache<string, string>({ max: MAX_KEPT });
  #model: Model | null = null;
  /** Why some collections cannot be used, by their names. */
  readonly #foreign = new Map<string, string>();

  constructor(connection: ChromaConnection, storeId: string) {
    this.#connection = connection;
    this.#storeId = storeId;
  }

  /** Null when all that were asked for are ours. */
  get problem(): string | null {
    return [...this.#foreign.values()][0] ?? null;
  }

  /** Throws ParticipantUnavailableError before `useModel`. */
  get model(): Model {
    if (this.#model === null) throw unavailable('no embedding model is set', { retryable: false });
    return this.#model;
  }

  /** False: it is the one in use. */
  useModel(model: string, dimension: number): boolean {
    if (this.#model?.model === model && this.#model.dimension === dimension) return false;
    this.#model = { model, dimension };
    this.#ids.clear();
    return true;
  }

  /** The id of a collection; null when there is none of the model. */
  async find(name: CollectionName, deadline: number): Promise<string | null> {
    const kept = this.#ids.get(chromaName(name));
    if (kept !== undefined) return kept;
    const { model } = this;
    const found = await this.#look(name, deadline);
    return found !== null && isSame(found, model) ? this.#keep(name, found.id, model) : null;
  }

  /** The id of a collection, which is made when there is none; one of another model is deleted before. */
  async ensure(name: CollectionName, deadline: number): Promise<string> {
    const { model } = this;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const id = (await this.find(name, deadline)) ?? (await this.#make(name, model, deadline));
      if (id !== null) return id;
    }
    throw unavailable(
      `collection ${chromaName(name)} is made and deleted by somebody else all the time`,
    );
  }

  /** The server does not know this id any more. False: somebody else has forgotten it before. */
  forget(name: CollectionName, id: string): boolean {
    return this.#ids.get(chromaName(name)) === id && this.#ids.delete(chromaName(name));
  }

  /** Those of this store, of every model; their ids are kept, so that the loss of one is noticed when it is used. */
  async list(deadline: number): Promise<readonly CollectionName[]> {
    const names: CollectionName[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const page = await this.#connection.call('list collections', deadline, (client) =>
        client.listCollections({ limit: PAGE, offset }),
      );
      for (const { id, metadata } of page) {
        const read = readMetadata(metadata);
        if (read?.storeId !== this.#storeId) continue;
        names.push(read.name);
        const model = this.#model;
        if (model !== null && isSame(read, model)) this.#keep(read.name, id, model);
      }
      if (page.length < PAGE) return names;
    }
  }

  async delete(name: CollectionName, deadline: number): Promise<void> {
    this.#ids.delete(chromaName(name));
    await this.#connection.call('delete a collection', deadline, (client) =>
      client.deleteCollection({ name: chromaName(name) }).catch(unlessNotFound),
    );
  }

  /** Null when it has to be looked for once more. */
  async #make(name: CollectionName, model: Model, deadline: number): Promise<string | null> {
    const old = await this.#look(name, deadline);
    if (old !== null && isSame(old, model)) return this.#keep(name, old.id, model);
    if (old !== null) await this.delete(name, deadline);
    const id = await this.#connection.call('make a collection', deadline, (client) =>
      this.#create(client, name, model),
    );
    return id === null ? null : this.#keep(name, id, model);
  }

  async #create(client: ChromaClient, name: CollectionName, model: Model): Promise<string | null> {
    try {
      const { id } = await client.createCollection({
        name: chromaName(name),
        // Left out, the client looks for a package with a model of its own.
        embeddingFunction: null,
        configuration: { hnsw: { space: 'cosine' } },
        metadata: writeMetadata({ storeId: this.#storeId, name, ...model }),
      });
      return id;
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  }

  async #look(name: CollectionName, deadline: number): Promise<(Model & { id: string }) | null> {
    const called = chromaName(name);
    const found = await this.#connection.call('find a collection', deadline, async (client) => {
      const collection = await client.getCollection({ name: called }).catch(unlessNotFound);
      return collection ? { id: collection.id, metadata: readMetadata(collection.metadata) } : null;
    });
    if (found !== null && found.metadata?.storeId !== this.#storeId)
      throw this.#refuse(called, found.metadata?.storeId ?? null);
    this.#foreign.delete(called);
    return found?.metadata ? { ...found.metadata, id: found.id } : null;
  }

  #refuse(called: string, owner: string | null): ParticipantUnavailableError {
    const whose = owner === null ? 'another program' : `the store ${owner}`;
    const remedy =
      'Give every store a Chroma database of its own: memory.chroma_url with ?database=NAME, or another server.';
    const error = unavailable(`collection ${called} belongs to ${whose}, not to this store`, {
      retryable: false,
      data: { collection: called, owner },
      remedy,
    });
    this.#foreign.set(called, `${error.message}. ${remedy}`);
    return error;
  }

  /** Unless the model has changed meanwhile. */
  #keep(name: CollectionName, id: string, model: Model): string {
    if (this.#model === model) this.#ids.set(chromaName(name), id);
    return id;
  }
}

function isSame(found: Model, { model, dimension }: Model): boolean {
  return found.model === model && found.dimension === dimension;
}

function unlessNotFound(error: unknown): null {
  if (isNotFound(error)) return null;
  throw error;
}
