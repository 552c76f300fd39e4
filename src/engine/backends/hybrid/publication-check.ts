import { interruptibleWait } from '../../interruptible-wait.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import type { Backend } from '../backend.ts';
import type { OutboxStore } from '../outbox-store.ts';
import type { OutboxWorker } from './outbox-worker.ts';

/** Before the check is made again that an error interrupted, while the store is there. */
const REPEAT_MS = 1_000;

/**
 * Looks, whenever the vector store becomes available, whether it still holds what the database says it does: a server may come back
 * with an empty or an older directory. If it holds less, all is published anew. Until that is known the store must not be asked,
 * since whatever it has lost would be missing from recalls without a sign.
 */
export class PublicationCheck {
  readonly #store: Backend & OutboxStore;
  readonly #vectors: VectorStore;
  readonly #closing: AbortSignal;
  /** Counts absences, so that a check that began before one does not count. */
  #turn = 0;
  #passedTurn = -1;

  constructor(store: Backend & OutboxStore, vectors: VectorStore, closing: AbortSignal) {
    this.#store = store;
    this.#vectors = vectors;
    this.#closing = closing;
  }

  get isPassed(): boolean {
    return this.#passedTurn === this.#turn;
  }

  /** The outbox publishes what is asked for, and waits for checks that are under way. */
  start(outbox: Pick<OutboxWorker, 'track' | 'wake'>): void {
    this.#vectors.onAvailable(() => {
      this.#turn += 1;
      outbox.track(this.#check(this.#turn, outbox));
    });
    if (this.#vectors.available) outbox.track(this.#check(this.#turn, outbox));
  }

  async #check(turn: number, outbox: Pick<OutboxWorker, 'wake'>): Promise<void> {
    while (turn === this.#turn && this.#vectors.available && !this.#closing.aborted) {
      try {
        if (await this.#hasLost()) {
          await this.#store.requestPublications(true);
          outbox.wake('chroma');
        }
        this.#passedTurn = turn;
        return;
      } catch {
        // Chroma's state shows what is wrong with it.
        await interruptibleWait(REPEAT_MS, this.#closing);
      }
    }
  }

  /** Records are counted between two counts of what is published, which may grow and shrink meanwhile. */
  async #hasLost(): Promise<boolean> {
    const before = await this.#store.read('publishedCount', null);
    if (before === 0) return false;
    let held = 0;
    for (const collection of await this.#vectors.collections())
      held += await this.#vectors.count(collection);
    const after = await this.#store.read('publishedCount', null);
    return held < Math.min(before, after);
  }
}
