import { backoffMs, REOPEN_BACKOFF } from '../backoff.ts';
import type { EngineTracer, ThreadTiming } from '../engine-tracer.ts';
import type { MemorySystemError } from '../errors.ts';
import { interruptibleWait } from '../interruptible-wait.ts';
import { asMemoryError } from './error-transfer.ts';
import { ConnectionMeter } from './pool-meter.ts';
import type {
  ArgsOf,
  ReadReply,
  ReadRequest,
  ResultOf,
  ThreadOptions,
  ThreadStatistics,
} from './protocol.ts';
import { Thread, type ThreadEvents, ThreadLostError } from './thread.ts';

export interface ReaderOptions {
  readonly thread: ThreadOptions;
  readonly retryBackoff: number;
  /** How often a read is tried again when the thread that works on it dies: it may be what kills the threads. */
  readonly retryAttempts: number;
  /** How long a read waits for a free connection. */
  readonly connectionTimeoutMs: number;
  /** Milliseconds past the deadline of everything it works on after which a thread counts as stuck; absent = 5 s. */
  readonly stuckAfterMs?: number | undefined;
  readonly events: ThreadEvents;
  readonly tracer: EngineTracer | null;
}

/** The calls that belong to transactions and go to the thread on their own, not in batches. */
export type TransactionMethod =
  | 'beginSnapshot'
  | 'transactionStep'
  | 'validation'
  | 'refreshSnapshot'
  | 'endSnapshot';

/** One reader connection in its own thread; replaces the thread by itself when it dies. */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #onReady: () => void;
  readonly meter: ConnectionMeter;
  #thread: Thread<'reader'>;
  #ready: Promise<void>;
  readonly #closing = new AbortController();
  /** Threads that were replaced and may still be inside of a statement. */
  #ending: Promise<unknown> = Promise.resolve();
  lastError: MemorySystemError | undefined;
  /** Batches under way. */
  inFlight = 0;
  /** Pinned in this thread, as far as this side knows. */
  snapshots = 0;

  /** `onReady` runs whenever a replacement is open: reads may have waited for it. */
  constructor(name: string, options: ReaderOptions, onReady: () => void) {
    this.#options = options;
    this.#onReady = onReady;
    this.meter = new ConnectionMeter(name);
    this.#thread = new Thread('reader', options.events);
    this.#ready = this.#open();
    // The error is told to whoever awaits `ready`; this only keeps an early failure from ending the process.
    this.#ready.catch((error: unknown) => this.#fail(error));
  }

  /** Rejects when the first opening failed. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** ThreadLostError when the thread died; a replacement is then already on its way. */
  async batch(requests: readonly ReadRequest[]): Promise<readonly ReadReply[]> {
    await this.#ready;
    try {
      const replies = await this.#thread.call('batch', {
        requests,
        timed: this.#options.tracer !== null,
      });
      this.meter.requests += replies.length;
      return replies;
    } catch (error) {
      this.#fail(error);
      if (error instanceof ThreadLostError) this.replace();
      throw error;
    }
  }

  /** A call of a transaction. ThreadLostError when the thread died, and its snapshots with it. */
  async transaction<M extends TransactionMethod>(
    method: M,
    args: ArgsOf<'reader', M>,
  ): Promise<ResultOf<'reader', M>> {
    const ended = this.#options.tracer?.request(method);
    if (ended === undefined) return await this.#transaction(method, args);
    let timing: ThreadTiming | undefined;
    try {
      return await this.#transaction(method, args, (at) => {
        timing = at;
      });
    } finally {
      ended(timing);
    }
  }

  async #transaction<M extends TransactionMethod>(
    method: M,
    args: ArgsOf<'reader', M>,
    onTiming?: (timing: ThreadTiming) => void,
  ): Promise<ResultOf<'reader', M>> {
    await this.#ready;
    try {
      this.meter.requests += 1;
      return await this.#thread.call(method, args, onTiming);
    } catch (error) {
      if (error instanceof ThreadLostError) {
        this.#fail(error);
        this.replace();
      }
      throw error;
    }
  }

  /** Moves the state between OK and DEGRADED; never rejects. */
  async probe(): Promise<void> {
    try {
      await this.#ready;
      await this.#thread.call('probe', null);
      this.#recovered();
    } catch (error) {
      this.#fail(error);
      if (error instanceof ThreadLostError) this.replace();
    }
  }

  async statistics(): Promise<ThreadStatistics> {
    await this.#ready;
    return this.#thread.call('statistics', null);
  }

  /** Ends the thread, whatever it does, and starts another; callers wait on `ready`. */
  replace(): void {
    if (this.#closed || this.meter.state === 'RECOVERING') return;
    this.meter.state = 'RECOVERING';
    this.#ready = this.#reopen();
  }

  /** Ends the thread at once, as a crash would; for chaos tests. */
  terminateThread(): Promise<void> {
    return this.#thread.terminate();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    try {
      await this.#ready;
      await this.#thread.call('close', null);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.meter.state = 'CLOSED';
      await Promise.all([this.#thread.terminate(), this.#ending]);
    }
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #open(): Promise<void> {
    await this.#thread.call('open', this.#options.thread);
  }

  async #reopen(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      // Not awaited: a thread stuck in a statement ends only after it, and its successor needs nothing that it holds.
      this.#ending = Promise.all([this.#ending, this.#thread.terminate()]);
      this.#thread = new Thread('reader', this.#options.events);
      try {
        await this.#open();
        this.meter.reconnected();
        this.#recovered();
        this.#onReady();
        return;
      } catch (error) {
        this.#fail(error);
        const backoff = { ...REOPEN_BACKOFF, factor: this.#options.retryBackoff };
        await interruptibleWait(backoffMs(backoff, attempt), this.#closing.signal);
      }
    }
  }

  #fail(error: unknown): void {
    this.meter.failures += 1;
    this.lastError = asMemoryError(error);
    if (this.meter.state === 'OK') this.meter.state = 'DEGRADED';
  }

  #recovered(): void {
    this.meter.state = 'OK';
    this.lastError = undefined;
  }
}
