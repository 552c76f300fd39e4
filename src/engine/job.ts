export const JOB_STATES = ['RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Everything that is derived from the memories and can be made anew. */
export const REINDEX_TARGETS = ['vectors', 'fulltext', 'chroma', 'redis'] as const;
export type ReindexTarget = (typeof REINDEX_TARGETS)[number];

/** Work in the background that a person may want to watch. */
export interface Job {
  readonly id: string;
  /** `reindex` (of vectors), `reindex:<target>` or `backup` */
  readonly kind: string;
  readonly state: JobState;
  /** Items gone through so far: memories, or pages and rows of a backup. */
  readonly done: number;
  /** Of these, those that nothing could be done with. */
  readonly failed: number;
  /** Items in all, as counted at the start and put right at the end; null when that is not known. */
  readonly total: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Why it failed; null unless the state is FAILED. */
  readonly error: string | null;
}
