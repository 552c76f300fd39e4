import type { ChangeRecord } from '../model/change.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import type { Filter } from '../search/filter.ts';
import type { MemoryReads } from './memory-reads.ts';

/** A moment of the past: Unix ms, or a position in the change log, which stands for the whole unit of work around it. */
export type Moment = { readonly at: number } | { readonly seq: number };

/** Why the log cannot tell the state at a moment: it was trimmed since, or it never reached that position. */
export interface LogRefusal {
  readonly refused: 'TRIMMED' | 'AHEAD';
  /** The earliest moment that can be read: a position, and its time in Unix ms (-Infinity before the first change). */
  readonly start: { readonly seq: number; readonly high: number };
}

/** What the change log holds: changes, versions, and the state at a moment of the past. */
export interface HistoryReads {
  /** Changes with seq > afterSeq in commit order; `scannedSeq` is the position to continue from even when the filter dropped all. */
  changes: {
    args: {
      readonly namespace: string;
      readonly afterSeq: number;
      readonly limit: number;
      readonly filter: Filter | null;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly scannedSeq: number;
      readonly headSeq: number;
      /** Smallest seq still in the log; headSeq + 1 when it is empty. */
      readonly oldestSeq: number;
    };
  };
  /** `getMany` as of a moment. */
  getManyAsOf: {
    args: {
      readonly namespace: string;
      readonly targets: readonly Target[];
      readonly moment: Moment;
    };
    result: { readonly records: readonly (MemoryRecord | null)[] } | LogRefusal;
  };
  /** `list` as of a moment. */
  listAsOf: {
    args: Omit<MemoryReads['list']['args'], 'now'> & { readonly moment: Moment };
    result: MemoryReads['list']['result'] | LogRefusal;
  };
  /** Changes of a memory, or of all that ever had the key, with seq < beforeSeq (null = all), newest first. */
  history: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly beforeSeq: number | null;
      readonly limit: number;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly hasMore: boolean;
      /** False when older changes may have been trimmed. */
      readonly complete: boolean;
    };
  };
  /** Versions of one memory from the log, null where it does not hold them; a key means the newest that had it. */
  versions: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly versions: readonly number[];
    };
    result: readonly (MemoryRecord | null)[];
  };
}
