import type { ServedIsolation } from '../backends/backend.ts';
import type { CommitMode } from '../model/participation.ts';

/** The four levels a caller may ask for. READ_UNCOMMITTED is served as READ_COMMITTED, as PostgreSQL does. */
export const ISOLATION_LEVELS = [
  'READ_UNCOMMITTED',
  'READ_COMMITTED',
  'REPEATABLE_READ',
  'SERIALIZABLE',
] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** v4's states. */
export const TRANSACTION_STATES = [
  'pending',
  'active',
  'preparing',
  'prepared',
  'committing',
  'committed',
  'rolling_back',
  'rolled_back',
  'failed',
  'timeout',
] as const;
export type TransactionState = (typeof TRANSACTION_STATES)[number];

export interface TransactionOptions {
  /** Default READ_COMMITTED. */
  readonly isolation?: IsolationLevel | undefined;
  /** Milliseconds from begin to commit; default `memory.transaction_timeout`. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between two operations; default none. */
  readonly idleTimeoutMs?: number | undefined;
  /** Default `memory.commit_mode`. */
  readonly commitMode?: CommitMode | undefined;
}

/** What a transaction was begun with, defaults filled in. */
export interface TransactionTerms {
  readonly namespace: string;
  readonly requestedIsolation: IsolationLevel;
  readonly effectiveIsolation: ServedIsolation;
  readonly timeoutMs: number;
  /** null = none */
  readonly idleTimeoutMs: number | null;
  /** Undefined: as configured. */
  readonly commitMode: CommitMode | undefined;
}

export interface RunOptions extends TransactionOptions {
  /** How often a conflict is tried again before it is told to the caller; default 8. */
  readonly maxRetries?: number | undefined;
  /** Replays the answer of the commit for 24 h. */
  readonly idempotencyKey?: string | undefined;
  /** Identifies the request under the key; default: the key alone does. */
  readonly requestHash?: string | undefined;
}

/** What is known of an open or just ended transaction. */
export interface TransactionInfo {
  /** Cannot be guessed: 256 random bits; whoever has it and the credential may use the transaction. */
  readonly id: string;
  readonly namespace: string;
  readonly requestedIsolation: IsolationLevel;
  readonly effectiveIsolation: ServedIsolation;
  readonly state: TransactionState;
  readonly startedAt: Date;
  /** The total timeout; the idle timeout may end it earlier. */
  readonly expiresAt: Date;
  readonly durationMs: number;
  readonly operations: number;
  readonly savepoints: readonly string[];
}

/** v4's figures over all transactions since the start. */
export interface TransactionStatistics {
  readonly active: number;
  readonly committed: number;
  readonly rolledBack: number;
  readonly timedOut: number;
  /** Commits refused because another transaction was first. */
  readonly conflicts: number;
  readonly retries: number;
  /** Committed of all ended ones, 0..100; 100 when none has ended. */
  readonly commitRate: number;
  readonly averageDurationSeconds: number;
  readonly activeByState: Readonly<Partial<Record<TransactionState, number>>>;
}

export function servedIsolation(level: IsolationLevel): ServedIsolation {
  return level === 'READ_UNCOMMITTED' ? 'READ_COMMITTED' : level;
}
