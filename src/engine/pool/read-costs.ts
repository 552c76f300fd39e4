import type { ReadKind } from '../backends/read-map.ts';

/** The first reads of a kind may be many times dearer, on cold pages; the cheapest of them counts. */
const FIRST_READS = 4;
/** Weight of a new measurement: a change of the load shows within some dozen reads, and one outlier does not count for long. */
const WEIGHT = 1 / 16;
/** A thread that had to wait for a core says nothing about a read: more than so many times the mean counts as so many. */
const MAX_OUTLIER = 8;
/** No read is quicker; it also lets a mean of nothing grow. */
const LEAST_MS = 0.001;

interface Cost {
  reads: number;
  meanMs: number;
}

/** What a read of each kind takes a reader, as measured lately. */
export class ReadCosts {
  readonly #costs = new Map<ReadKind, Cost>();

  /** Milliseconds; 0 for a kind that was never read. */
  of(kind: ReadKind): number {
    return this.#costs.get(kind)?.meanMs ?? 0;
  }

  record(kind: ReadKind, measuredMs: number): void {
    const tookMs = Math.max(LEAST_MS, measuredMs);
    const cost = this.#costs.get(kind);
    if (cost === undefined) {
      this.#costs.set(kind, { reads: 1, meanMs: tookMs });
      return;
    }
    cost.reads += 1;
    if (cost.reads <= FIRST_READS) cost.meanMs = Math.min(cost.meanMs, tookMs);
    else cost.meanMs += (Math.min(tookMs, cost.meanMs * MAX_OUTLIER) - cost.meanMs) * WEIGHT;
  }
}
