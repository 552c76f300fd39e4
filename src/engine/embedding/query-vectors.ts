import { LRUCache } from 'lru-cache';
import type { Embedder } from './embedder.ts';

/** Vectors kept: what a busy hour asks, in a few megabytes at 384 numbers each. */
const DEFAULT_MAX_QUERIES = 1_000;
/** Bound for large vectors and long queries. */
const MAX_BYTES = 16_777_216;

/** A query under way, shared by everybody who asks the same. */
interface Flight {
  readonly vector: Promise<Float32Array | null>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Vectors of queries, kept by text in front of an embedder. Equal queries at one time share one call, which is aborted
 * when nobody waits for it any more. Failures are not kept; the null of a text without a vector is.
 */
export class QueryVectors {
  readonly #embedder: Embedder;
  readonly #kept: LRUCache<string, { readonly vector: Float32Array | null }>;
  readonly #flights = new Map<string, Flight>();
  #hits = 0;
  #misses = 0;

  constructor(embedder: Embedder, maxQueries: number = DEFAULT_MAX_QUERIES) {
    this.#embedder = embedder;
    this.#kept = new LRUCache({
      max: maxQueries,
      maxSize: MAX_BYTES,
      sizeCalculation: ({ vector }, text) => text.length * 2 + (vector?.byteLength ?? 0) + 1,
    });
  }

  /** A shared flight counts as a hit. */
  get figures(): { readonly size: number; readonly hits: number; readonly misses: number } {
    return { size: this.#kept.size, hits: this.#hits, misses: this.#misses };
  }

  /** Rejects as the embedder does, or with the signal's reason. The vector is shared: do not change it. */
  async embed(text: string, signal: AbortSignal): Promise<Float32Array | null> {
    signal.throwIfAborted();
    const kept = this.#kept.get(text);
    if (kept !== undefined) {
      this.#hits++;
      return kept.vector;
    }
    const shared = this.#flights.get(text);
    if (shared === undefined) this.#misses++;
    else this.#hits++;
    return this.#join(text, shared ?? this.#start(text), signal);
  }

  #start(text: string): Flight {
    const controller = new AbortController();
    const flight: Flight = { vector: this.#load(text, controller), controller, waiting: 0 };
    this.#flights.set(text, flight);
    const land = (): void => this.#forget(text, flight);
    flight.vector.then(land, land);
    return flight;
  }

  async #load(text: string, { signal }: AbortController): Promise<Float32Array | null> {
    const [vector = null] = await this.#embedder.embed([text], 'query', signal);
    this.#kept.set(text, { vector });
    return vector;
  }

  #join(text: string, flight: Flight, signal: AbortSignal): Promise<Float32Array | null> {
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason);
        flight.waiting--;
        if (flight.waiting > 0) return;
        // Whoever asks from now on starts anew instead of joining a call that ends with an abort.
        this.#forget(text, flight);
        flight.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const landed = (): void => signal.removeEventListener('abort', onAbort);
      flight.vector.finally(landed).then(resolve, reject);
    });
  }

  #forget(text: string, flight: Flight): void {
    if (this.#flights.get(text) === flight) this.#flights.delete(text);
  }
}
