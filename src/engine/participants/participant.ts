import type { HealthState, LatencySummary } from '../backends/backend-statistics.ts';
import type { ParticipantName } from '../model/participation.ts';

/** How a participant stands; in status, health and the statistics stream. */
export interface ParticipantStatistics {
  readonly name: ParticipantName;
  readonly state: HealthState;
  /** What is wrong and what to do; null when all is well. */
  readonly message: string | null;
  /** OPEN: calls fail at once, until a trial call after a pause succeeds. */
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly calls: number;
  readonly failures: number;
  /** Connections made after the first one. */
  readonly reconnects: number;
  /** Round trips of calls, ms. */
  readonly latency: LatencySummary;
  /** Round trip of the last probe, ms; null when none succeeded yet. */
  readonly probeMs: number | null;
  /** Unix ms of the last probe or change of state. */
  readonly at: number;
}

/** What every participant can be asked. Its calls reject with ParticipantUnavailableError, always before their deadline. */
export interface Participant {
  readonly name: ParticipantName;
  /** False: it is known to be away (not connected, breaker open), so that nothing need be tried. */
  readonly available: boolean;
  statistics(): ParticipantStatistics;
  /** One round trip that moves the state between OK and DEGRADED. Never rejects. */
  probe(): Promise<void>;
  /** Calls `listener` whenever `available` turns true again; returns how to stop that. */
  onAvailable(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface ParticipantTerms {
  /** Names the database file; survives restores, so that two databases never share a cache or a collection. */
  readonly storeId: string;
  /** First wait before a reconnect is 100 ms; each is longer by this factor, up to the health check interval. */
  readonly retryBackoff: number;
  readonly retryAttempts: number;
  readonly healthCheckIntervalMs: number;
  readonly connectTimeoutMs: number;
}
