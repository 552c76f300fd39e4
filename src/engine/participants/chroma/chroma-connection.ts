import { setMaxListeners } from 'node:events';
import type { ChromaClient } from 'chromadb';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { backoffMs } from '../../backoff.ts';
import type { ParticipantUnavailableError } from '../../errors.ts';
import { interruptibleWait } from '../../interruptible-wait.ts';
import { LatencyHistogram } from '../../metrics/latency-histogram.ts';
import type { ParticipantStatistics, ParticipantTerms } from '../participant.ts';
import { beforeDeadline, untilAborted } from './before-deadline.ts';
import type { ChromaLimits, MakeClient } from './chroma-client.ts';
import type { ChromaSource } from './chroma-endpoint.ts';
import {
  ChromaAwayError,
  ChromaLateError,
  describeError,
  isConnectionLoss,
  isOutage,
  unavailable,
} from './chroma-error.ts';

/** Failures in a row after which calls fail at once. */
const FAILURES_TO_OPEN = 4;
/** After so long one trial call decides: short, since a trial costs the server one small request. */
const TRY_AGAIN_MS = 1_000;
const FIRST_RETRY_MS = 100;
/** Calls under way: a server that hangs is noticed after four deadlines, and until then every call waits in memory. */
const MAX_CALLS_UNDER_WAY = 512;

/** Makes calls and knows whether it is worth making them. */
export class ChromaConnection {
  readonly #makeClient: MakeClient;
  readonly #source: ChromaSource;
  readonly #terms: ParticipantTerms;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #closing = new AbortController();
  readonly #latency = new LatencyHistogram();
  readonly #listeners = new Set<() => void>();
  #watching: Promise<void> | null = null;
  #nap = new AbortController();
  #probing: Promise<void> | null = null;
  /** Of the server's last start or address. */
  #limits: ChromaLimits | null = null;
  /** The newest heartbeat was answered. */
  #isAlive = false;
  #wasAvailable = false;
  #problem: string | null = 'not asked yet';
  #underWay = 0;
  #calls = 0;
  #failures = 0;
  #connections = 0;
  #probeMs: number | null = null;
  #at = Date.now();

