import type { OutboxEntry } from '../../model/participation.ts';
import type { OutboxStore, PublishedRecord } from '../outbox-store.ts';

/** Entries are taken off the outbox together: one commit, and one fsync, for many. Until then a crash only repeats them. */
const FLUSH_MS = 250;
const MAX_WAITING = 2_000;
/** A strict commit looks for its entries within two seconds. */
const MAX_REMEMBERED = 20_000;

/** What has been done and is not yet taken off the outbox, and who waits for it. */
export class SettledEntries {
  readonly #store: OutboxStore;
  readonly #onFlushed: () => void;
  readonly #underWay = new Set<number>();
  #done: number[] = [];
  #published: PublishedRecord[] = [];
  /** The newest entries that have taken effect, for those who wait; bounded. */
  readonly #effective = new Set<number>();
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(store: OutboxStore, onFlushed: () => void) {
    this.#store = store;
    this.#onFlushed = onFlushed;
  }

  /** Somebody does it, or it is done. */
  has(seq: number): boolean {
    return this.#underWay.has(seq);
  }

  begin(seq: number): void {
    this.#underWay.add(seq);
  }

  giveBack(seq: number): void {
    this.#underWay.delete(seq);
  }

  add(seqs: readonly number[], published: readonly PublishedRecord[]): void {
    for (const seq of seqs) this.#underWay.add(seq);
    this.#done.push(...seqs);
    this.#published.push(...published);
    if (this.#done.length >= MAX_WAITING) void this.#tryFlush();
    else this.#plan();
    // A promotion has taken effect already; a vector does when its record becomes live.
    if (published.length === 0) this.#tell(seqs);
  }

  /** One commit for all that is done; rejects when it failed, and keeps it for the next time. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const flushed = this.#flushing.then(() => this.#write());
    this.#flushing = flushed.catch(() => undefined);
    await flushed;
  }

  /** Those of the entries that are open after `waitMs`. */
  async whenSettled(
    entries: readonly OutboxEntry[],
    waitMs: number,
  ): Promise<readonly OutboxEntry[]> {
    const isOpen = ({ seq }: OutboxEntry): boolean => !this.#effective.has(seq);
    const deadline = Date.now() + waitMs;
    for (;;) {
      const open = entries.filter(isOpen);
      const left = deadline - Date.now();
      if (open.length === 0 || left <= 0) return open;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, left);
        const waiting = this.#waiting;
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#tryFlush();
  }

  async #write(): Promise<void> {
    const done = this.#done.splice(0);
    const published = this.#published.splice(0);
    if (done.length === 0 && published.length === 0) return;
    try {
      await this.#store.settleOutbox({ done, published });
    } catch (error) {
      this.#done.unshift(...done);
      this.#published.unshift(...published);
      this.#plan();
      throw error;
    }
    for (const seq of done) this.#underWay.delete(seq);
    this.#onFlushed();
    this.#tell(done);
  }

  async #tryFlush(): Promise<void> {
    try {
      await this.flush();
    } catch {
      // The writer shows what is wrong with it; the entries are kept, or done again at the next start.
    }
  }

  #plan(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#tryFlush(), FLUSH_MS);
    this.#timer.unref();
  }

  #tell(effective: readonly number[]): void {
    for (const seq of effective) this.#effective.add(seq);
    for (const seq of this.#effective) {
      if (this.#effective.size <= MAX_REMEMBERED) break;
      this.#effective.delete(seq);
    }
    for (const wake of [...this.#waiting]) wake();
  }
}
