import type { WorkloadItem } from './workload.ts';

/** One system under test, open on its own empty directory. */
export interface OpenContender {
  /** Resolves when the memory is durable as the system promises it. */
  store(item: WorkloadItem): Promise<unknown>;
  /** Loads items as fast as the system can, until recall finds all of them; not measured. */
  fill(items: readonly WorkloadItem[]): Promise<void>;
  /** The ten best hits; resolves to their number. */
  recall(query: string): Promise<number>;
  /** Only the part of `recall` that makes the vector of the query; null for a system that makes none. */
  readonly embedQuery: ((query: string) => unknown) | null;
  /** How many memories are there. */
  count(): Promise<number>;
  close(): Promise<void>;
}

export interface Contender {
  /** Unique and short; names a row of the tables. */
  readonly name: string;
  /** True for the system all ratios are made against. */
  readonly isBaseline: boolean;
  /** `engineUrl` is the compiled engine/index.js to measure, for the contenders that run it. */
  open(directory: string, engineUrl: string): Promise<OpenContender>;
}
