import type { Contender } from './contender.ts';
import type { Chart } from './html/chart.ts';
import type { BlockResult } from './samples.ts';
import type { Ratio } from './statistics/ratio.ts';
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
  /** Memories of the stores whose costs are compared, ascending. */
  readonly scaleSizes: readonly number[];
  /** Searches of each way in one round. */
  readonly searchesPerWay: number;
  /** Memories that are there while many callers read and write. */
  readonly concurrentMemories: number;
  /** Memories stored while the process is watched. */
  readonly memoryStores: number;
  /** Processes watched for each system. */
  readonly memoryRounds: number;
  /** Seconds of stores while 1,200 subscribers listen, and how often that is played. */
  readonly subscriptionSeconds: number;
  readonly subscriptionRounds: number;
  /** Stores that are begun at one moment. */
  readonly burst: number;
}

/** Some twenty minutes on two quiet cores. */
export const STANDARD_PLAN: BenchPlan = {
  rounds: 5,
  blockMs: 1_500,
  recallSizes: [1_000, 10_000, 50_000, 100_000],
  recallsPerKind: 40,
  vectorSizes: [10_000, 50_000, 100_000],
  scaleSizes: [10_000, 100_000],
  searchesPerWay: 40,
  concurrentMemories: 10_000,
  memoryStores: 200_000,
  memoryRounds: 5,
  subscriptionSeconds: 20,
  subscriptionRounds: 3,
  burst: 20_000,
};

/** Hours: a million memories, where disk and memory allow. */
export const FULL_PLAN: BenchPlan = {
  ...STANDARD_PLAN,
  rounds: 7,
  blockMs: 3_000,
  recallSizes: [1_000, 10_000, 50_000, 100_000, 1_000_000],
  scaleSizes: [10_000, 100_000, 1_000_000],
  concurrentMemories: 100_000,
  burst: 100_000,
};

/** A few minutes: to see whether something broke, not to publish. */
export const QUICK_PLAN: BenchPlan = {
  rounds: 3,
  blockMs: 300,
  recallSizes: [1_000, 10_000],
  recallsPerKind: 10,
  vectorSizes: [2_000, 10_000],
  scaleSizes: [1_000, 10_000],
  searchesPerWay: 10,
  concurrentMemories: 2_000,
  memoryStores: 10_000,
  memoryRounds: 1,
  subscriptionSeconds: 3,
  subscriptionRounds: 1,
  burst: 2_000,
};

export interface BenchContext {
  readonly plan: BenchPlan;
  readonly seed: number;
  readonly contenders: readonly Contender[];
  readonly engineUrl: string;
  /** engine/index.js of another build to compare with, where a category does; null or absent = none. */
  readonly againstUrl?: string | null | undefined;
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
  /** Figures that each round has one of, or that follow each other in time. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** A subject of measurement. A new one is a new file and an entry in suites.ts. */
export interface BenchCategory {
  readonly name: string;
  run(context: BenchContext): Promise<readonly Measurement[]>;
  tables(measurements: readonly Measurement[], contenders: readonly Contender[]): readonly Table[];
  /** The promises it measures; absent = none. One whose figures were not measured in this run is left out. */
  ratios?(measurements: readonly Measurement[], contenders: readonly Contender[]): readonly Ratio[];
  /** For the HTML report; absent = throughput of every cell. */
  charts?(measurements: readonly Measurement[]): readonly Chart[];
}
