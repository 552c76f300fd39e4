import type { ParticipantInspection } from './backends/backend.ts';
import type { EmbeddingStatus, SemanticScore, TextScore } from './backends/read-map.ts';
import type { Backup, BackupInput } from './backup/backup-operations.ts';
import type { ContextOptions, PackedContext } from './context-operations.ts';
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
import type { Memory } from './memory.ts';
import type {
  OpenTransaction,
  TransactionResult,
  TransactOutcome,
  TransactStep,
} from './open-transaction.ts';
import type { OrderTerm } from './search/filter.ts';
import type {
  RunOptions,
  TransactionInfo,
  TransactionOptions,
  TransactionStatistics,
} from './transaction/transaction-types.ts';
import type {
  ChangeKind,
  CommitMode,
  DuplicatePolicy,
  JsonObject,
  JsonValue,
  PersonaRecord,
  Section,
  Target,
} from './types.ts';
import type {
  DeleteResult,
  StoreManyResult,
  StoreResultResult,
  WriteResult,
} from './write-results.ts';

/*
 * Shapes of the public operations: the library and GraphQL carry the same ones.
 * Times given by a caller are Date or Unix ms; times returned are Date.
 */

/** v4's third argument of store; every named field may also stand in `metadata` as v4 allowed (section, persona, importance, type, tags). */
export interface StoreInput {
  /** 1..512 bytes UTF-8, normalised to NFC, no NUL. */
  readonly key: string;
  /** Any JSON value; give either `value` or `valueText`. */
  readonly value?: unknown;
  /** Exact JSON text, for numbers a JS number cannot hold. */
  readonly valueText?: string | undefined;
  readonly metadata?: unknown;
  readonly section?: Section | undefined;
  readonly persona?: string | null | undefined;
  /** 0..1, default 0.5 */
  readonly importance?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Seconds until the memory expires; absent or null = never. */
  readonly ttlSeconds?: number | null | undefined;
  /** Compare-and-set: the version that must be current; 0 = must not exist. */
  readonly ifVersion?: number | undefined;
  /**
   * Looks for memories that say the same under other keys, when the key is new; a store over its own key is an update.
   * `keep` stores and reports them, `return_existing` stores nothing when there is one and answers it, `supersede` stores
   * and lets the new memory supersede them. Compared are visible memories of the same section and persona that nothing
   * supersedes. Exact: the same value but for case, white space and compatible characters. Near: nine tenths of all words
   * are in both, and the same numbers. Decided with the commit, so of equal stores at one moment only one comes first.
   */
  readonly onDuplicate?: DuplicatePolicy | undefined;
}

