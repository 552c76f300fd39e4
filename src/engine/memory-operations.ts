import type { ParticipantInspection } from './backends/backend.ts';
import type { EmbeddingStatus } from './backends/embedding-reads.ts';
import type { Backup, BackupInput } from './backup/backup-operations.ts';
import type { ChangePage, ChangesInput, ResumeExpired } from './change-operations.ts';
import type { AgentContext, ContextOptions } from './context-operations.ts';
import type { Health, Statistics, Status } from './figures.ts';
import type {
  AsOfOptions,
  DiffInput,
  HistoryInput,
  HistoryPage,
  RestoreInput,
  VersionDiff,
} from './history-operations.ts';
import type { ImportOperations } from './import-operations.ts';
import type { Job, ReindexTarget } from './job.ts';
import type { LinkOperations } from './link-operations.ts';
import type { ListInput, MemoryPage, Where } from './list-operations.ts';
import type { Memory } from './memory.ts';
import type { PersonaRecord, Target } from './model/memory-record.ts';
import type {
  OpenTransaction,
  TransactionResult,
  TransactOutcome,
  TransactStep,
} from './open-transaction.ts';
import type { OptimizationPlan, OptimizationReport } from './optimization-operations.ts';
import type { RecallInput, RecallResult } from './recall-operations.ts';
import type {
  RunOptions,
  TransactionInfo,
  TransactionOptions,
  TransactionStatistics,
} from './transaction/transaction-types.ts';
import type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  StoreResultInput,
  UpdateInput,
  WriteOptions,
} from './write-operations.ts';
import type {
  DeleteResult,
  StoreManyResult,
  StoreResultResult,
  WriteResult,
} from './write-results.ts';

/**
 * The operations on one namespace; the library and GraphQL carry the same ones. Times given by a caller are Date or Unix ms, times
 * returned are Date. Every rejection is a MemorySystemError.
 */
export interface MemoryOperations extends ImportOperations, LinkOperations {
  readonly namespace: string;
  store(input: StoreInput, options?: WriteOptions): Promise<WriteResult>;
  storeMany(
    items: readonly StoreInput[],
    options?: WriteOptions & { atomic?: boolean | undefined },
  ): Promise<StoreManyResult>;
  update(input: UpdateInput, options?: WriteOptions): Promise<WriteResult>;
  increment(input: IncrementInput, options?: WriteOptions): Promise<WriteResult>;
  append(input: AppendInput, options?: WriteOptions): Promise<WriteResult>;
  delete(input: DeleteInput, options?: WriteOptions): Promise<DeleteResult>;
  get(target: Target, options?: AsOfOptions): Promise<Memory | null>;
  getMany(targets: readonly Target[], options?: AsOfOptions): Promise<readonly (Memory | null)[]>;
  list(input: ListInput): Promise<MemoryPage>;
  /** The versions of a memory, newest first, deletions and earlier memories of the key included; refused in a transaction. */
  history(input: HistoryInput): Promise<HistoryPage>;
  /** Writes the content of an old version as a new one; NotFoundError when the change log does not hold it. */
  restore(input: RestoreInput, options?: WriteOptions): Promise<WriteResult>;
  /** What changed between two versions; NotFoundError when the change log does not hold one of them. */
  diff(input: DiffInput): Promise<VersionDiff>;
  recall(input: RecallInput): Promise<RecallResult>;
  /** How far the vectors of memories are, in the order of the ids; null = there is nothing to embed or no embedder. */
  embeddingStates(ids: readonly number[]): Promise<readonly (EmbeddingStatus | null)[]>;
  /** Resolves when no memory of the store waits for its vector; MemoryTimeoutError when that takes longer. */
  indexed(options?: { readonly timeoutMs?: number | undefined }): Promise<void>;
  /**
   * Makes a derived store anew in the background, of all namespaces: vectors (default) those that are missing or of another model, fulltext
   * all texts, chroma all records, redis nothing but an empty cache. A running job of the kind is answered instead of a second one.
   */
  reindex(target?: ReindexTarget): Job;
  /** Backs the whole store up in the background; a running backup is answered instead of a second one. ValidationError: see BackupInput. */
  backup(input?: BackupInput): Job;
  /** The backups of this store in the configured folder, newest first; none without one. */
  backups(): Promise<readonly Backup[]>;
  jobs(): readonly Job[];
  /** NotFoundError for an unknown id. */
  job(id: string): Job;
  /** Resolves when the job has ended, however it did; NotFoundError for an unknown id. */
  whenJobEnded(id: string): Promise<Job>;
  /** Ends a running job after what is under way; resolves when it has ended. NotFoundError for an unknown id. */
  cancelJob(id: string): Promise<Job>;
  getContext(persona: string, task: string, options?: ContextOptions): Promise<AgentContext>;
  storeResult(input: StoreResultInput, options?: WriteOptions): Promise<StoreResultResult>;
  applyOptimizations(plan: OptimizationPlan): Promise<readonly OptimizationReport[]>;
  personas(names: readonly string[] | null): Promise<readonly (PersonaRecord | null)[]>;
  /** One page of the change log. */
  changes(input: {
    after?: string | null | undefined;
    first?: number | undefined;
    where?: Where | null | undefined;
  }): Promise<ChangePage | ResumeExpired>;
  /** Live changes from a cursor on; ends when the signal aborts or the engine closes, or after ResumeExpired. */
  watchChanges(input: ChangesInput): AsyncIterable<ChangePage | ResumeExpired>;
  /** VersionConflictError unless the memory has this version; inside a transaction checked again at its commit. */
  assertVersion(input: AssertVersionInput): Promise<void>;
  /** Opens an interactive transaction; the caller must commit it or roll it back, its timeouts end it otherwise. */
  beginTransaction(options?: TransactionOptions): Promise<OpenTransaction>;
  /** An open transaction of this namespace by its id; TransactionStateError when there is none. */
  findTransaction(id: string): OpenTransaction;
  /** Runs `body` in a transaction that commits when it returns, rolls back when it throws, and retries conflicts. */
  runTransaction<T>(
    body: (transaction: OpenTransaction) => Promise<T>,
    options?: RunOptions,
  ): Promise<TransactionResult<T>>;
  /** A whole transaction in one call: all its steps or none, in one commit. */
  transact(steps: readonly TransactStep[], options?: WriteOptions): Promise<TransactOutcome>;
  /** The open transactions of this namespace. */
  transactions(): readonly TransactionInfo[];
  /** Of the whole engine since its start. */
  transactionStatistics(): TransactionStatistics;
  status(): Promise<Status>;
  statistics(): Promise<Statistics>;
  /** A sample each `intervalMs` (250..60000); all subscribers of one interval share the sampling. */
  watchStatistics(input: {
    intervalMs: number;
    signal?: AbortSignal | undefined;
  }): AsyncIterable<Statistics>;
  health(): Health;
  /**
   * Asks Redis and Chroma how they agree with the database, of all namespaces; empty without them. Walks through all keys and records
   *, so it is for diagnosis. One that does not answer has null figures.
   */
  inspectParticipants(): Promise<readonly ParticipantInspection[]>;
}
