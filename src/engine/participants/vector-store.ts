import type { PublishedSection } from '../model/section.ts';
import type { Participant } from './participant.ts';

/** Where a record lies: one collection for each namespace and section, since filters by `where` cost more with every record. */
export interface CollectionName {
  readonly namespace: string;
  readonly section: PublishedSection;
}

/** Immutable: a changed memory gets a record of another id, and the database says which id is live. */
export interface VectorRecord {
  /** `<memory id>:<transaction id>` */
  readonly id: string;
  /** Unit length. */
  readonly vector: Float32Array;
}

/** A record found, the nearest first. */
export interface FoundRecord {
  readonly id: string;
  /** Cosine: -1..1. */
  readonly similarity: number;
}

export interface Nearest {
  readonly found: readonly FoundRecord[];
  /** There were no more. */
  readonly complete: boolean;
  /** False: there is no such collection, which is not to say that there should be none. */
  readonly exists: boolean;
}

/**
 * Immutable vectors in Chroma. Nothing here decides what is true: unknown ids are garbage that readers skip, missing ones are
 * published again.
 */
export interface VectorStore extends Participant {
  readonly name: 'chroma';
  /** Model and dimension of all records; collections of another model are replaced. */
  useModel(model: string, dimension: number): void;

  /**
   * Adds records; those of callers that come together travel together. An id that exists stays as it is. Rejects when it did not
   * surely happen within the deadline (Unix ms), although it may have.
   */
  put(
    collection: CollectionName,
    records: readonly VectorRecord[],
    deadline: number,
  ): Promise<void>;
  /** Ids that do not exist are no error. */
  remove(collection: CollectionName, ids: readonly string[], deadline: number): Promise<void>;
  /**
   * The `limit` nearest of one collection. Errors: ParticipantUnavailableError before the deadline; also when the server has lost the
   * collection, and then `onAvailable` is called as after every absence, since what it holds has to be looked at again.
   */
  nearest(
    collection: CollectionName,
    vector: Float32Array,
    limit: number,
    deadline: number,
  ): Promise<Nearest>;

  /** Collections of this store that exist. */
  collections(): Promise<readonly CollectionName[]>;
  /** All ids of a collection, in pages. */
  ids(collection: CollectionName): AsyncIterable<readonly string[]>;
  count(collection: CollectionName): Promise<number>;
  /** Deletes all collections of this store. */
  clear(): Promise<void>;
  /** Version of the server, for doctor. */
  version(): Promise<string>;
}
