import type { StatementCache } from './statement-cache.ts';

/** A position in the change log and the latest time met up to there. */
export interface Mark {
  readonly seq: number;
  /** Unix ms */
  readonly high: number;
}

/** The clock condition stops a long first walk at the deadline. */
const WALK = 'SELECT seq, at FROM changes WHERE seq > ? AND trinitas_clock() ORDER BY seq';

/** Entries between two kept marks: the most that one look-up walks over in a log it knows. */
const ENTRIES_PER_MARK = 256;

/**
 * Finds the place of a moment in the change log. `at` comes from the wall clock of each caller, so it may step back from
 * one entry to the next. What counts is therefore the latest time of the log up to an entry, which only grows: the state
 * at T ends before the first entry whose time is later than T. So a moment always names a prefix of the commit order,
 * never a mixture, and the same one after the log was trimmed. The removal of an expired memory is noted in
 * the last millisecond of its life (expiry-sweep.ts) and counts from there.
 *
 * Marks are kept every few hundred entries: the first look-up walks over the log once (two columns), later ones over
 * what is new. The log only grows at its end, and trimming leaves the marks right.
 */
export class HistoryClock {
  readonly #marks: Mark[] = [];

  /**
   * The newest entry, with the latest time up to it, before `ends` turns true, which must stay true from then on.
   * `start` is where the log begins: false for `ends`.
   */
  last(statements: StatementCache, start: Mark, ends: (mark: Mark) => boolean): Mark {
    let last = this.#known(start, ends);
    for (const row of statements.use(WALK).raw(true).iterate(last.seq)) {
      const [seq, at] = row as [number, number];
      const mark = { seq, high: Math.max(last.high, at) };
      if (ends(mark)) return last;
      last = mark;
      this.#keep(mark);
    }
    return last;
  }

  #keep(mark: Mark): void {
    if (mark.seq - (this.#marks.at(-1)?.seq ?? 0) >= ENTRIES_PER_MARK) this.#marks.push(mark);
  }

  /** The last mark for which `ends` is false; `start` when there is none behind it. */
  #known(start: Mark, ends: (mark: Mark) => boolean): Mark {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mark = this.#marks[middle];
      if (mark !== undefined && ends(mark)) high = middle;
      else low = middle + 1;
    }
    const mark = this.#marks[low - 1];
    return mark !== undefined && mark.seq > start.seq ? mark : start;
  }
}
