import { backoffMs, REOPEN_BACKOFF } from '../backoff.ts';
import type { EngineTracer } from '../engine-tracer.ts';
import { MemoryConnectionError, MemorySystemError } from '../errors.ts';
import { interruptibleWait } from '../interruptible-wait.ts';
import type { WriteSessionInfo } from '../sqlite/write-session-info.ts';
import { asMemoryError } from './error-transfer.ts';
import { ConnectionMeter } from './pool-meter.ts';
import type { ArgsOf, MethodOf, ResultOf, ThreadOptions } from './protocol.ts';
import { stateAfterFault, stopsWritesOnly } from './store-faults.ts';
import { Thread, type ThreadEvents, ThreadLostError } from './thread.ts';

export interface WriterOptions {
  readonly thread: ThreadOptions;
  readonly retryBackoff: number;
  /** How often the first opening is tried again when the file is busy or the disk fails. */
  readonly retryAttempts: number;
  readonly events: ThreadEvents;
  readonly tracer: EngineTracer | null;
}

/** While the engine closes, reopening is tried this often and then given up. */
const CLOSING_ATTEMPTS = 3;
/** Upkeep (touches, statistics, pruning) waits this long for a recovery, then fails; it must not hang in an outage. */
const PATIENCE_MS = 5_000;

/** The writer's thread, its health, and its replacement when it dies. */
export class WriterConnection {
  readonly #options: WriterOptions;
  readonly #onRespawn: () => void;
  readonly #onBlocked: (error: MemorySystemError) => void;
  readonly meter = new ConnectionMeter('writer');
  #thread: Thread<'writer'>;
  #recovery: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #lastError: MemorySystemError | undefined;
  #blocked: MemorySystemError | undefined;
  /** Damage that was found while the file was open. */
  #imposed: string | null = null;

  /** `onBlocked` runs when the file cannot be opened for want of space or rights: whoever waits would wait for an operator. */
  constructor(
    options: WriterOptions,
    onRespawn: () => void,
    onBlocked: (error: MemorySystemError) => void,
  ) {
    this.#options = options;
    this.#onRespawn = onRespawn;
    this.#onBlocked = onBlocked;
    this.#thread = new Thread('writer', options.events);
  }

  /** What is wrong; undefined when all is well. */
  get lastError(): MemorySystemError | undefined {
    return this.#lastError;
  }

  /** Set while the lost thread's successor cannot open the file for want of space or rights. */
  get blocked(): MemorySystemError | undefined {
    return this.#blocked;
  }

  get closing(): boolean {
    return this.#closing.signal.aborted;
  }

