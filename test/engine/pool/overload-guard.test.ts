import { expect, it } from 'vitest';
import { OverloadGuard } from '../../../src/engine/pool/overload-guard.ts';

const PATIENCE_MS = 5_000;

interface Load {
  /** Searches that a second of open load brings, whether or not earlier ones are answered. */
  readonly perSecond?: number;
  /** Callers who ask again as soon as they are answered or refused. */
  readonly callers?: number;
  /** Searches at the very beginning, in one turn. */
  readonly burst?: number;
  readonly seconds: number;
}

/** A reader that takes `serviceMs` for each search behind a guarded queue, on a clock of its own; each step is one millisecond. */
class Simulation {
  #now = 0;
  #queue = 0;
  #workMs = 0;
  #owed = 0;
  readonly #serviceMs: number;
  readonly #guard = new OverloadGuard(PATIENCE_MS, () => this.#now);
  admitted = 0;
  refused = 0;
  answered = 0;
  longestWaitMs = 0;

  constructor(serviceMs: number) {
    this.#serviceMs = serviceMs;
  }

  get overloaded(): boolean {
    return this.#guard.overloaded;
  }

  get waitMs(): number {
    return this.#queue * this.#serviceMs;
  }

  /** What happened during the load; the queue stays as it is. */
  run({ perSecond = 0, callers = 0, burst = 0, seconds }: Load): this {
    this.refused = 0;
    this.admitted = 0;
    this.longestWaitMs = 0;
    this.#arrive(burst + callers);
    for (const end = this.#now + seconds * 1_000; this.#now < end; this.#now += 1) {
      const done = this.#work();
      this.#owed += perSecond / 1_000;
      const open = Math.floor(this.#owed);
      this.#owed -= open;
      this.#arrive(open + (callers > 0 ? done : 0));
    }
    return this;
  }

  #arrive(count: number): void {
    if (count === 0) return;
    const { waitMs } = this;
    if (this.#guard.admits(waitMs, count)) {
      this.#queue += count;
      this.admitted += count;
      this.longestWaitMs = Math.max(this.longestWaitMs, waitMs);
    } else this.refused += count;
  }

  #work(): number {
    if (this.#queue === 0) return 0;
    this.#workMs += 1;
    if (this.#workMs < this.#serviceMs) return 0;
    this.#workMs = 0;
    this.#queue -= 1;
    this.answered += 1;
    this.#guard.answered(1);
    return 1;
  }
}

it('lets a load below the capacity alone, for ever', () => {
  expect(new Simulation(10).run({ perSecond: 95, seconds: 60 }).refused).toBe(0);
});

it('lets a burst of any size in, also what comes while it is worked off', () => {
  const simulation = new Simulation(15);
  expect(simulation.run({ burst: 400, perSecond: 10, seconds: 10 }).refused).toBe(0);
  expect(simulation.waitMs).toBeLessThan(100);
});

it('lets callers in who wait for their answers, as long as that is a time to wait', () => {
  for (const [callers, serviceMs] of [
    [64, 20],
    [64, 40],
    [256, 10],
  ] as const) {
    const simulation = new Simulation(serviceMs).run({ callers, seconds: 60 });
    expect([callers, serviceMs, simulation.refused]).toEqual([callers, serviceMs, 0]);
  }
});

it('takes callers who start one after another for no overload', () => {
  const simulation = new Simulation(20);
  // The caller of each answer asks again.
  expect(simulation.run({ callers: 1, perSecond: 200, seconds: 0.3 }).refused).toBe(0);
  expect(simulation.run({ callers: 3, seconds: 60 }).refused).toBe(0);
  expect(simulation.waitMs).toBeGreaterThan(1_000);
});

it('notices within two seconds that more comes than is answered, and refuses only that', () => {
  const simulation = new Simulation(12);
  const onset = simulation.run({ perSecond: 200, seconds: 2 });
  expect(onset.refused).toBeGreaterThan(0);
  expect(onset.longestWaitMs).toBeLessThan(2_000);
  // The queue that had grown until then.
  simulation.run({ perSecond: 200, seconds: 2 });
  const peak = simulation.run({ perSecond: 200, seconds: 30 });
  expect(peak.longestWaitMs).toBeLessThanOrEqual(PATIENCE_MS / 50);
  // The reader is never idle: 83 a second.
  expect(peak.admitted).toBeGreaterThan(30 * 80);
  expect(peak.admitted + peak.refused).toBe(200 * 30);
});

it('lets everything in again as soon as less comes than is answered', () => {
  const simulation = new Simulation(12);
  simulation.run({ perSecond: 400, seconds: 10 });
  expect(simulation.overloaded).toBe(true);
  // What was let in before.
  simulation.run({ seconds: 0.5 });
  expect(simulation.waitMs).toBe(0);
  expect(simulation.run({ perSecond: 40, seconds: 30 }).refused).toBe(0);
  expect(simulation.overloaded).toBe(false);
  expect(simulation.run({ burst: 256, seconds: 5 }).refused).toBe(0);
});

it('finds a queue that grows slowly, and one that is long and stays so', () => {
  const simulation = new Simulation(10);
  const grown = simulation.run({ perSecond: 110, seconds: 60 });
  expect(grown.refused).toBeGreaterThan(0);
  expect(grown.longestWaitMs).toBeLessThan(1_000);
  expect(simulation.run({ callers: 600, seconds: 20 }).refused).toBeGreaterThan(0);
});

it('refuses nothing while no reader answers: that is no overload', () => {
  expect(new Simulation(1e9).run({ burst: 1, perSecond: 50, seconds: 10 }).refused).toBe(0);
});

it('never refuses when reads may wait for ever', () => {
  const guard = new OverloadGuard(Number.POSITIVE_INFINITY, () => 0);
  expect(guard.admits(1_000_000, 1)).toBe(true);
});

it('names a time to come back that lies after the queue and is not the same for all', () => {
  const guard = new OverloadGuard(PATIENCE_MS);
  const times = Array.from({ length: 100 }, () => guard.retryAfterMs(200));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(200);
  expect(Math.max(...times)).toBeLessThanOrEqual(1_200);
  expect(new Set(times).size).toBeGreaterThan(10);
});
