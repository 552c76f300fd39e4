import type { GroupStatistics } from '../backends/backend-statistics.ts';
import { LatencyHistogram } from '../metrics/latency-histogram.ts';

/** Weight of the newest group in the moving average of the pace. */
const PACE_WEIGHT = 0.2;

/** Sizes and commit times of the commit groups since the start. */
export class GroupMeter {
  readonly #commit = new LatencyHistogram();
  #groups = 0;
  #units = 0;
  #maxSize = 0;
  #lastAt = performance.now();
  #pace = 0;

  record(size: number, commitMs: number): void {
    this.#groups += 1;
    this.#units += size;
    this.#maxSize = Math.max(this.#maxSize, size);
    this.#commit.record(commitMs * 1000);
    const now = performance.now();
    this.#pace = this.#pace * (1 - PACE_WEIGHT) + ((now - this.#lastAt) / size) * PACE_WEIGHT;
    this.#lastAt = now;
  }

  /** Moving average over the last groups. */
  msPerUnit(): number {
    return this.#pace;
  }

  statistics(): GroupStatistics {
    return {
      groups: this.#groups,
      units: this.#units,
      meanSize: this.#groups === 0 ? 0 : this.#units / this.#groups,
      maxSize: this.#maxSize,
      commit: this.#commit.summary(),
    };
  }
}