  async open(): Promise<WriteSessionInfo> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const info = await this.#thread.call('open', this.#options.thread);
        this.#opened(info);
        return info;
      } catch (error) {
        await this.#thread.terminate();
        if (attempt >= this.#options.retryAttempts || !mayPass(error)) throw error;
        await this.waitForAttempt(attempt);
        this.#thread = new Thread('writer', this.#options.events);
      }
    }
  }

  /** The thread to use now. Rejects only when it is lost for good, while closing. */
  async thread(): Promise<Thread<'writer'>> {
    await this.#recovery;
    return this.#thread;
  }

  /** Replaces a thread that was lost; one recovery at a time, whoever calls meanwhile waits for it. Rejects only while closing. */
  async recover(lost: Thread<'writer'>): Promise<void> {
    if (this.#recovery === undefined && this.#thread === lost) {
      this.#recovery = this.#reopen().finally(() => {
        this.#recovery = undefined;
      });
    }
    await this.#recovery;
  }

  /** One call of upkeep, made again on a new thread when this one is found dead, and again when that dies too, within the patience. */
  async call<M extends MethodOf<'writer'>>(
    method: M,
    args: ArgsOf<'writer', M>,
  ): Promise<ResultOf<'writer', M>> {
    this.#refuseWhenClosing();
    const givesUpAt = performance.now() + PATIENCE_MS;
    for (let thread = await withinPatience(this.thread()); ; thread = this.#thread) {
      try {
        return await thread.call(method, args);
      } catch (error) {
        if (!(error instanceof ThreadLostError) || performance.now() > givesUpAt) throw error;
        this.failed(error);
        await withinPatience(this.recover(thread));
        this.#refuseWhenClosing();
      }
    }
  }

  /** Reopenings that wait try at once from now on, and only a few times. */
  beginClosing(): void {
    this.#closing.abort();
  }

  /** Folds the WAL back, gives the file up and ends the thread. */
  async close(): Promise<void> {
    try {
      const thread = await this.thread();
      await thread.call('close', null).catch(async (error: unknown) => {
        if (!(error instanceof ThreadLostError)) throw error;
        await this.recover(thread);
        await this.#thread.call('close', null);
      });
    } finally {
      this.meter.state = 'CLOSED';
      await this.#thread.terminate();
    }
  }

  /** Ends the thread at once, as a crash would; for chaos tests. */
  terminateThread(): Promise<void> {
    return this.#thread.terminate();
  }

  failed(error: MemorySystemError): void {
    this.meter.failures += 1;
    this.#lastError = error;
    this.meter.state = stateAfterFault(this.meter.state, error);
  }

  /** Every thread from now on refuses writes. */
  async quarantine(reason: string): Promise<void> {
    this.#imposed = reason;
    this.meter.state = 'QUARANTINE';
    this.#lastError = new MemorySystemError(reason);
    await this.call('quarantine', { reason });
  }

  /** A write was acknowledged, which also says that there is room again. */
  wrote(): void {
    if (this.meter.state === 'READ_ONLY') this.recovered();
  }

  /** A probe or a write went well. */
  recovered(): void {
    if (this.meter.state !== 'DEGRADED' && this.meter.state !== 'READ_ONLY') return;
    this.meter.state = 'OK';
    this.#lastError = undefined;
  }

  /** A new thread and a reopened file, with growing waits for as long as it takes. */
  async #reopen(): Promise<void> {
    this.meter.state = 'RECOVERING';
    let closingAttempts = 0;
    for (let attempt = 0; ; attempt += 1) {
      await this.#thread.terminate();
      this.#thread = new Thread('writer', this.#options.events);
      this.#onRespawn();
      try {
        const info = await this.#thread.call('open', this.#options.thread);
        if (this.#imposed !== null)
          await this.#thread.call('quarantine', { reason: this.#imposed });
        this.meter.reconnected();
        this.#opened({ ...info, quarantine: this.#imposed ?? info.quarantine });
        return;
      } catch (error) {
        this.#block(asMemoryError(error));
        if (this.closing) closingAttempts += 1;
        if (closingAttempts === CLOSING_ATTEMPTS) throw this.#lastError;
        await this.waitForAttempt(attempt);
      }
    }
  }

  /** The pause before a next attempt; cut short when the engine closes. */
  waitForAttempt(attempt: number): Promise<void> {
    const backoff = { ...REOPEN_BACKOFF, factor: this.#options.retryBackoff };
    return interruptibleWait(backoffMs(backoff, attempt), this.#closing.signal);
  }

  #block(error: MemorySystemError): void {
    this.#lastError = error;
    this.#blocked = stopsWritesOnly(error) ? error : undefined;
    this.meter.state = this.#blocked === undefined ? 'RECOVERING' : 'READ_ONLY';
    if (this.#blocked !== undefined) this.#onBlocked(error);
  }

  #opened({ quarantine }: WriteSessionInfo): void {
    this.#blocked = undefined;
    this.meter.state = quarantine === null ? 'OK' : 'QUARANTINE';
    this.#lastError = quarantine === null ? undefined : new MemorySystemError(quarantine);
  }

  #refuseWhenClosing(): void {
    if (this.closing) throw new MemoryConnectionError('the engine is closed');
  }
}

/** A dead thread or an SQLite fault may be gone at the next attempt; a missing folder or another owner will not. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof MemoryConnectionError &&
    (error instanceof ThreadLostError || 'sqliteCode' in error.data)
  );
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const late = interruptibleWait(PATIENCE_MS, patience.signal).then((): T => {
    throw new MemoryConnectionError('the writer is being reopened', {
      remedy: 'Try again; the health checks tell what is wrong.',
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    patience.abort();
  }
}
