import type {
  ConnectionStatistics,
  HealthState,
  PoolStatistics,
} from '../backends/backend-statistics.ts';
import { LatencyHistogram } from '../metrics/latency-histogram.ts';
import { Utilization } from '../metrics/utilization.ts';

/** Counters of one connection of a pool; a respawned thread keeps the meter of the one it replaces. */
export class ConnectionMeter {
  readonly name: string;
  state: HealthState = 'OK';
  requests = 0;
  failures = 0;
  reconnects = 0;
  busy = false;
  #since = Date.now();

  constructor(name: string) {
    this.name = name;
  }

  reconnected(): void {
    this.reconnects += 1;
    this.#since = Date.now();
  }

  statistics(): ConnectionStatistics {
    return {
      name: this.name,
      state: this.state,
      requests: this.requests,
      failures: this.failures,
      successRate:
        this.requests === 0 ? 100 : (100 * (this.requests - this.failures)) / this.requests,
      ageSeconds: (Date.now() - this.#since) / 1000,
      reconnects: this.reconnects,
      busy: this.busy,
    };
  }
}

/** Counters of one pool since its start. */
export class PoolMeter {
  readonly #name: string;
  readonly wait = new LatencyHistogram();
  readonly run = new LatencyHistogram();
  readonly utilization: Utilization;
  waits = 0;
  /** Refused with OVERLOADED. */
  rejected = 0;
  /** Of these, refused before the queue was full. */
  shed = 0;
  respawns = 0;

  constructor(name: string, size: number) {
    this.#name = name;
    this.utilization = new Utilization(size, () => performance.now());
  }

  /** `waitMs` from submission to dispatch. */
  dispatched(waitMs: number, hadToWait: boolean): void {
    this.wait.record(waitMs * 1000);
    if (hadToWait) this.waits += 1;
  }

  statistics(
    connections: readonly ConnectionMeter[],
    queued: number,
    queuedBytes: number,
    maxQueue: number,
  ): PoolStatistics {
    return {
      name: this.#name,
      size: connections.length,
      busy: connections.filter((connection) => connection.busy).length,
      queued,
      queuedBytes,
      maxQueue,
      utilization: this.utilization.sample(),
      waits: this.waits,
      rejected: this.rejected,
      shed: this.shed,
      wait: this.wait.summary(),
      run: this.run.summary(),
      respawns: this.respawns,
      connections: connections.map((connection) => connection.statistics()),
    };
  }
}
