import type { EmbedderInfo } from './embedder-info.ts';

/** What a replica reads to follow the owner of the file. */
export interface FollowReads {
  /** What a replica has to know of the file that it serves. */
  storeIdentity: { args: null; result: StoreIdentity };
  /** Whether some process owns the file now. */
  isOwned: { args: null; result: boolean };
  /** Memories of all namespaces with changes after a position, in commit order. */
  touchedSince: {
    args: { readonly afterSeq: number; readonly limit: number };
    result: {
      readonly csn: number;
      readonly cacheEpoch: number;
      readonly headSeq: number;
      readonly file: string | null;
      /** Bytes of the write-ahead log that are not folded back yet; 0 when all are. */
      readonly walBytes: number;
      readonly touched: readonly {
        readonly namespace: string;
        readonly memoryId: number;
        readonly key: string;
        readonly persona: string | null;
      }[];
      /** Position to go on from; `headSeq` when that was all. */
      readonly lastSeq: number;
      /** False when the log does not reach back to the position. */
      readonly complete: boolean;
    };
  };
}

/** A file as it was when it was looked at. */
export interface StoreIdentity {
  /** Which file the path leads to; null when to none. */
  readonly file: string | null;
  readonly epoch: string;
  readonly storeId: string;
  readonly incarnation: number;
  readonly cacheEpoch: number;
  readonly csn: number;
  readonly headSeq: number;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly embedders: readonly EmbedderInfo[];
  /** The model of new vectors; null = none. */
  readonly embedderId: number | null;
}
