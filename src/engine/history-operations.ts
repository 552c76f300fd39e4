import type { JsonChange } from './json-diff.ts';
import type { Memory } from './memory.ts';
import type { ChangeKind } from './model/change.ts';
import type { Target } from './model/memory-record.ts';

/** A moment of the past: a Date, an ISO 8601 time (UTC without a zone), Unix ms, or a cursor of the change feed. */
export type AsOf = Date | number | string;

/**
 * A time means the state after the last commit not after it, in commit order: a commit counts from the latest clock
 * reading up to it, so that a clock that was set back hides nothing. It is final once the writes begun before it have
 * ended; a cursor is exact, and means the whole commit it lies in. Expiry is judged at the moment itself.
 * Errors: ValidationError for a moment in the future, before the end of what was trimmed from the log (`data` then
 * holds the earliest one: `oldestCursor`, `oldestAt`), or of another store; TransactionStateError inside a transaction.
 */
export interface AsOfOptions {
  /** Absent or null: now. */
  readonly asOf?: AsOf | null | undefined;
}

export interface HistoryInput {
  /** A key means all memories that ever had it, deleted ones included; an id just that one. */
  readonly by: Target;
  /** 0..100, default 20 */
  readonly first?: number | null | undefined;
  /** Cursor of the last version already seen; older ones follow. */
  readonly after?: string | null | undefined;
}

/** One entry of a memory's history. */
export interface MemoryVersion {
  readonly version: number;
  readonly kind: ChangeKind;
  readonly at: Date;
  readonly transactionId: string;
  /** Position in the change feed; good for `asOf` and for the next page. */
  readonly cursor: string;
  /** After the change; for `deleted` as it was before. */
  readonly memory: Memory;
}

export interface HistoryPage {
  /** Newest first; long values make a page shorter than asked for. */
  readonly versions: readonly MemoryVersion[];
  readonly hasNextPage: boolean;
  /** False when the log was trimmed and older versions may have been in it. */
  readonly complete: boolean;
}

export interface RestoreInput {
  /** A key means the newest memory that had it, deleted or not; an earlier one is named by its id. */
  readonly by: Target;
  /** The version whose content comes back. */
  readonly version: number;
  /** Compare-and-set on the memory that has the key now; 0 = there must be none. */
  readonly ifVersion?: number | undefined;
}

export interface DiffInput {
  /** As for restore. */
  readonly by: Target;
  readonly from: number;
  readonly to: number;
}

export const VERSIONED_FIELDS = [
  'value',
  'metadata',
  'tags',
  'section',
  'persona',
  'importance',
  'expiresAt',
] as const;
export type VersionedField = (typeof VERSIONED_FIELDS)[number];

export interface VersionDiff {
  readonly from: Memory;
  readonly to: Memory;
  /** Fields that differ, in the order of VERSIONED_FIELDS. */
  readonly changed: readonly VersionedField[];
  readonly value: readonly JsonChange[];
  readonly metadata: readonly JsonChange[];
}
