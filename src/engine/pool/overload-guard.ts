/*
 * Waits as shares of the time that a read waits for a connection at most (5 s).
 */

/** 0.1 s. What waits no longer is no overload, and under overload no search waits longer: enough to keep the readers busy. */
const SHORT_WAIT = 1 / 50;
/** 0.5 s. Below it a queue may grow for as long as it likes. */
const GROWING_WAIT = 1 / 10;
/** 4 s. A wait that may last: callers who wait for their answers before they ask again are left alone below it, if they are 64 and a recall takes 60 ms. */
const LONG_WAIT = 4 / 5;

/** Time that one look at the queue covers. */
const INTERVAL_MS = 400;
/** Searches that it covers at least: fewer tell nothing about a rate. */
const INTERVAL_ANSWERS = 8;
/**
 * Growth is what came above what was answered, as a share of it. Callers who wait for their answers make none, whatever their number,
 * but their start does, so one interval is not enough.
 */
const MOST_GROWTH = 0.75;
/** Less is chance. */
const LEAST_GROWTH = 0.05;
/** Sum over intervals on end that makes an overload: two of them when twice as much comes as is answered, five at a quarter more. */
const ENOUGH_GROWTH = 1.25;
/** Below it the queue is being worked off, such as after a burst. */
const DRAINING = 0.5;
/** Overload ends when nothing had to be refused for so long. */
const CALM_MS = 1_000;

interface Interval {
  readonly startedAt: number;
  readonly arrived: number;
  answered: number;
}

/**
 * Tells a standing queue from a burst. A burst may wait; it is worked off. Overload is a queue that goes on
 * growing, or that is long and does not shrink. From then on a search is let in only behind a short queue: who is let in is
 * answered soon, and who is not is told at once.
 */
export class OverloadGuard {
  readonly #patienceMs: number;
  readonly #now: () => number;
  #interval: Interval | null = null;
  #growth = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;

  /** `patienceMs`: how long a read waits for a connection at most. `now`: milliseconds of a clock that never goes back. */
  constructor(patienceMs: number, now: () => number = () => performance.now()) {
    this.#patienceMs = patienceMs;
    this.#now = now;
  }

  get overloaded(): boolean {
    return this.#now() - this.#refusedAt < CALM_MS;
  }

  /** Milliseconds: a search that would wait longer in all is given up under overload. */
  get longWaitMs(): number {
    return this.#patienceMs * LONG_WAIT;
  }

  /** Searches that a reader has answered. */
  answered(count: number): void {
    if (this.#interval !== null) this.#interval.answered += count;
  }

  /**
   * Whether the searches of one turn of the event loop may join the queue, all or none: they may be parts of one request. `waitMs` is what
   * the first of them is expected to wait.
   */
  admits(waitMs: number, count: number): boolean {
    if (waitMs <= this.#patienceMs * SHORT_WAIT) {
      this.#interval = null;
      this.#growth = 0;
      return true;
    }
    if (!this.overloaded && !this.#overloadBegins(waitMs, count)) return true;
    this.#refusedAt = this.#now();
    this.#interval = null;
    this.#growth = 0;
    return false;
  }

  /** Milliseconds after which a search that was refused is likely to be let in; spread, so that not all come back at once. */
  retryAfterMs(waitMs: number): number {
    return Math.round(waitMs + Math.random() * CALM_MS);
  }

  #overloadBegins(waitMs: number, count: number): boolean {
    const now = this.#now();
    const { startedAt, arrived, answered } = this.#interval ?? {
      startedAt: now,
      arrived: 0,
      answered: 0,
    };
    if (now - startedAt < INTERVAL_MS || answered < INTERVAL_ANSWERS) {
      this.#interval = { startedAt, arrived: arrived + count, answered };
      return false;
    }
    const stands = waitMs > this.longWaitMs && arrived >= answered * DRAINING;
    const growth = stands ? MOST_GROWTH : Math.min(MOST_GROWTH, arrived / answered - 1);
    this.#growth = growth < LEAST_GROWTH ? 0 : this.#growth + growth;
    this.#interval = { startedAt: now, arrived: count, answered: 0 };
    return waitMs > this.#patienceMs * GROWING_WAIT && this.#growth >= ENOUGH_GROWTH;
  }
}
