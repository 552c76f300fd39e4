const MS_PER_SECOND = 1000;

/** Events per second over the last seconds, counted in buckets of one second. */
export class SlidingRate {
  readonly windowSeconds: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #counts: number[];
  /** The second (clock / 1000, rounded down) that each bucket counts; older ones are void. */
  readonly #seconds: number[];

  /**
   * `windowSeconds` is a whole number from 1 on, `now` gives milliseconds of a clock that never goes back, and
   * `startedAt` (absent = now) is when counting started: a window that reaches further back is cut there.
   */
  constructor(windowSeconds: number, now: () => number, startedAt: number = now()) {
    this.windowSeconds = windowSeconds;
    this.#now = now;
    this.#startedAt = startedAt;
    this.#counts = new Array<number>(windowSeconds).fill(0);
    this.#seconds = new Array<number>(windowSeconds).fill(-1);
  }

  /** Counts events that happened at `at` (ms of the same clock, absent = now). */
  add(events = 1, at: number = this.#now()): void {
    const second = Math.floor(at / MS_PER_SECOND);
    const bucket = second % this.windowSeconds;
    if (this.#seconds[bucket] === second) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + events;
    } else {
      this.#seconds[bucket] = second;
      this.#counts[bucket] = events;
    }
  }

  /**
   * Events in the window divided by the time it covers: the running second and the whole ones before it,
   * never less than one second, so that a first event does not look like a thousand per second.
   */
  perSecond(): number {
    const now = this.#now();
    const second = Math.floor(now / MS_PER_SECOND);
    let events = 0;
    for (const [bucket, counted] of this.#seconds.entries()) {
      if (counted > second - this.windowSeconds) events += this.#counts[bucket] ?? 0;
    }
    const covered = this.windowSeconds - 1 + (now / MS_PER_SECOND - second);
    const alive = (now - this.#startedAt) / MS_PER_SECOND;
    return events / Math.max(1, Math.min(covered, alive));
  }
}
