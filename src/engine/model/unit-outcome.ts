import type { Duplicate } from './duplicate.ts';
import type { LinkKind } from './link.ts';
import type { MemoryRecord } from './memory-record.ts';
import type { OutboxEntry, ParticipantName } from './participation.ts';

/** What one operation did to a memory. */
export interface MemoryOutcome {
  readonly kind: 'created' | 'updated' | 'deleted' | 'unchanged';
  /** The memory after the operation; for `deleted` as it was before. */
  readonly record: MemoryRecord;
  /** Sequence number in the change log; for `unchanged` that of the newest change. */
  readonly seq: number;
  /** What a store with `onDuplicate` found, the best first; of `unchanged` the first one is `record`. */
  readonly duplicates?: readonly Duplicate[] | undefined;
}

/** What became of a link. Links are not in the change log and leave the versions of their memories alone. */
export interface LinkOutcome {
  readonly kind: 'linked' | 'unlinked';
  /** False: it was so before, and nothing was written. */
  readonly changed: boolean;
  readonly link: LinkKind;
  readonly from: MemoryRecord;
  readonly to: MemoryRecord;
  /** Unix ms when the link was made, also one that is removed; null when there was none to remove. */
  readonly since: number | null;
  readonly record: null;
  /** That of the newest change. */
  readonly seq: number;
}

/** What one operation of a unit came to, in their order. */
export type OperationOutcome =
  | MemoryOutcome
  | LinkOutcome
  | { readonly kind: 'asserted'; readonly record: null; readonly seq: number };

export interface UnitOutcome {
  readonly csn: number;
  readonly outcomes: readonly OperationOutcome[];
  /** True when an idempotency key replayed a stored answer and nothing was written now. */
  readonly replayed: boolean;
  /** What the commit left to do, as far as this unit asked for it; absent = nothing. */
  readonly outbox?: readonly OutboxEntry[] | undefined;
  /** Participants that do not show the write yet, although it is durable; absent = none. */
  readonly pending?: readonly ParticipantName[] | undefined;
}
