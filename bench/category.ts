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
  readonly vectorSizes: readonly number[];
  /** Searches of each way in one round. */
  readonly searchesPerWay: number;
}

export const FULL_PLAN: BenchPlan = {
  rounds: 5,
  blockMs: 1_500,
  recallSizes: [1_000, 10_000, 50_000, 100_000],
  recallsPerKind: 40,
  vectorSizes: [10_000, 50_000, 100_000],
  searchesPerWay: 40,
};

/** A few minutes: to see whether something broke, not to publish. */
export const QUICK_PLAN: BenchPlan = {
  rounds: 3,
  blockMs: 300,
  recallSizes: [1_000, 10_000],
  recallsPerKind: 10,
  vectorSizes: [2_000, 10_000],
  searchesPerWay: 10,
};

export interface BenchContext {
  readonly plan: BenchPlan;
  readonly seed: number;
  readonly contenders: readonly Contender[];
  readonly engineUrl: string;
  /** A file with texts to make vectors of, instead of generated sentences. */
  readonly textsPath: string | null;
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
  /** What is no duration: shares, bytes, microseconds of an insert. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A subject of measurement. A new one is a new file and an entry in suites.ts. */
export interface BenchCategory {
  readonly name: string;
  run(context: BenchContext): Promise<readonly Measurement[]>;
  tables(measurements: readonly Measurement[], contenders: readonly Contender[]): readonly Table[];
}
