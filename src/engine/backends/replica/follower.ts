import { MemorySystemError } from '../../errors.ts';
import type { CommitBus } from '../../participants/memory-cache.ts';
import type { CommitListener } from '../backend.ts';
import type { ReadMap } from '../read-map.ts';

/** Changes of one look; a look that finds more goes on at once, so that memory is bounded whatever was committed meanwhile. */
const CHANGES_PER_LOOK = 1_000;

export interface FollowerTerms {
  readonly touchedSince: (
    args: ReadMap['touchedSince']['args'],
  ) => Promise<ReadMap['touchedSince']['result']>;
  /** null without Redis. */
  readonly bus: CommitBus | null;
  /** Milliseconds until the next look when nobody wakes it. */
  readonly intervalMs: () => number;
}

/**
 * Tells a replica of the commits of the owner. A message of the bus makes it look at once, and a timer makes it look in any case, since
 * messages may be lost and there may be no bus; what was committed is always read from the change log. Any number of
 * wake-ups while it looks cost one more look.
 */
export class Follower {
  readonly #terms: FollowerTerms;
  readonly #listeners = new Set<CommitListener>();
  readonly #leaveBus: () => void;
  readonly #file: string | null;
  #seq: number;
  #moved = false;
  #walBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #problem: MemorySystemError | null = null;
  #busWakes = 0;

  /** `seq` is the position from which on listeners are told, `file` the file that is followed. */
  constructor(
    terms: FollowerTerms,
    { seq, file }: { readonly seq: number; readonly file: string | null },
  ) {
    this.#terms = terms;
    this.#seq = seq;
    this.#file = file;
    this.#leaveBus =
      terms.bus?.subscribe(() => {
        this.#busWakes += 1;
        this.look();
      }) ?? (() => undefined);
    this.#plan();
  }

  /** Why the newest look failed; null when it did not. */
  get problem(): MemorySystemError | null {
    return this.#problem;
  }

  /** Whether the path led elsewhere at the newest look. */
  get moved(): boolean {
    return this.#moved;
  }

  /** Bytes of the write-ahead log that were not folded back at the newest look. */
  get walBytes(): number {
    return this.#walBytes;
  }

  /** Looks that the bus asked for. */
  get busWakes(): number {
    return this.#busWakes;
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks now, or once more after the look under way. */
  look(): void {
    if (this.#closed) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#lookUntilDone().finally(() => {
      this.#looking = undefined;
      this.#plan();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#leaveBus();
    await this.#looking;
  }

  #plan(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.look(), this.#terms.intervalMs());
    this.#timer.unref();
  }

  /** Never rejects: the health tells what is wrong, and the next look tries again. */
  async #lookUntilDone(): Promise<void> {
    try {
      do {
        this.#again = false;
        while (!(await this.#step()) && !this.#closed);
      } while (this.#again && !this.#closed);
      this.#problem = null;
    } catch (cause) {
      this.#problem =
        cause instanceof MemorySystemError
          ? cause
          : new MemorySystemError('the change log could not be followed', { cause });
    }
  }

  /** True when nothing newer is left. */
  async #step(): Promise<boolean> {
    const afterSeq = this.#seq;
    const { csn, cacheEpoch, headSeq, walBytes, file, touched, lastSeq, complete } =
      await this.#terms.touchedSince({ afterSeq, limit: CHANGES_PER_LOOK });
    this.#walBytes = walBytes;
    this.#moved = file !== this.#file;
    if (headSeq > afterSeq || !complete) {
      const commit = { csn, headSeq, cacheEpoch, touched, incomplete: !complete };
      for (const listener of this.#listeners) listener(commit);
    }
    this.#seq = Math.max(afterSeq, lastSeq);
    return lastSeq >= headSeq;
  }
}
