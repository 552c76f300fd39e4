import type { Touch } from './backends/backend.ts';

/** Milliseconds that an access may wait for company; short enough that statistics look live. */
const FLUSH_AFTER_MS = 250;
/** Memories in one write: small enough that a flush never delays the writer noticeably. */
const FLUSH_AT = 1_000;
/** Memories waiting at most. Beyond, accesses are dropped and counted: statistics must never cost memory or block reads. */
const MAX_PENDING = 20_000;

export type WriteTouches = (namespace: string, touches: readonly Touch[]) => Promise<void>;

/** Collects accesses of recalled memories and writes them together; nobody who reads ever waits for it. */
export class TouchBatcher {
  readonly #write: WriteTouches;
  #pending = new Map<string, Map<number, Touch>>();
  #size = 0;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> | null = null;
  #closed = false;
  #dropped = 0;

  constructor(write: WriteTouches) {
    this.#write = write;
  }

  /** Accesses that were not counted, because the queue was full or their write failed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Counts one access of each memory at `now` (Unix ms). */
  add(namespace: string, memoryIds: readonly number[], now: number): void {
    if (this.#closed || memoryIds.length === 0) return;
    let touches = this.#pending.get(namespace);
    if (touches === undefined) {
      touches = new Map();
      this.#pending.set(namespace, touches);
    }
    for (const memoryId of memoryIds) this.#count(touches, memoryId, now);
    if (this.#size >= FLUSH_AT) void this.flush();
    else this.#schedule();
  }

  /** Writes what waits; resolves when everything added before was tried. Never rejects. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    if (this.#size === 0) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#pending;
    this.#pending = new Map();
    this.#size = 0;
    this.#flushing = this.#writeAll(batch);
    await this.#flushing;
    this.#flushing = null;
    if (this.#size > 0 && !this.#closed) this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #count(touches: Map<number, Touch>, memoryId: number, now: number): void {
    const known = touches.get(memoryId);
    if (known !== undefined) {
      touches.set(memoryId, { memoryId, count: known.count + 1, at: Math.max(known.at, now) });
    } else if (this.#size < MAX_PENDING) {
      touches.set(memoryId, { memoryId, count: 1, at: now });
      this.#size += 1;
    } else {
      this.#dropped += 1;
    }
  }

  #schedule(): void {
    if (this.#timer !== null || this.#flushing !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, FLUSH_AFTER_MS);
    this.#timer.unref();
  }

  async #writeAll(batch: ReadonlyMap<string, ReadonlyMap<number, Touch>>): Promise<void> {
    for (const [namespace, touches] of batch) {
      const all = [...touches.values()];
      for (let from = 0; from < all.length; from += FLUSH_AT) {
        const slice = all.slice(from, from + FLUSH_AT);
        // Lost accesses are allowed by contract; `write` counts the failure in the metrics and we count the accesses.
        await this.#write(namespace, slice).catch(() => {
          this.#dropped += slice.length;
        });
      }
    }
  }
}
