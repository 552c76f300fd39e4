import type { MemoryRecord, PersonaRecord, Target } from '../model/memory-record.ts';
import type { Section } from '../model/section.ts';
import type { Filter, OrderTerm } from '../search/filter.ts';

/** Keyset position: the order values of the last item, then its id. */
export type Keyset = readonly (string | number | null)[];

/** Memories as they are now, found by name or by filter. */
export interface MemoryReads {
  /** In the order of the targets; null where nothing visible is found. */
  getMany: {
    args: { readonly namespace: string; readonly targets: readonly Target[]; readonly now: number };
    result: readonly (MemoryRecord | null)[];
  };
  list: {
    args: {
      readonly namespace: string;
      readonly filter: Filter | null;
      readonly order: readonly OrderTerm[];
      readonly limit: number;
      readonly after: Keyset | null;
      readonly before: Keyset | null;
      /** Take the last `limit` items instead of the first. */
      readonly fromEnd: boolean;
      readonly withTotal: boolean;
      readonly now: number;
    };
    /** `total` ignores cursors and limit; null when not asked for. `hasMore` looks in the direction of travel. */
    result: {
      readonly records: readonly MemoryRecord[];
      readonly hasMore: boolean;
      readonly total: number | null;
    };
  };
  /** Memories that `cleanup` would delete: not accessed since, importance below, in the sections; oldest access first. */
  stale: {
    args: {
      readonly namespace: string;
      readonly accessedBefore: number;
      readonly importanceBelow: number;
      readonly sections: readonly Section[];
      readonly limit: number;
      readonly now: number;
    };
    result: readonly MemoryRecord[];
  };
  personas: {
    args: { readonly namespace: string; readonly names: readonly string[] | null };
    /** In the order of the names (null where unknown), or all personas by name. */
    result: readonly (PersonaRecord | null)[];
  };
  summary: {
    args: { readonly namespace: string; readonly now: number };
    result: {
      readonly total: number;
      readonly bySection: Readonly<Record<string, number>>;
      readonly personas: number;
      readonly headSeq: number;
      readonly oldestSeq: number;
      readonly csn: number;
      readonly fileBytes: number;
      readonly walBytes: number;
    };
  };
}
