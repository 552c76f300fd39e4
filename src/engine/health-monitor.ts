import type { HealthState } from './backends/backend-statistics.ts';
import type { Health } from './figures.ts';

/** Milliseconds between two looks; looking costs microseconds, since every part knows its state. */
const LOOK_EVERY_MS = 100;

/** One part of the store has changed its state. */
export interface HealthChange {
  /** Which check: `writer`, `reader-1`, `embedder`, `performance.p95_ms`, … */
  readonly name: string;
  /** A check that shows only while something is wrong counts as OK before and after. */
  readonly from: HealthState;
  readonly to: HealthState;
  /** What is wrong; null when all is well. */
  readonly message: string | null;
  /** State of the whole store now. */
  readonly state: HealthState;
  /** Unix ms when it was noticed. */
  readonly at: number;
}
export type HealthListener = (change: HealthChange) => void;

/**
 * Tells of every change of a check's state once, whatever part of the engine it belongs to. It looks ten times a second,
 * so a state that lasts less than that may go unseen.
 */
export class HealthMonitor {
  readonly #read: () => Health;
  readonly #beforeLook: () => void;
  readonly #listeners = new Set<HealthListener>();
  readonly #timer: NodeJS.Timeout;
  #states = new Map<string, HealthState>();

  /** `beforeLook` brings up to date what is sampled. The timer does not keep the process alive. */
  constructor(read: () => Health, beforeLook: () => void) {
    this.#read = read;
    this.#beforeLook = beforeLook;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Returns how to stop listening. What is wrong already is told at the next look. */
  onChange(listener: HealthListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  look(): void {
    this.#beforeLook();
    const { state, checks } = this.#read();
    const states = new Map(checks.map((check) => [check.name, check.state]));
    const messages = new Map(checks.map((check) => [check.name, check.message]));
    for (const name of new Set([...this.#states.keys(), ...states.keys()])) {
      const from = this.#states.get(name) ?? 'OK';
      const to = states.get(name) ?? 'OK';
      if (from === to) continue;
      const message = messages.get(name) ?? null;
      for (const listener of this.#listeners)
        listener({ name, from, to, message, state, at: Date.now() });
    }
    this.#states = states;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
