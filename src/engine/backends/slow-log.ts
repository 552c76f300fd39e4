import type { SlowStatement } from './backend-statistics.ts';

/** Enough to see a pattern; the counts of all statements are in their histograms. */
const KEEP = 32;

/** The newest slow statements of a backend. */
export class SlowLog {
  readonly #entries: SlowStatement[] = [];

  add(statement: Omit<SlowStatement, 'at'>): void {
    this.#entries.push({ ...statement, at: Date.now() });
    if (this.#entries.length > KEEP) this.#entries.shift();
  }

  entries(): readonly SlowStatement[] {
    return [...this.#entries];
  }
}
