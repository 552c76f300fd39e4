import { MemoryConnectionError, type MemorySystemError } from '../errors.ts';
import { ConnectionMeter, PoolMeter } from '../pool/pool-meter.ts';
import { SelfHealing } from '../pool/self-healing.ts';
import { isStoreFault, stateAfterFault } from '../pool/store-faults.ts';
import { toMemoryError } from '../sqlite/sqlite-errors.ts';
import type { HealthCheck, PoolStatistics } from './backend-statistics.ts';

/** How the one connection of this process fares: measures what runs on it, knows its state, and looks whether it heals. */
export class SqliteSyncConnection {
  readonly #ask: () => void;
  readonly #pool = new PoolMeter('connection', 1);
  readonly #meter = new ConnectionMeter('connection');
  readonly #healing = new SelfHealing(() => this.#canWrite());
  #lastError: string | null = null;
  #probeMs: number | null = null;
  #probedAt = Date.now();
  #closed = false;

  /** `ask` throws when the store cannot be read and written; `quarantine` tells why writes are refused from the start. */
  constructor(ask: () => void, quarantine: string | null) {
    this.#ask = ask;
    this.#meter.state = quarantine === null ? 'OK' : 'QUARANTINE';
    this.#lastError = quarantine;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** MemoryConnectionError after `close`; every other error is a MemorySystemError too. */
  run<T>(work: () => T): T {
    if (this.#closed) throw new MemoryConnectionError('the engine is closed');
    this.#meter.requests += 1;
    this.#meter.busy = true;
    this.#pool.utilization.begin();
    const start = performance.now();
    try {
      return work();
    } catch (error) {
      const known = toMemoryError(error);
      if (isStoreFault(known)) this.#failed(known);
      throw known;
    } finally {
      this.#pool.run.record((performance.now() - start) * 1000);
      this.#pool.utilization.end();
      this.#meter.busy = false;
    }
  }

  /** A write went through. */
  wrote(): void {
    if (this.#meter.state === 'READ_ONLY') this.#recovered();
  }

  quarantine(reason: string): void {
    this.#meter.state = 'QUARANTINE';
    this.#lastError = reason;
  }

  /** Never rejects; what it finds shows in `check`. */
  async probe(): Promise<void> {
    const start = performance.now();
    try {
      this.run(this.#ask);
      this.#recovered();
    } catch (error) {
      // What SQLite or the disk threw is counted already; after close there is nothing to count.
      this.#lastError = toMemoryError(error).message;
    }
    this.#probeMs = performance.now() - start;
    this.#probedAt = Date.now();
  }

  check(): HealthCheck {
    return {
      name: 'connection',
      state: this.#closed ? 'CLOSED' : this.#meter.state,
      latencyMs: this.#probeMs,
      message: this.#lastError,
      at: this.#probedAt,
    };
  }

  statistics(): PoolStatistics {
    return this.#pool.statistics([this.#meter], 0, 0, 0);
  }

  /** Nothing runs on it any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#healing.stop();
  }

  #failed(error: MemorySystemError): void {
    this.#meter.failures += 1;
    this.#lastError = error.message;
    this.#meter.state = stateAfterFault(this.#meter.state, error);
    if (this.#meter.state === 'READ_ONLY') this.#healing.begin();
  }

  #recovered(): void {
    if (this.#meter.state !== 'DEGRADED' && this.#meter.state !== 'READ_ONLY') return;
    this.#meter.state = 'OK';
    this.#lastError = null;
  }

  async #canWrite(): Promise<boolean> {
    await this.probe();
    return this.#meter.state !== 'READ_ONLY';
  }
}
