import type { LinkInput, LinkResult } from './link-operations.ts';
import type { Memory } from './memory.ts';
import type { MemoryOperations } from './memory-operations.ts';
import type { Duplicate } from './model/duplicate.ts';
import type { ParticipantName } from './model/participation.ts';
import type { TransactionInfo } from './transaction/transaction-types.ts';
import type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  UpdateInput,
} from './write-operations.ts';

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
  /** Participants that do not show it yet, although it is durable. */
  readonly pending: readonly ParticipantName[];
}

export interface TransactionResult<T> extends CommittedTransaction {
  readonly value: T;
  /** How often it was run again after a conflict. */
  readonly retries: number;
}

/** One step of a transaction that is sent as a whole; exactly one of the names. */
export type TransactStep =
  | { readonly store: StoreInput }
  | { readonly update: UpdateInput }
  | { readonly increment: IncrementInput }
  | { readonly append: AppendInput }
  | { readonly delete: DeleteInput }
  | { readonly link: LinkInput }
  | { readonly unlink: LinkInput }
  | { readonly assert: AssertVersionInput }
  | { readonly savepoint: string }
  /** Undoes the steps since the savepoint, which stays. */
  | { readonly rollbackTo: string }
  | { readonly release: string };

export interface TransactStepResult {
  readonly index: number;
  readonly kind:
    | 'store'
    | 'update'
    | 'increment'
    | 'append'
    | 'delete'
    | 'link'
    | 'unlink'
    | 'assert'
    | 'savepoint'
    | 'rollbackTo'
    | 'release';
  /** The memory after the step, for `delete` as it was before; null for steps that write nothing. */
  readonly memory: Memory | null;
  /** What became of the link of a `link` or `unlink`; null for other steps. */
  readonly link: Omit<LinkResult, 'replayed'> | null;
  /** What a `store` with `onDuplicate` found; empty for other steps. */
  readonly duplicates: readonly Duplicate[];
  /** True when a later `rollbackTo` undid it. */
  readonly rolledBack: boolean;
}

export interface TransactOutcome {
  /** In the order of the steps. */
  readonly steps: readonly TransactStepResult[];
  /** Position of the newest change in the change feed; null when nothing was written. */
  readonly cursor: string | null;
  readonly replayed: boolean;
  /** Participants that do not show it yet, although it is durable. */
  readonly pending: readonly ParticipantName[];
}
