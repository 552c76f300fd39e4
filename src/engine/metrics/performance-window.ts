import { LatencyHistogram } from './latency-histogram.ts';

/** Parts of the window that are forgotten one by one: a figure is at most so much of the window too old. */
const SLICES = 5;

interface Slice {
  /** Number of the slice since the clock's zero. */
  readonly number: number;
  readonly latency: LatencyHistogram;
  faults: number;
}

/** Latency and faults of the operations that ended within the last `windowMs`, and how many are under way. */
export class PerformanceWindow {
  readonly #sliceMs: number;
  readonly #now: () => number;
  #slices: Slice[] = [];
  /** Operations that were accepted and not answered yet. */
  underWay = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(windowMs: number, now: () => number) {
    this.#sliceMs = windowMs / SLICES;
    this.#now = now;
  }

  record(milliseconds: number, fault: boolean): void {
    const slice = this.#current();
    slice.latency.record(milliseconds * 1000);
    if (fault) slice.faults += 1;
  }

  /** The duration in ms that 95 % of the operations did not exceed; 0 when there were none. */
  p95(): number {
    const all = new LatencyHistogram();
    for (const { latency } of this.#recent()) all.merge(latency.export());
    return all.percentile(95);
  }

  /** Share of operations that failed through no fault of their caller, 0..100. */
  errorRate(): number {
    let count = 0;
    let faults = 0;
    for (const slice of this.#recent()) {
      count += slice.latency.count;
      faults += slice.faults;
    }
    return count === 0 ? 0 : (100 * faults) / count;
  }

  #current(): Slice {
    const number = Math.floor(this.#now() / this.#sliceMs);
    const newest = this.#slices.at(-1);
    if (newest?.number === number) return newest;
    const slice: Slice = { number, latency: new LatencyHistogram(), faults: 0 };
    this.#slices = [...this.#recent(), slice];
    return slice;
  }

  #recent(): Slice[] {
    const oldest = Math.floor(this.#now() / this.#sliceMs) - SLICES;
    return this.#slices.filter(({ number }) => number > oldest);
  }
}
