import type { SqliteDatabase } from './database.ts';
import { DEADLINE_MESSAGE } from './sqlite-errors.ts';

/** ANDed into heavy scans; always true until the deadline. */
export const CLOCK_CONDITION = 'trinitas_clock()';

/** Rows between two looks at the clock: the look costs more than the row. */
const ROWS_PER_LOOK = 64;

/**
 * SQLite offers no way to interrupt a statement here (no progress handler, no interrupt), so scans call a function that
 * throws at the deadline. Register once per connection, set the deadline before each read.
 */
export class DeadlineClock {
  #deadline = Number.POSITIVE_INFINITY;
  #rows = 0;

  constructor(database: SqliteDatabase) {
    database.function('trinitas_clock', { deterministic: false }, () => {
      this.tick();
      return 1;
    });
  }

  /** For another function that a scan calls for each of its rows. */
  tick(): void {
    this.#rows += 1;
    if (this.#rows % ROWS_PER_LOOK === 0 && Date.now() > this.#deadline)
      throw new Error(DEADLINE_MESSAGE);
  }

  /** Unix ms; undefined = none. */
  set(deadline: number | undefined): void {
    this.#deadline = deadline ?? Number.POSITIVE_INFINITY;
  }
}
