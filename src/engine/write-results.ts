import type { Memory } from './memory.ts';
import type { Duplicate } from './model/duplicate.ts';
import type { ParticipantName } from './model/participation.ts';

/** What is told of every write. */
export interface Committed {
  /** Participants that do not show the write yet, although it is durable. */
  readonly pending: readonly ParticipantName[];
}

export interface WriteResult extends Committed {
  readonly memory: Memory;
  readonly created: boolean;
  /** True when an idempotency key replayed an earlier answer. */
  readonly replayed: boolean;
  /** Position of this write in the change feed. */
  readonly cursor: string;
  /** With `onDuplicate`: at most 64, exact ones and the most similar first; otherwise empty. */
  readonly duplicates: readonly Duplicate[];
}

export interface DeleteResult extends Committed {
  readonly deleted: Memory;
  readonly replayed: boolean;
  readonly cursor: string;
}

export interface StoreManyResult extends Committed {
  /** In the order of the items; an Error only when `atomic` is false. */
  readonly results: readonly (WriteResult | Error)[];
  readonly stored: number;
  readonly failed: number;
  readonly replayed: boolean;
  /** Cursor of the newest change; null when nothing was stored. */
  readonly cursor: string | null;
}

export interface StoreResultResult extends Committed {
  readonly episode: Memory;
  readonly latest: Memory;
  readonly replayed: boolean;
  readonly cursor: string;
}
