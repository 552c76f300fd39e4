import type { StatementCache } from './statement-cache.ts';

const SELECT_CSN = 'SELECT csn FROM main.engine_meta WHERE id = 1';
const MAX_TERMS = 4_096;

/**
 * Numbers of rows that hold a term, kept per connection for as long as nothing is committed: a frequent term costs 0.05 µs for each
 * of its rows to count, which is a sixth of the time of a question.
 */
export class TermCounts {
  #csn = -1;
  readonly #counts = new Map<string, number>();

  /** To be called inside the snapshot of the read, before `count`. */
  begin(statements: StatementCache): void {
    const csn = statements.row(SELECT_CSN)?.[0] as number;
    if (csn !== this.#csn || this.#counts.size >= MAX_TERMS) this.#counts.clear();
    this.#csn = csn;
  }

  count(expression: string, load: () => number): number {
    const known = this.#counts.get(expression);
    if (known !== undefined) return known;
    const count = load();
    this.#counts.set(expression, count);
    return count;
  }
}