export interface WriteOptions {
  /**
   * `strict`: fail with ParticipantUnavailableError, and store nothing, when a configured Redis or Chroma cannot prepare; wait up to 2 s
   * for them afterwards. Default: `memory.commit_mode`. Inside a transaction its own mode counts.
   */
  readonly commitMode?: CommitMode | undefined;
  /**
   * Answer only when what was written has its vector, or cannot get one, or the time is up; the write is durable and the answer is
   * the same in any case. Matters for slow embedders alone; not inside a transaction. Default false.
   */
  readonly awaitIndex?: boolean | undefined;
  /** Replays the stored answer for 24 h instead of writing twice. */
  readonly idempotencyKey?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface UpdateInput {
  readonly by: Target;
  readonly value?: unknown;
  readonly valueText?: string | undefined;
  /** RFC 7396 merge patch. */
  readonly valuePatch?: unknown;
  /** RFC 7396 merge patch. */
  readonly metadataPatch?: unknown;
  readonly tags?: readonly string[] | undefined;
  readonly section?: Section | undefined;
  readonly persona?: string | null | undefined;
  readonly importance?: number | undefined;
  readonly ttlSeconds?: number | null | undefined;
  readonly ifVersion?: number | undefined;
}

export interface IncrementInput {
  readonly by: Target;
  /** Path into the value, as `balance` or `stats.visits[0]`; absent = the value itself. */
  readonly path?: string | undefined;
  /** Default 1; integers stay exact up to 2^63. */
  readonly amount?: number | undefined;
  readonly ifVersion?: number | undefined;
}

export interface AppendInput {
  readonly by: Target;
  readonly path?: string | undefined;
  readonly items: readonly unknown[];
  readonly ifVersion?: number | undefined;
}

export interface DeleteInput {
  readonly by: Target;
  readonly ifVersion?: number | undefined;
}

export interface AssertVersionInput {
  readonly by: Target;
  /** The version that must be current; 0 = the memory must not exist. */
  readonly version: number;
}

/** Filters as a caller writes them: the object form of `search/where.ts`, or v4's flat equality object. */
export type Where = { readonly [key: string]: unknown };

export interface ListInput extends AsOfOptions {
  readonly where?: Where | null | undefined;
  readonly orderBy?: readonly OrderTerm[] | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  /** Count all matches; costs a scan of the index. Default true. */
  readonly withTotal?: boolean | undefined;
}

export interface MemoryPage {
  readonly items: readonly { readonly memory: Memory; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly total: number | null;
}

export type RecallMode = 'TEXT' | 'SEMANTIC' | 'HYBRID';

export interface RecallInput {
  readonly query: string;
  readonly mode?: RecallMode | undefined;
  readonly where?: Where | null | undefined;
  /** 1..100, default 10 */
  readonly limit?: number | undefined;
  /** Hits below this final score are left out. */
  readonly minScore?: number | undefined;
  /** Shares of the arms in a hybrid score, 0 or more and not both 0; default 0.5 each. */
  readonly weights?:
    | { readonly text?: number | undefined; readonly semantic?: number | undefined }
    | undefined;
  /** Memories that each arm hands to the fusion, 1..1000 and at least `limit`; default 50 by text and 100 by meaning. */
  readonly candidates?:
    | { readonly text?: number | undefined; readonly semantic?: number | undefined }
    | undefined;
  /** Also memories that another one supersedes; default false. */
  readonly includeSuperseded?: boolean | undefined;
  /** Count the hits as accessed; default true. */
  readonly touch?: boolean | undefined;
}

/**
 * How a score came about (search/fuse.ts): `final = ((weights.text × text.normalised + weights.semantic × semantic.normalised) /
 * (weights.text + weights.semantic) + nameBoost) × importanceFactor × recencyFactor`; an arm that is null counts 0. A listing by
 * importance, for a query without words, has neither arm and scores by importance alone.
 */
export interface ScoreExplanation {
  /** null when the text arm did not find it. */
  readonly text: TextScore | null;
  /** null when the semantic arm did not find it; `distance` is 1 - similarity. */
  readonly semantic: (SemanticScore & { readonly distance: number }) | null;
  /** Shares of the arms that served. */
  readonly weights: { readonly text: number; readonly semantic: number };
  /** 0.3 when the query names the persona of the memory, else 0. */
  readonly nameBoost: number;
  readonly importanceFactor: number;
  readonly recencyFactor: number;
  readonly final: number;
  readonly terms: readonly string[];
}

/** A hit with v4's fields on top: key, value, metadata, section, importance, score, distance?, source. */
export interface RecallHit {
  readonly memory: Memory;
  readonly key: string;
  readonly value: JsonValue;
  readonly metadata: JsonObject;
  readonly section: Section;
  readonly importance: number;
  readonly score: number;
  readonly distance: number | null;
  readonly source: 'sqlite' | 'chroma' | 'cache';
  readonly explanation: ScoreExplanation;
}

export interface RecallResult {
  readonly hits: readonly RecallHit[];
  readonly mode: RecallMode;
  /** The mode that served: TEXT when no semantic arm was available. */
  readonly servedMode: RecallMode;
  /** An arm that the mode asks for did not serve, or not with all its vectors. */
  readonly degraded: boolean;
  /** Why; null unless degraded. */
  readonly degradedReason: string | null;
  /** What the semantic arm compared: the index in the database, Chroma, or both; empty when that arm did not serve. */
  readonly vectorsFrom: readonly ('embedded' | 'chroma')[];
  readonly tookMs: number;
  readonly cached: boolean;
}

export interface AgentContext {
  readonly persona: string;
  readonly task: string;
  readonly working: readonly RecallHit[];
  readonly semantic: readonly RecallHit[];
  /** The persona's most recent episodes, newest first. */
  readonly episodes: readonly Memory[];
  readonly degraded: boolean;
  /** With a budget what fits in it, chosen from more memories than the lists above hold; null without one. */
  readonly packed: PackedContext | null;
}

export interface StoreResultInput {
  readonly persona: string;
  readonly task: string;
  /** Any JSON value. */
  readonly result: unknown;
  /** Of the episode: 0..1, default 0.6 */
  readonly importance?: number | undefined;
}

export const OPTIMIZATION_TYPES = [
  'cleanup',
  'cache_optimization',
  'cache_expansion',
  'index_optimization',
  'connection_pool_tuning',
] as const;
export type OptimizationType = (typeof OPTIMIZATION_TYPES)[number];

export interface OptimizationAction {
  readonly type: string;
  /** cleanup: days without access, default 30. */
  readonly threshold_days?: number | undefined;
  /** cleanup: only report. */
  readonly dryRun?: boolean | undefined;
  /** cache_expansion: new number of entries, default twice the current. */
  readonly cache_size?: number | undefined;
  /** connection_pool_tuning: readers wanted; default from the measured load. */
  readonly connections?: number | undefined;
}
export interface OptimizationPlan {
  readonly summary?: string | undefined;
  readonly actions: readonly OptimizationAction[];
}
export interface OptimizationReport {
  readonly type: OptimizationType;
  readonly changed: boolean;
  /** One sentence a person can read. */
  readonly message: string;
  readonly details: JsonObject;
}

export interface ChangeEvent {
  readonly cursor: string;
  readonly kind: ChangeKind;
  readonly at: Date;
  readonly transactionId: string;
  /** After the change; for `deleted` as it was before. */
  readonly memory: Memory;
}
export interface ChangePage {
  readonly changes: readonly ChangeEvent[];
  /** Continue after this, even when `changes` is empty. */
  readonly endCursor: string;
  readonly hasMore: boolean;
}
/** The log no longer holds what follows the cursor, or the cursor belongs to another history (restore). */
export interface ResumeExpired {
  readonly expired: true;
  readonly oldestCursor: string;
  readonly headCursor: string;
}
export interface ChangesInput {
  /** Absent: from now on. */
  readonly after?: string | null | undefined;
  readonly where?: Where | null | undefined;
  /** 1..500, default 64 */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The operations on one namespace. Every rejection is a MemorySystemError. */
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
