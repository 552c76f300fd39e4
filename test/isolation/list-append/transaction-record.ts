import type { IsolationLevel } from '../../../src/engine/index.ts';

/** What one transaction did, in its order. Elements are unique over the whole run. */
export type RecordedStep =
  | {
      readonly kind: 'read';
      readonly key: string;
      /** What it saw, its own elements included. */
      readonly list: readonly number[];
      /** Seen by a query over several keys, which also tells which keys do not exist. */
      readonly byQuery: boolean;
    }
  | { readonly kind: 'append'; readonly key: string; readonly element: number };

export interface TransactionRecord {
  readonly id: number;
  readonly level: IsolationLevel;
  readonly steps: readonly RecordedStep[];
  /** Elements it took back with a savepoint, or all of an aborted one: nobody may ever see them. */
  readonly takenBack: readonly number[];
  readonly outcome: 'committed' | 'aborted';
  /** Order of the events of the run: a transaction that began after another one's end follows it in real time. */
  readonly began: number;
  readonly ended: number;
}

export interface RunRecord {
  readonly transactions: readonly TransactionRecord[];
  /** Every key's list after all transactions had ended. */
  readonly final: ReadonlyMap<string, readonly number[]>;
}
