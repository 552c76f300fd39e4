import { randomUUID } from 'node:crypto';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import { ParticipantUnavailableError } from '../../errors.ts';
import { LatencyHistogram } from '../../metrics/latency-histogram.ts';
import type { ParticipantStatistics } from '../participant.ts';
import { inTime, NoAnswerError } from './in-time.ts';
import type { RedisAddress } from './redis-address.ts';
import {
  commandTimeoutOf,
  createRedisClient,
  endClient,
  type RedisClient,
  type RedisTerms,
} from './redis-client.ts';
import { describeRedisProblem } from './redis-problem.ts';

/** Failures in a row after which calls fail at once. */
const FAILURES_TO_OPEN = 4;
/** Ms before the first trial of an open breaker; the later ones wait longer, up to the health check interval. */
const FIRST_TRIAL_MS = 250;
/*
 * Calls under way at most. A server that hangs is noticed after a command's timeout, and until then every call waits in memory. What
 * the database can answer as well gives way to writes, of which the engine's own queue admits fewer.
 */
const MAX_UNDER_WAY = 16_384;
const MAX_OPTIONAL_UNDER_WAY = 1024;
/** Ms that the record of a probe lives. */
const PROBE_TTL_MS = 60_000;

const BREAKER_NAMES = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
} as const;

/**
 * One connection to Redis with its breaker, state and figures. Opening never fails: a server that is away is DEGRADED until it
 * comes. Calls are made only while it is connected and the breaker is closed; trials of an open breaker are made here.
 */
export class RedisConnection {
  readonly #client: RedisClient;
  readonly #address: RedisAddress;
  readonly #terms: RedisTerms;
  readonly #timeoutMs: number;
  readonly #probeKey: string;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #latency = new LatencyHistogram();
  readonly #listeners = new Set<() => void>();
  readonly #settled: Promise<void>;
  #settle: () => void = () => {};
  #trial: NodeJS.Timeout | null = null;
  #trials = 0;
  /** Counts connections and their ends, so that a late greeting is recognised. */
  #turn = 0;
  #history: string | null = null;
  #connections = 0;
  #underWay = 0;
  #calls = 0;
  #failures = 0;
  #problem: string | null = 'no connection yet';
  #probeMs: number | null = null;
  #at = Date.now();
  #wasAvailable = false;
  #closed = false;

