import type { BlockResult } from '../samples.ts';
import type { WorkloadItem } from '../workload.ts';

/** What a child process does with the store of one size; travels as JSON. */
export interface ScaleTask {
  readonly act: 'fill' | 'measure';
  readonly engineUrl: string;
  /** Of the database; a fill makes it. */
  readonly path: string;
  readonly memories: number;
  readonly seed: number;
  /** Operations of each kind are made from this number. */
  readonly calls: number;
  /** Memories of the store that reads and queries are about; empty for a fill, which picks them. */
  readonly sample: readonly WorkloadItem[];
}

export interface Filled {
  readonly perSecond: number;
  /** Of the closed database. */
  readonly fileBytes: number;
  readonly sample: readonly WorkloadItem[];
}

export interface Scaled {
  /** Until the engine is open. */
  readonly openMs: number;
  /** The first recall, which finds every cache empty. */
  readonly firstRecallMs: number;
  readonly residentBytes: number;
  readonly blocks: Readonly<Record<Timed, BlockResult>>;
}

/** What is timed call by call, in the order of the table. */
export const TIMED = [
  'store',
  'store, group of 256',
  'read by key',
  'list of 20',
  'list of 20 by persona',
  'list of 20 with total',
  'recall by a topic',
  'recall by a project',
  'recall by a question',
  'context',
  'status',
] as const;
export type Timed = (typeof TIMED)[number];
