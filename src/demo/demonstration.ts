import type { Engine, MemoryOperations } from '../engine/index.ts';

/** One thing the engine promises, shown for real and verified by itself. */
export interface Demonstration {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for people: what is shown, and what of. */
  readonly proves: string;
  /** Rejects when the promise does not hold. */
  run(stage: Stage): Promise<void>;
}

/** What a demonstration works with. */
export interface Stage {
  readonly engine: Engine;
  /** An empty namespace that no other demonstration uses. */
  readonly memories: MemoryOperations;
  /** Memories that the larger parts store or read. */
  readonly size: number;
  /** For files of its own, on the disk of the database; removed afterwards. */
  readonly directory: string;
  /** Ends what can be ended early. */
  readonly signal: AbortSignal;
  /** Tells a fact that was just verified; throws CheckFailure when it does not hold. `found` is what was seen instead. */
  check(fact: string, holds: boolean, found?: unknown): void;
  /** Tells a number; it proves nothing by itself. */
  measured(figure: Figure): void;
}

export interface Figure {
  /** Unique in its demonstration, camelCase. */
  readonly name: string;
  readonly value: number;
  /** A sentence that holds the number in the form for people. */
  readonly text: string;
}

/** A fact did not hold. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
}
