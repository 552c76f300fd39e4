import type { Contender } from './contender.ts';
import type { BlockResult } from './samples.ts';
import type { Table } from './table.ts';

/** How long and how often to measure. */
export interface BenchPlan {
  readonly rounds: number;
  /** Milliseconds of one measured block. */
  readonly blockMs: number;
  readonly recallSizes: readonly number[];
  /** Sequential recalls of each kind in one round. */
  readonly recallsPerKind: number;
}

export const FULL_PLAN: BenchPlan = {
  rounds: 5,
  blockMs: 1_500,
  recallSizes: [1_000, 10_000, 50_000],
  recallsPerKind: 40,
};

/** About a minute: to see whether something broke, not to publish. */
export const QUICK_PLAN: BenchPlan = {
  rounds: 3,
  blockMs: 300,
  recallSizes: [1_000, 10_000],
  recallsPerKind: 10,
};

export interface BenchContext {
  readonly plan: BenchPlan;
  readonly seed: number;
  readonly contenders: readonly Contender[];
  readonly engineUrl: string;
  /** Runs `use` on a fresh directory and removes it afterwards. */
  withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T>;
  progress(message: string): void;
}

/** One measured cell with every round, so that a reader of the JSON can make its own statistics. */
export interface Measurement {
  readonly category: string;
  readonly contender: string;
  /** What was varied: callers, memories, kind of query. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly rounds: readonly BlockResult[];
  readonly median: BlockResult;
}

/** A subject of measurement. A new one is a new file and a line in main.ts. */
export interface BenchCategory {
  readonly name: string;
  run(context: BenchContext): Promise<readonly Measurement[]>;
  tables(measurements: readonly Measurement[], contenders: readonly Contender[]): readonly Table[];
}
