import { toMemoryError } from './operation-runner.ts';

interface LiveStream {
  /** Makes the stream end; resolves when the pull that was under way is over. */
  stop(): Promise<void>;
}

/**
 * The subscriptions of one engine. Each is a pull-driven iterator that holds no data of its own; it ends when its
 * caller's signal aborts, when the consumer returns it (even while it waits, where a bare async generator would not
 * listen), or when the engine closes.
 */
export class LiveStreams {
  readonly #open = new Set<LiveStream>();
  #closed = false;

  /** Streams that were started and have not ended. */
  get size(): number {
    return this.#open.size;
  }

  /** `start` runs at the first `next`; its generator must end soon after its signal aborts. */
  open<T>(
    outer: AbortSignal | undefined,
    start: (signal: AbortSignal) => AsyncGenerator<T>,
  ): AsyncIterableIterator<T> {
    const controller = new AbortController();
    const source = start(controller.signal);
    let pulling: Promise<unknown> = Promise.resolve();
    let started = false;
    const stream: LiveStream = {
      stop: async () => {
        end();
        // Its consumer is told of a failure; here only the end counts.
        await Promise.allSettled([pulling]);
      },
    };
    const end = (): void => {
      outer?.removeEventListener('abort', end);
      this.#open.delete(stream);
      controller.abort();
    };
    const begin = (): void => {
      started = true;
      if (this.#closed || outer?.aborted === true) {
        end();
        return;
      }
      outer?.addEventListener('abort', end);
      this.#open.add(stream);
    };
    const pull = async (): Promise<IteratorResult<T>> => {
      if (controller.signal.aborted) await source.return(undefined);
      try {
        const result = await source.next();
        if (result.done === true) end();
        return result;
      } catch (error) {
        end();
        throw toMemoryError('watch', error);
      }
    };
    return {
      next: () => {
        if (!started) begin();
        const pulled = pull();
        pulling = pulled;
        return pulled;
      },
      return: async () => {
        started = true;
        end();
        await source.return(undefined);
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Ends every stream and refuses new ones; resolves when no stream uses the engine any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((stream) => stream.stop()));
  }
}