  /** `probeKey` is written by every probe. */
  constructor(address: RedisAddress, terms: RedisTerms, probeKey: string) {
    this.#address = address;
    this.#terms = terms;
    this.#timeoutMs = commandTimeoutOf(terms);
    this.#probeKey = probeKey;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#breaker = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
      // Only `probe` calls an open breaker, and when that happens is decided here.
      halfOpenAfter: 0,
    });
    this.#breaker.onBreak(() => this.#scheduleTrial());
    this.#breaker.onReset(() => {
      this.#trials = 0;
    });
    this.#breaker.onStateChange(() => this.#update());
    this.#client = createRedisClient(address, terms);
    this.#client.on('error', (error) => this.#failed(error));
    this.#client.on('ready', () => this.#greet());
    this.#client.on('close', () => this.#lost());
    this.#client.on('end', () => this.#reopen());
  }

  /** Resolves when the first attempt to connect has succeeded or failed. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  get available(): boolean {
    return this.#history !== null && this.#breaker.state === CircuitState.Closed && !this.#closed;
  }

  /**
   * Names the data that the server holds; null while not connected. It changes when the server restarts or a replica takes over, since
   * both may bring back data from before the newest invalidation.
   */
  get history(): string | null {
    return this.#history;
  }

  /** Runs commands; rejects with ParticipantUnavailableError, at once when the server is known to be away. */
  async call<T>(run: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.available) throw this.unavailable();
    if (this.#underWay >= MAX_UNDER_WAY)
      throw this.unavailable(`${MAX_UNDER_WAY} calls wait for it already`);
    return this.#execute(run);
  }

  /** For what nobody depends on: null when it cannot be had, and why is in the statistics. Never rejects. */
  async tryCall<T>(run: (client: RedisClient) => Promise<T>): Promise<T | null> {
    if (!this.available || this.#underWay >= MAX_OPTIONAL_UNDER_WAY) return null;
    try {
      return await this.#execute(run);
    } catch {
      return null;
    }
  }

  /** Writes a record, so that a server which answers but refuses writes is found out. Never rejects. */
  async probe(): Promise<void> {
    if (this.#closed) return;
    this.#at = Date.now();
    if (this.#history === null || this.#breaker.state === CircuitState.HalfOpen) return;
    const startedAt = performance.now();
    try {
      await this.#execute((client) => client.set(this.#probeKey, 1, 'PX', PROBE_TTL_MS));
      this.#probeMs = performance.now() - startedAt;
    } catch {
      // The state and its message say it.
    }
  }

  onAvailable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  statistics(): ParticipantStatistics {
    const { available } = this;
    return {
      name: 'redis',
      state: this.#closed ? 'CLOSED' : available ? 'OK' : 'DEGRADED',
      message: available || this.#closed ? null : this.unavailable().message,
      breaker: BREAKER_NAMES[this.#breaker.state],
      calls: this.#calls,
      failures: this.#failures,
      reconnects: Math.max(0, this.#connections - 1),
      latency: this.#latency.summary(),
      probeMs: this.#probeMs,
      at: this.#at,
    };
  }

  /** Says goodbye if the server listens, and ends the connection in any case. */
  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#client.status === 'ready')
      await inTime(this.#client.quit(), this.#timeoutMs).catch((error: unknown) =>
        this.#failed(error),
      );
    this.#closed = true;
    if (this.#trial !== null) clearTimeout(this.#trial);
    await endClient(this.#client);
    this.#update();
  }

  /** Why nothing can be asked, or failed; `problem` unless the state says it. */
  unavailable(problem?: string): ParticipantUnavailableError {
    if (this.#closed)
      return new ParticipantUnavailableError('Redis is closed', {
        data: { participant: 'redis' },
        retryable: false,
      });
    const reason = problem ?? this.#problem ?? 'it failed several times in a row';
    return new ParticipantUnavailableError(`Redis at ${this.#address.label}: ${reason}`, {
      data: { participant: 'redis' },
      remedy: 'Start the server or correct memory.redis_url; it is tried again by itself.',
    });
  }

  async #execute<T>(run: (client: RedisClient) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#calls += 1;
    this.#underWay += 1;
    try {
      return await this.#breaker.execute(() => inTime(run(this.#client), this.#timeoutMs));
    } catch (error) {
      this.#failures += 1;
      // Answers come in the order of the questions, so a connection that owes one is good for nothing.
      if (error instanceof NoAnswerError) this.#client.stream.destroy();
      this.#failed(error);
      throw this.unavailable(this.#problem ?? undefined);
    } finally {
      this.#underWay -= 1;
      this.#latency.record((performance.now() - startedAt) * 1000);
    }
  }

  /** Learns which data the server holds; nothing is asked of it before. */
  async #greet(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    let history: string | null = null;
    try {
      history = historyOf(await this.#client.info());
    } catch (error) {
      this.#failed(error);
      if (turn === this.#turn && !mayNotAsk(error)) this.#client.disconnect(true);
      if (!mayNotAsk(error)) return;
    }
    if (turn !== this.#turn || this.#closed) return;
    // A server that does not tell is taken for a new one each time.
    this.#history = history ?? randomUUID();
    this.#connections += 1;
    if (this.#breaker.state !== CircuitState.Closed) await this.probe();
    this.#update();
    this.#settle();
  }

  #lost(): void {
    this.#turn += 1;
    this.#history = null;
    this.#problem ??= 'the connection ended';
    this.#update();
    this.#settle();
  }

  /** The client gives up only when a connection cannot even be begun; here nothing is given up. */
  #reopen(): void {
    this.#lost();
    if (this.#closed) return;
    const timer = setTimeout(() => {
      if (!this.#closed && this.#client.status === 'end')
        this.#client.connect().catch((error: unknown) => this.#failed(error));
    }, this.#terms.healthCheckIntervalMs);
    timer.unref();
  }

  #scheduleTrial(): void {
    if (this.#trial !== null) clearTimeout(this.#trial);
    const wait = Math.min(
      FIRST_TRIAL_MS * this.#terms.retryBackoff ** this.#trials,
      this.#terms.healthCheckIntervalMs,
    );
    this.#trials += 1;
    this.#trial = setTimeout(() => this.probe(), wait);
    this.#trial.unref();
  }

  #failed(error: unknown): void {
    this.#problem = describeRedisProblem(error, this.#address);
  }

  #update(): void {
    const { available } = this;
    if (available === this.#wasAvailable) return;
    this.#wasAvailable = available;
    this.#at = Date.now();
    if (!available) return;
    this.#problem = null;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A restart changes the run id, a failover the replication id. */
function historyOf(info: string): string | null {
  const runId = /^run_id:(\w+)/m.exec(info)?.[1];
  const replicationId = /^master_replid:(\w+)/m.exec(info)?.[1];
  return runId === undefined || replicationId === undefined
    ? null
    : `${runId.slice(0, 8)}${replicationId.slice(0, 8)}`;
}

function mayNotAsk(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOPERM');
}
