import type { Backend } from './backends/backend.ts';
import type { EmbeddingWorker } from './embedding-worker.ts';
import { MemoryTimeoutError } from './errors.ts';
import type { Reindexing } from './reindexing.ts';

/** Waits until memories have the vectors that a slow embedder owes them. */
export class EmbeddingWait {
  readonly #backend: Backend;
  readonly #worker: EmbeddingWorker | null;
  readonly #reindexing: Reindexing;
  readonly #closing: AbortSignal;

  /** When `closing` aborts, nobody waits any longer. */
  constructor(
    backend: Backend,
    worker: EmbeddingWorker | null,
    reindexing: Reindexing,
    closing: AbortSignal,
  ) {
    this.#backend = backend;
    this.#worker = worker;
    this.#reindexing = reindexing;
    this.#closing = closing;
  }

  /** Resolves when none of the memories waits for its vector, or at the deadline (Unix ms): the write itself is done in any case. */
  async forMemories(namespace: string, ids: readonly number[], deadline: number): Promise<void> {
    let waiting = ids;
    await this.#until(deadline, async () => {
      const states = await this.#backend.read('embeddingStates', { namespace, ids: waiting });
      waiting = waiting.filter((_, index) => states[index]?.state === 'PENDING');
      return waiting.length === 0;
    });
  }

  /** Resolves when nothing waits for a vector; MemoryTimeoutError at the deadline. */
  async forAll(deadline: number): Promise<void> {
    const done = await this.#until(deadline, async () => {
      if (this.#reindexing.running !== null) return false;
      const waiting = await this.#backend.read('unembedded', {
        now: Number.MAX_SAFE_INTEGER,
        limit: 1,
      });
      return waiting.length === 0;
    });
    if (!done) throw new MemoryTimeoutError('memories still wait for their vectors');
  }

  /** Asks again after each batch of the worker and each job; false at the deadline or when the engine closes. */
  async #until(deadline: number, isDone: () => Promise<boolean>): Promise<boolean> {
    const worker = this.#worker;
    if (worker === null) return true;
    let timer: NodeJS.Timeout | undefined;
    let saved = (): void => undefined;
    const wake = (): void => saved();
    const stop = worker.onSaved(wake);
    this.#closing.addEventListener('abort', wake);
    this.#reindexing.onEnded(wake);
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => {
          saved = resolve;
          clearTimeout(timer);
          timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
        });
        if (await isDone()) return true;
        if (Date.now() >= deadline || this.#closing.aborted) return false;
        await next;
      }
    } finally {
      clearTimeout(timer);
      this.#closing.removeEventListener('abort', wake);
      stop();
    }
  }
}
