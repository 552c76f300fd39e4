import type { EngineTracer } from './engine-tracer.ts';
import { MemoryConnectionError, MemorySystemError } from './errors.ts';
import type { MetricsRegistry } from './metrics/operation-metrics.ts';
import type { PerformanceWatch } from './performance-watch.ts';

/**
 * The frame around every public operation: refuses work after close, measures and traces it, turns anything unexpected into a
 * MemorySystemError, and knows when the last one has ended.
 */
export class OperationRunner {
  readonly #metrics: MetricsRegistry;
  readonly #performance: PerformanceWatch;
  readonly #tracer: EngineTracer | null;
  #running = 0;
  #closed = false;
  #onIdle: (() => void) | null = null;

  constructor(
    metrics: MetricsRegistry,
    performance: PerformanceWatch,
    tracer: EngineTracer | null = null,
  ) {
    this.#metrics = metrics;
    this.#performance = performance;
    this.#tracer = tracer;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `name` is one of a fixed set: it names the operation in the statistics. */
  run<T>(name: string, operation: () => Promise<T>): Promise<T> {
    const tracer = this.#tracer;
    const framed = (): Promise<T> =>
      this.#performance.measure(name, () => this.#framed(name, operation));
    return this.#metrics.measure(
      name,
      tracer === null ? framed : () => tracer.operation(name, framed),
    );
  }

  async #framed<T>(name: string, operation: () => Promise<T>): Promise<T> {
    if (this.#closed) throw engineClosed();
    this.#running += 1;
    try {
      return await operation();
    } catch (error) {
      throw toMemoryError(name, error);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle?.();
    }
  }

  /** Refuses new operations; resolves when those under way have ended. Call it once. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

export function engineClosed(): MemoryConnectionError {
  return new MemoryConnectionError('the engine is closed', { remedy: 'Open a new one.' });
}

/** Errors thrown on purpose pass unchanged; others are wrapped, so that callers meet one family of errors only. */
export function toMemoryError(name: string, error: unknown): MemorySystemError {
  if (error instanceof MemorySystemError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new MemorySystemError(`${name} failed unexpectedly: ${reason}`, { cause: error });
}
