/** `quick`: the structure and the newest rows; `full`: every row, every index entry and every vector. */
export const VERIFY_DEPTHS = ['quick', 'full'] as const;
export type VerifyDepth = (typeof VERIFY_DEPTHS)[number];

/** What of a database a finding is about; reads name the parts that they depend on. */
export type DamageArea =
  | 'rows'
  | 'indexes'
  | 'text'
  | 'vectors'
  | 'tags'
  | 'turns'
  | 'links'
  /** A persona itself: verified when it is read, and by each of its memories. */
  | 'personas'
  | 'log'
  | 'counters'
  | 'outcomes'
  | 'file'
  /** Nobody can tell which: everything may be concerned. */
  | 'unknown';

/** One thing that is wrong with a database. */
export interface Finding {
  readonly area: DamageArea;
  /**
   * `entry`: what is named by `id` is wrong and nothing else; `structure`: nobody can tell what is missing;
   * `derived`: it can be made anew while everything is served.
   */
  readonly scope: 'entry' | 'structure' | 'derived';
  readonly table: string;
  /** Null when the finding is not about one namespace. */
  readonly namespace: string | null;
  /** Key of the memory; null when it is about none, or cannot be read. */
  readonly key: string | null;
  /** Row id: of a memory, or of an entry of the change log; null when it is about none. */
  readonly id: number | null;
  readonly problem: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

export interface VerifyReport {
  /** Absolute path. */
  readonly path: string;
  readonly depth: VerifyDepth;
  /** True when nothing is wrong. */
  readonly ok: boolean;
  /** Newest commit of the file. */
  readonly csn: number;
  /** Newest acknowledged commit that was noted beside the file; null when there is no note of this history. */
  readonly highWaterMark: number | null;
  readonly memories: number;
  readonly changes: number;
  readonly vectors: number;
  /** At most MAX_FINDINGS of them. */
  readonly findings: readonly Finding[];
  /** Findings beyond those listed. */
  readonly omitted: number;
  readonly tookMs: number;
}

/** More findings tell no more than these, and a damaged page may cause tens of thousands. */
export const MAX_FINDINGS = 1_000;

export interface RepairOptions {
  readonly path: string;
  /** A full backup, or a folder of which the newest one is taken; null = lost rows are filled from the change log alone. */
  readonly backup: string | null;
  /** Find out what would be saved, and change nothing. */
  readonly dryRun: boolean;
}

/** A memory that could not be read any more and was found elsewhere. */
export interface RestoredMemory {
  readonly namespace: string;
  readonly key: string;
  readonly id: number;
  readonly version: number;
  readonly from: 'change log' | 'backup';
  /** True when a newer version may have been lost: the change log does not reach from there to the end. */
  readonly mayBeOlder: boolean;
}

/** A memory that is nowhere; what cannot be known of it is null. */
export interface LostMemory {
  readonly namespace: string | null;
  readonly key: string | null;
  readonly id: number;
}

export interface RepairReport {
  /** Absolute path. */
  readonly path: string;
  readonly dryRun: boolean;
  /** What was wrong before; none = nothing was done. */
  readonly findings: readonly Finding[];
  readonly memories: {
    /** Read from the damaged file. */
    readonly saved: number;
    readonly restored: readonly RestoredMemory[];
    readonly lost: readonly LostMemory[];
  };
  readonly changes: {
    readonly saved: number;
    /** Entries filled from the backup. */
    readonly filled: number;
    /** Entries given up, because others between them are lost: history begins anew. */
    readonly dropped: number;
  };
  readonly links: {
    readonly saved: number;
    readonly filled: number;
    /** Links of memories that are lost, that belonged to none, or that were damaged and are in no backup. */
    readonly dropped: number;
  };
  readonly vectors: {
    readonly saved: number;
    /** To be made anew when the store is opened next. */
    readonly missing: number;
  };
  /** Acknowledged commits that the file does not hold. */
  readonly lostCommits: number;
  /** True when the history of the file is another one now, so that cursors of before are refused. */
  readonly newEpoch: boolean;
  /** The backup that was looked into; null = none. */
  readonly backup: string | null;
  /** Where the damaged file lies now; null when nothing was done. */
  readonly damagedFile: string | null;
}

/** What an open store knows of its own soundness. */
export interface StoreIntegrity {
  /** What is known to be wrong; reads that depend on it are refused. */
  readonly findings: readonly Finding[];
  /** False when the last writer did not close the file. */
  readonly cleanShutdown: boolean;
  /** Whether opening looked at the whole file; of a large one only at the newest rows. */
  readonly checkedWhole: boolean;
  /** Takes what a check has found since: the store refuses what it cannot answer rightly any more. */
  report(findings: readonly Finding[]): Promise<void>;
}
