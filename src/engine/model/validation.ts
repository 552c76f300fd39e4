import type { LinkRecord } from './link.ts';
import type { Target } from './memory-record.ts';

/** What a transaction saw of one memory: the commit number of its last writer, 0 = it did not exist. */
export interface SeenVersion {
  readonly target: Target;
  readonly csn: number;
}

/** What a transaction saw of one link that it made or removed: the commit number it was made with, 0 = there was none. */
export type SeenLink = Pick<LinkRecord, 'sourceId' | 'kind' | 'targetId' | 'csn'>;

/** A query a transaction ran on its snapshot, and the digest of what it returned without the transaction's own writes. */
export interface SeenPredicate {
  readonly kind: 'list' | 'recall' | 'personas' | 'links' | 'duplicates';
  /** Arguments of that read, as in ReadMap. */
  readonly args: unknown;
  readonly digest: string;
}

/**
 * What must still be true at commit, checked by the writer on the newest state, earlier members of the same group
 * included. Otherwise the unit fails with TransactionConflictError.
 */
export interface Validation {
  /** Commit number of the snapshot; nothing is checked when nothing was committed since. */
  readonly snapshotCsn: number;
  readonly versions: readonly SeenVersion[];
  readonly links?: readonly SeenLink[] | undefined;
  readonly predicates: readonly SeenPredicate[];
}
