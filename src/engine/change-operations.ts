import type { Where } from './list-operations.ts';
import type { Memory } from './memory.ts';
import type { ChangeKind } from './model/change.ts';

export interface ChangeEvent {
  readonly cursor: string;
  readonly kind: ChangeKind;
  readonly at: Date;
  readonly transactionId: string;
  /** After the change; for `deleted` as it was before. */
  readonly memory: Memory;
}

export interface ChangePage {
  readonly changes: readonly ChangeEvent[];
  /** Continue after this, even when `changes` is empty. */
  readonly endCursor: string;
  readonly hasMore: boolean;
}

/** The log no longer holds what follows the cursor, or the cursor belongs to another history (restore). */
export interface ResumeExpired {
  readonly expired: true;
  readonly oldestCursor: string;
  readonly headCursor: string;
}

export interface ChangesInput {
  /** Absent: from now on. */
  readonly after?: string | null | undefined;
  readonly where?: Where | null | undefined;
  /** 1..500, default 64 */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
