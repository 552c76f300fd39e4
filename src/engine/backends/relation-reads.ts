import type { Duplicate } from '../model/duplicate.ts';
import type { LinkKind } from '../model/link.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import type { StoreFields } from '../model/write-operation.ts';
import type { EmbeddingStatus } from './embedding-reads.ts';

/** From the memory asked about: to the other one, from it, or a kind that holds in both directions. */
export type LinkDirection = 'OUTGOING' | 'INCOMING' | 'MUTUAL';

/** A memory at the other end of a link. */
export interface LinkedRecord {
  readonly record: MemoryRecord;
  readonly kind: LinkKind;
  readonly direction: LinkDirection;
  /** Unix ms when the link was made. */
  readonly since: number;
  /** Commit number of the link. */
  readonly csn: number;
}

/** A memory whose vector is near to another's. */
export interface SimilarRecord {
  readonly record: MemoryRecord;
  /** Cosine: -1..1. */
  readonly similarity: number;
}

/** Memories that have to do with one memory. */
export interface RelationReads {
  /** Visible memories at the other end of a memory's links, the newest link first; null when the memory is not visible. */
  links: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly kinds: readonly LinkKind[];
      /** null = all; links that hold in both directions are in each. */
      readonly direction: 'OUTGOING' | 'INCOMING' | null;
      readonly limit: number;
      readonly now: number;
    };
    result: readonly LinkedRecord[] | null;
  };
  /**
   * Visible memories whose vectors are nearest to that of one memory, the most similar first, equal ones by id; the memory itself
   * and superseded ones are left out. `status` instead when it has no vector (null: there is nothing to embed or no embedder);
   * null when it is not visible.
   */
  similar: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly limit: number;
      readonly now: number;
    };
    result:
      | { readonly similar: readonly SimilarRecord[] }
      | { readonly status: EmbeddingStatus | null }
      | null;
  };
  /** Memories under other keys that say what a store would say, exact ones and the most similar first. */
  duplicates: {
    args: Pick<StoreFields, 'key' | 'valueText' | 'section' | 'persona'> & {
      readonly namespace: string;
      readonly now: number;
    };
    result: readonly Duplicate[];
  };
}
