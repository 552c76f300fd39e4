import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Statistics } from './figures.ts';
import { Wake } from './wake.ts';

/** Subscribers told in one turn of the event loop: 3 ms of work over WebSocket; 1,000 at once held everybody else up for 50. */
const TOLD_PER_TURN = 64;

/**
 * Samples shared by all subscribers of one interval: one timer and one measurement for any number of them. A subscriber
 * that is slower than the interval gets the newest sample and misses those between.
 */
export class StatisticsSampler {
  readonly #sample: () => Promise<Statistics>;
  readonly #byInterval = new Map<number, SharedSamples>();

  constructor(sample: () => Promise<Statistics>) {
    this.#sample = sample;
  }

  /** The first sample comes at once, then one each `intervalMs`; ends when the signal aborts. */
  async *watch(intervalMs: number, signal: AbortSignal): AsyncGenerator<Statistics> {
    if (signal.aborted) return;
    const samples = this.#byInterval.get(intervalMs) ?? new SharedSamples(this.#sample, intervalMs);
    this.#byInterval.set(intervalMs, samples);
    const wake = samples.join();
    try {
      let seen = 0;
      while (!signal.aborted) {
        const { number, value } = samples.newest();
        if (value !== null && number > seen) {
          seen = number;
          yield value;
        } else {
          await wake.wait(signal);
        }
      }
    } finally {
      if (samples.leave(wake) === 0) this.#byInterval.delete(intervalMs);
    }
  }
}

class SharedSamples {
  readonly #sample: () => Promise<Statistics>;
  readonly #timer: NodeJS.Timeout;
  readonly #wakes = new Set<Wake>();
  #number = 0;
  #value: Statistics | null = null;
  #failure: { readonly error: unknown } | null = null;
  #sampling = false;

  constructor(sample: () => Promise<Statistics>, intervalMs: number) {
    this.#sample = sample;
    this.#timer = setInterval(() => void this.#take(), intervalMs);
    void this.#take();
  }

  join(): Wake {
    const wake = new Wake();
    this.#wakes.add(wake);
    return wake;
  }

  /** Returns how many subscribers are left; the last one stops the timer. */
  leave(wake: Wake): number {
    this.#wakes.delete(wake);
    if (this.#wakes.size === 0) clearInterval(this.#timer);
    return this.#wakes.size;
  }

  /** Throws when the newest attempt to sample failed. */
  newest(): { readonly number: number; readonly value: Statistics | null } {
    if (this.#failure !== null) throw this.#failure.error;
    return { number: this.#number, value: this.#value };
  }

  async #take(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    try {
      this.#value = await this.#sample();
      this.#number += 1;
      this.#failure = null;
    } catch (error) {
      this.#failure = { error };
    }
    let told = 0;
    for (const wake of this.#wakes) {
      if (told > 0 && told % TOLD_PER_TURN === 0) await nextTurn();
      told += 1;
      wake.notify();
    }
    this.#sampling = false;
  }
}
