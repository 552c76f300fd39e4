import type { RequestContext } from './context.ts';
import { clearLoaders } from './loaders.ts';

/**
 * Opens a stream of the engine for one subscription: takes a slot of the client, ends when the client leaves or the
 * server drains, and gives the slot back exactly once however it ends.
 *
 * It is an object and not an async generator on purpose: `return()` of a generator waits for a pending `next()`,
 * which for a quiet stream never comes, so the engine's side would stay open. Here `return()` aborts the source first.
 */
export function openEventStream<T>(
  context: RequestContext,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, undefined, undefined> {
  return new EventStream(context, open);
}

class EventStream<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #context: RequestContext;
  readonly #abort = new AbortController();
  readonly #source: AsyncIterator<T>;
  readonly #release: () => void;
  readonly #stop = (): void => this.#abort.abort();
  #ended = false;

  constructor(context: RequestContext, open: (signal: AbortSignal) => AsyncIterable<T>) {
    this.#context = context;
    this.#release = context.subscriptions.acquire();
    try {
      this.#source = open(this.#abort.signal)[Symbol.asyncIterator]();
    } catch (error) {
      this.#release();
      throw error;
    }
    // Not AbortSignal.any: it would keep every ended stream reachable from the server's signal.
    context.signal.addEventListener('abort', this.#stop, { once: true });
    if (context.signal.aborted) this.#stop();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return { done: true, value: undefined };
    try {
      const result = await this.#source.next();
      if (this.#ended || result.done === true) return this.#end();
      clearLoaders(this.#context.loaders);
      return result;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    const result = this.#end();
    await this.#source.return?.();
    return result;
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #end(): IteratorReturnResult<undefined> {
    if (!this.#ended) {
      this.#ended = true;
      this.#abort.abort();
      this.#context.signal.removeEventListener('abort', this.#stop);
      this.#release();
    }
    return { done: true, value: undefined };
  }
}
