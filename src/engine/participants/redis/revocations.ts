import { LRUCache } from 'lru-cache';

/** Memories whose newest write is remembered by name, about a megabyte. */
const MAX_NAMES = 10_000;

/**
 * Says whether a memory was about to be written since a moment, so that what was read from then on may be older than the write.
 * Moments are numbers that grow with each write. Beyond the newest 10,000 memories it says yes rather than remember more.
 */
export class Revocations {
  #now = 0;
  /** Of a lookup before this one nothing is known any more. */
  #floor = 0;
  readonly #newest = new LRUCache<string, number>({
    max: MAX_NAMES,
    dispose: (moment, _name, reason) => {
      if (reason === 'evict' && moment > this.#floor) this.#floor = moment;
    },
  });

  get now(): number {
    return this.#now;
  }

  revoke(names: readonly string[]): void {
    this.#now += 1;
    for (const name of names) this.#newest.set(name, this.#now);
  }

  revokeAll(): void {
    this.#now += 1;
    this.#floor = this.#now;
    this.#newest.clear();
  }

  /** False for a moment that is not of this process too: NaN. */
  holds(name: string, moment: number): boolean {
    return moment >= this.#floor && moment >= (this.#newest.get(name) ?? 0);
  }
}
