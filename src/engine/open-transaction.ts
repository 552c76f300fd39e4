import type { Memory } from './memory.ts';
import type { MemoryOperations } from './operations.ts';
import type { TransactionInfo } from './transaction/transaction-types.ts';

/** An open transaction with the same operations as outside; they see its own writes, and nobody else does. */
export interface OpenTransaction {
  readonly id: string;
  /** The operations inside; live streams, optimisations and other transactions are refused there. */
  readonly memories: MemoryOperations;
  info(): TransactionInfo;
  savepoint(name: string): Promise<void>;
  /** Forgets what came after the savepoint, which stays. */
  rollbackTo(name: string): Promise<void>;
  release(name: string): Promise<void>;
  /** Resolves once everything is durable; on an error nothing of it happened. */
  commit(): Promise<CommittedTransaction>;
  rollback(): Promise<TransactionInfo>;
}

export interface CommittedTransaction {
  readonly info: TransactionInfo;
  /** Position of its newest change in the change feed; null when it changed nothing. */
  readonly cursor: string | null;
  /** What each write came to, in their order: final versions, null for an assertion. */
  readonly memories: readonly (Memory | null)[];
  readonly replayed: boolean;
}

export interface TransactionResult<T> extends CommittedTransaction {
  readonly value: T;
  /** How often it was run again after a conflict. */
  readonly retries: number;
}
