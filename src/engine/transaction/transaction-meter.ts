import type { TransactionState, TransactionStatistics } from './transaction-types.ts';

/** Counts over all transactions since the start. */
export class TransactionMeter {
  #committed = 0;
  #rolledBack = 0;
  #timedOut = 0;
  #durationMs = 0;
  conflicts = 0;
  retries = 0;

  ended(how: 'committed' | 'rolled_back' | 'failed' | 'timeout', durationMs: number): void {
    this.#durationMs += durationMs;
    if (how === 'committed') this.#committed += 1;
    else if (how === 'timeout') this.#timedOut += 1;
    else this.#rolledBack += 1;
  }

  statistics(open: readonly TransactionState[]): TransactionStatistics {
    const ended = this.#committed + this.#rolledBack + this.#timedOut;
    const activeByState: Partial<Record<TransactionState, number>> = {};
    for (const state of open) activeByState[state] = (activeByState[state] ?? 0) + 1;
    return {
      active: open.length,
      committed: this.#committed,
      rolledBack: this.#rolledBack,
      timedOut: this.#timedOut,
      conflicts: this.conflicts,
      retries: this.retries,
      commitRate: ended === 0 ? 100 : (100 * this.#committed) / ended,
      averageDurationSeconds: ended === 0 ? 0 : this.#durationMs / ended / 1000,
      activeByState,
    };
  }
}
