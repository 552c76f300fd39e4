import type { PublishedSection } from '../model/section.ts';

/** One thing that a commit left to do for a participant. */
export type OutboxWork =
  | {
      readonly op: 'promote';
      readonly seq: number;
      readonly txid: string;
      readonly namespace: string;
      readonly keys: readonly string[];
    }
  | {
      readonly op: 'put';
      readonly seq: number;
      readonly namespace: string;
      readonly section: PublishedSection;
      readonly memoryId: number;
      /** null: the memory has no vector of the model in use any more, so there is nothing to do. */
      readonly vector: {
        readonly embedderId: number;
        readonly textCrc: number;
        readonly values: Float32Array;
      } | null;
    }
  | {
      readonly op: 'remove';
      readonly seq: number;
      readonly namespace: string;
      readonly section: PublishedSection;
      readonly record: string;
    };

/** A record that lies in the vector store now; it becomes live if the memory still has the vector it was made of. */
export interface PublishedRecord {
  readonly record: string;
  readonly memoryId: number;
  readonly namespace: string;
  readonly section: PublishedSection;
  readonly embedderId: number;
  readonly textCrc: number;
}

/** What the outbox worker has done; one commit. */
export interface Settlement {
  /** Entries that need not be done again. */
  readonly done: readonly number[];
  readonly published: readonly PublishedRecord[];
}

/** What of the store serves the participants; only the pooled backend has it. */
export interface OutboxStore {
  settleOutbox(settlement: Settlement): Promise<void>;
  /** Makes every value that any cache holds unreachable; the answer is the new cache epoch. */
  bumpCacheEpoch(): Promise<number>;
  /** Asks for every vector anew that is not published; returns how many are open then. `all`: also those that are. */
  requestPublications(all: boolean): Promise<number>;
}
