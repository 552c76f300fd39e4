import type { ChangeKind } from '../../src/engine/index.ts';

/** What every stored value of a load holds: a word that no other value holds, and how many writes its unit has. */
export interface LoadValue {
  /** Name of the unit, `i`, and the place of the write in it. */
  readonly word: string;
  readonly of: number;
}

/** One acknowledged write of one memory. */
export interface AcknowledgedWrite {
  readonly key: string;
  readonly kind: ChangeKind;
  /** Left out where the answer does not tell it. */
  readonly version?: number | undefined;
}

/** One acknowledged unit; what the answer does not tell is left out. */
export interface Acknowledgement {
  readonly txid?: string | undefined;
  readonly csn?: number | undefined;
  /** Place of its last change in the log. */
  readonly seq?: number | undefined;
  readonly writes: readonly AcknowledgedWrite[];
}

/** What came of the units that one run sent until it was killed. Of those in neither list nothing is known. */
export interface LoadRun {
  /** Stands at the beginning of every word of the run. */
  readonly name: string;
  readonly acknowledged: readonly Acknowledgement[];
  /** Names of units that were answered with an error or rolled back: nothing of them may exist. */
  readonly refused: readonly string[];
}

export const wordOf = (unit: string, index: number): string => `${unit}i${index}`;

export const unitOfWord = (word: string): string => word.slice(0, word.lastIndexOf('i'));