  constructor(makeClient: MakeClient, source: ChromaSource, terms: ParticipantTerms) {
    this.#makeClient = makeClient;
    this.#source = source;
    this.#terms = terms;
    this.#breaker = circuitBreaker(
      // A trial that ran out of its caller's time proves nothing, so it must not close the circuit.
      handleWhen((error) =>
        error instanceof ChromaLateError
          ? error.isOutage || this.#breaker.state !== CircuitState.Closed
          : isOutage(error),
      ),
      { halfOpenAfter: TRY_AGAIN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    setMaxListeners(MAX_CALLS_UNDER_WAY + 1, this.#closing.signal);
    this.#breaker.onStateChange(() => this.#noteChange());
  }

  get available(): boolean {
    return (
      this.#isAlive && !this.#closing.signal.aborted && this.#breaker.state === CircuitState.Closed
    );
  }

  /** Probes once, and from then on at every health check interval, or with growing waits while the server is away. */
  async open(): Promise<void> {
    await this.probe();
    this.#watching = this.#watch();
  }

  /**
   * Calls the server; what breaks the connection is tried again within the deadline (Unix ms), so `work` must be idempotent.
   * Rejects with ParticipantUnavailableError.
   */
  async call<T>(
    what: string,
    deadline: number,
    work: (client: ChromaClient) => Promise<T>,
  ): Promise<T> {
    this.#calls += 1;
    this.#underWay += 1;
    try {
      if (this.#underWay > MAX_CALLS_UNDER_WAY)
        throw unavailable(`${MAX_CALLS_UNDER_WAY} calls wait for it already`);
      return await beforeDeadline(deadline, this.#closing.signal, (signal) =>
        this.#callUntilConnected(signal, work),
      );
    } catch (error) {
      const described = this.#describe(what, error);
      this.#failures += 1;
      if (isOutage(error)) this.#problem = described.message;
      throw described;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** See Participant.probe; calls that come together share one. */
  probe(): Promise<void> {
    this.#probing ??= this.#probeOnce().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  /** The server does not know any more what it knew: another start, other data. It counts as having been away. */
  noteLoss(): void {
    this.#isAlive = false;
    this.#problem = 'the server has lost collections';
    this.#noteChange();
    void this.probe();
  }

  onAvailable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  statistics(): ParticipantStatistics {
    const isClosed = this.#closing.signal.aborted;
    return {
      name: 'chroma',
      state: isClosed ? 'CLOSED' : this.available ? 'OK' : 'DEGRADED',
      message: this.available || isClosed ? null : this.#problem,
      breaker: BREAKER_STATES[this.#breaker.state],
      calls: this.#calls,
      failures: this.#failures,
      reconnects: Math.max(0, this.#connections - 1),
      latency: this.#latency.summary(),
      probeMs: this.#probeMs,
      at: this.#at,
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#nap.abort();
    this.#listeners.clear();
    await this.#watching;
    await this.#probing;
  }

  async #callUntilConnected<T>(
    signal: AbortSignal,
    work: (client: ChromaClient) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#breaker.execute(() => this.#attempt(signal, work));
      } catch (error) {
        if (!isConnectionLoss(error) || attempt >= this.#terms.retryAttempts) throw error;
        // The first at once: mostly a kept connection that the server had closed meanwhile.
        if (attempt > 0) await interruptibleWait(this.#backoff(attempt - 1), signal);
      }
    }
  }

  /** One request, or a few of one kind; ends when the signal aborts. */
  #attempt<T>(signal: AbortSignal, work: (client: ChromaClient) => Promise<T>): Promise<T> {
    return untilAborted(signal, async () => {
      const { endpoint, problem } = this.#source;
      if (endpoint === null) throw new ChromaAwayError(problem ?? 'there is no server');
      const client = this.#makeClient(endpoint, signal, this.#limits);
      const started = performance.now();
      const answer = await work(client);
      this.#latency.record((performance.now() - started) * 1000);
      this.#limits ??= client.preflightChecks ?? null;
      return answer;
    });
  }

  async #probeOnce(): Promise<void> {
    const deadline = Date.now() + this.#terms.connectTimeoutMs;
    let isAlive = false;
    try {
      await beforeDeadline(deadline, this.#closing.signal, async (signal) => {
        const started = performance.now();
        await this.#attempt(signal, (client) => client.heartbeat());
        this.#probeMs = performance.now() - started;
        isAlive = true;
        // A server that lives may still fail; one read tells.
        if (this.#breaker.state !== CircuitState.Closed)
          await this.#breaker.execute(() =>
            this.#attempt(signal, (client) => client.countCollections()),
          );
      });
      this.#problem = null;
    } catch (error) {
      this.#limits = null;
      // While the circuit is open, what opened it is the problem.
      if (isOutage(error)) this.#problem = this.#describe('health check', error).message;
    }
    this.#isAlive = isAlive;
    this.#at = Date.now();
    this.#noteChange();
  }

  #describe(what: string, error: unknown): ParticipantUnavailableError {
    const label = this.#source.endpoint?.label ?? 'its own server';
    return describeError(what, label, error);
  }

  /** Compares with what was known; tells those who wait, and shortens the watch's nap. */
  #noteChange(): void {
    if (this.available === this.#wasAvailable) return;
    this.#wasAvailable = this.available;
    this.#at = Date.now();
    this.#nap.abort();
    if (!this.available) return;
    this.#connections += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  async #watch(): Promise<void> {
    for (let attempt = 0; !this.#closing.signal.aborted; ) {
      this.#nap = new AbortController();
      const wait = this.available ? this.#terms.healthCheckIntervalMs : this.#backoff(attempt);
      attempt = this.available ? 0 : attempt + 1;
      await interruptibleWait(wait, this.#nap.signal);
      const isWoken = this.#nap.signal.aborted;
      // Whoever turned unavailable waits first; a probe at once would only repeat the failure.
      if (!isWoken && !this.#closing.signal.aborted) await this.probe();
    }
  }

  #backoff(attempt: number): number {
    const { retryBackoff, healthCheckIntervalMs } = this.#terms;
    return backoffMs(
      { baseMs: FIRST_RETRY_MS, factor: retryBackoff, capMs: healthCheckIntervalMs },
      attempt,
    );
  }
}

const BREAKER_STATES = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
} as const;
