/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A list to append to. */
export type AppendToMemoryInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** Which memory. */
  readonly by: MemoryBy;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** JSON values to append, in this order; at least one. */
  readonly items: ReadonlyArray<unknown>;
  /** Where in the value: `balance`, `stats.visits[0]`; null = the value itself. */
  readonly path?: string | null | undefined;
};

/** A list to append to, as a part of a transaction. */
export type AppendToMemoryItem = {
  /** Which memory. */
  readonly by: MemoryBy;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** JSON values to append, in this order; at least one. */
  readonly items: ReadonlyArray<unknown>;
  /** Where in the value: `balance`, `stats.visits[0]`; null = the value itself. */
  readonly path?: string | null | undefined;
};

/** A plan. */
export type ApplyOptimizationsInput = {
  /** What to do, in this order; at least one. */
  readonly actions: ReadonlyArray<OptimizationActionInput>;
  /** Why, for people; null = nothing to say. */
  readonly summary?: string | null | undefined;
};

/** A version that a memory must have. */
export type AssertVersionInput = {
  /** Which memory. */
  readonly by: MemoryBy;
  /** The version; 0 = it must not exist. */
  readonly version: number;
};

/** What to back up, and under which name. */
export type BackupInput = {
  /** How much; an incremental one fails when there is nothing that it could continue. */
  readonly kind?: BackupKind;
  /** 1 to 100 letters, digits, dots, dashes and underlines, never a path; null = the name of the database and the time. */
  readonly name?: string | null | undefined;
};

/** How much a backup holds. */
export type BackupKind =
  /** The whole store. */
  | 'FULL'
  /** What changed since the newest backup, which it needs for a restore. */
  | 'INCREMENTAL';

/** What an interactive transaction shall be like. */
export type BeginTransactionInput = {
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** Milliseconds without an operation after which it is undone, so that a client that is gone leaves nothing behind; null = 10000 unless the server is configured otherwise. */
  readonly idleTimeoutMs?: number | null | undefined;
  /** Its isolation level. */
  readonly isolation?: IsolationLevel;
  /** Milliseconds from begin to commit, 300000 at most; null = 60000 unless the server is configured otherwise. */
  readonly timeoutMs?: number | null | undefined;
};

/** Whether a server is called. */
export type BreakerState =
  /** It is called. */
  | 'CLOSED'
  /** One call finds out whether it is back. */
  | 'HALF_OPEN'
  /** It failed several times in a row and is left alone for a while. */
  | 'OPEN';

/** What a change did. */
export type ChangeKind =
  /** The key did not exist before. */
  | 'CREATED'
  /** The memory is gone; the change carries its last state. */
  | 'DELETED'
  /** The memory existed and has a new version. */
  | 'UPDATED';

/** What a commit does about a participant that cannot prepare. */
export type CommitMode =
  /** It happens; the participant catches up when it is back. */
  | 'AVAILABLE'
  /** It fails with PARTICIPANT_UNAVAILABLE and stores nothing. When it happens it waits up to 2 seconds until all participants show it. */
  | 'STRICT';

/** Comparisons of moments; several in one object must all hold. */
export type DateTimeComparison = {
  /** Two bounds, both included: `[low, high]`. */
  readonly between?: ReadonlyArray<string> | null | undefined;
  /** Equal to this; null = is null or missing. */
  readonly eq?: string | null | undefined;
  /** True: has a value; false: null or missing. */
  readonly exists?: boolean | null | undefined;
  /** Later than this. */
  readonly gt?: string | null | undefined;
  /** This or later. */
  readonly gte?: string | null | undefined;
  /** Earlier than this. */
  readonly lt?: string | null | undefined;
  /** This or earlier. */
  readonly lte?: string | null | undefined;
  /** The exact negation of `eq`: also true where nothing is there. */
  readonly ne?: string | null | undefined;
};

/** A memory to delete. */
export type DeleteMemoryInput = {
  /** Which memory. */
  readonly by: MemoryBy;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
};

/** A memory to delete, as a part of a transaction. */
export type DeleteMemoryItem = {
  /** Which memory. */
  readonly by: MemoryBy;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
};

/** What to do when other memories of the same section and persona say the same under other keys. The same: but for case, white space and compatible characters; nearly the same: nine tenths of all words are in both, and the same numbers. Superseded memories do not count, and a store to a key that exists is an update, which looks for none. */
export type DuplicatePolicy =
  /** Store it, and report them. */
  | 'KEEP'
  /** Store nothing and answer the best one of them; without any, store it. */
  | 'RETURN_EXISTING'
  /** Store it and link it to each of them with SUPERSEDES. */
  | 'SUPERSEDE';

/** How far the vector of a memory is, by which recall finds it by its meaning. */
export type EmbeddingState =
  /** Given up after several attempts, see `embeddingError`; `reindex` tries again. */
  | 'FAILED'
  /** There is none and none is wanted: nothing in the memory can be embedded, no embedder is configured, the memory is gone, or its transaction is still open. */
  | 'NONE'
  /** It is waited for; the memory is stored and found by its words. A failed attempt is repeated after a while. */
  | 'PENDING'
  /** It is there. */
  | 'READY';

/** Stable codes: in `code` of a union member and in `extensions.code` of an error. */
export type ErrorCode =
  /** Another transaction committed first; retry. */
  | 'CONFLICT'
  /** The store cannot be reached; retry later. */
  | 'CONNECTION'
  /** Stored bytes do not match their checksum; an operator must repair. */
  | 'DATA_CORRUPTION'
  /** The credential does not allow this. */
  | 'FORBIDDEN'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_MISMATCH'
  /** An unexpected error; `extensions.errorId` finds it in the log. */
  | 'INTERNAL'
  /** The memory does not exist, or has expired. */
  | 'NOT_FOUND'
  /** More is asked than can be answered in time, or a bounded queue is full; come back later. */
  | 'OVERLOADED'
  /** A part that this needs is down or not configured: a store, an embedder. */
  | 'PARTICIPANT_UNAVAILABLE'
  /** A configured performance threshold was passed. */
  | 'PERFORMANCE_DEGRADED'
  /** The store accepts no writes now. */
  | 'READ_ONLY'
  /** The snapshot is no longer kept; start again. */
  | 'SNAPSHOT_TOO_OLD'
  /** The disk is full. */
  | 'STORAGE_FULL'
  /** The deadline passed; a write may or may not have happened, see TimeoutError. */
  | 'TIMEOUT'
  /** The transaction is not in a state that allows this. */
  | 'TRANSACTION_STATE'
  /** No valid credential was given. */
  | 'UNAUTHENTICATED'
  /** The input is wrong; nothing was stored. */
  | 'VALIDATION'
  /** The memory has another version than `ifVersion`. */
  | 'VERSION_CONFLICT';

/** Comparisons of numbers; several in one object must all hold. */
export type FloatComparison = {
  /** Two bounds, both included: `[low, high]`. */
  readonly between?: ReadonlyArray<number> | null | undefined;
  /** Equal to this; null = is null or missing. */
  readonly eq?: number | null | undefined;
  /** Greater than this. */
  readonly gt?: number | null | undefined;
  /** This or greater. */
  readonly gte?: number | null | undefined;
  /** Equal to one of these, 1000 at most. */
  readonly in?: ReadonlyArray<number> | null | undefined;
  /** Less than this. */
  readonly lt?: number | null | undefined;
  /** This or less. */
  readonly lte?: number | null | undefined;
  /** The exact negation of `eq`: also true where nothing is there. */
  readonly ne?: number | null | undefined;
  /** The exact negation of `in`. */
  readonly nin?: ReadonlyArray<number> | null | undefined;
};

/** State of the store or of one part. */
export type HealthState =
  /** Shut down. */
  | 'CLOSED'
  /** Works with less: slower, or without a part. */
  | 'DEGRADED'
  /** Works. */
  | 'OK'
  /** Damage was found; an operator must repair before it serves again. */
  | 'QUARANTINE'
  /** Reads work, writes are refused with READ_ONLY. */
  | 'READ_ONLY'
  /** Reconnecting or repairing; try again soon. */
  | 'RECOVERING';

/** A number to add to. */
export type IncrementMemoryInput = {
  /** What to add; may be negative. Integers stay exact up to 2^63. */
  readonly amount?: number;
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** Which memory. */
  readonly by: MemoryBy;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** Where in the value: `balance`, `stats.visits[0]`; null = the value itself. */
  readonly path?: string | null | undefined;
};

/** A number to add to, as a part of a transaction. */
export type IncrementMemoryItem = {
  /** What to add; may be negative. Integers stay exact up to 2^63. */
  readonly amount?: number;
  /** Which memory. */
  readonly by: MemoryBy;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** Where in the value: `balance`, `stats.visits[0]`; null = the value itself. */
  readonly path?: string | null | undefined;
};

/** Comparisons of whole numbers; several in one object must all hold. */
export type IntComparison = {
  /** Two bounds, both included: `[low, high]`. */
  readonly between?: ReadonlyArray<number> | null | undefined;
  /** Equal to this; null = is null or missing. */
  readonly eq?: number | null | undefined;
  /** Greater than this. */
  readonly gt?: number | null | undefined;
  /** This or greater. */
  readonly gte?: number | null | undefined;
  /** Equal to one of these, 1000 at most. */
  readonly in?: ReadonlyArray<number> | null | undefined;
  /** Less than this. */
  readonly lt?: number | null | undefined;
  /** This or less. */
  readonly lte?: number | null | undefined;
  /** The exact negation of `eq`: also true where nothing is there. */
  readonly ne?: number | null | undefined;
  /** The exact negation of `in`. */
  readonly nin?: ReadonlyArray<number> | null | undefined;
};

/** How much transactions that run at the same time may notice of each other. */
export type IsolationLevel =
  /** Each read sees the newest commit, so two reads may differ. Never conflicts. */
  | 'READ_COMMITTED'
  /** Served as READ_COMMITTED: nothing uncommitted is ever read. */
  | 'READ_UNCOMMITTED'
  /** Snapshot isolation: all reads see one moment. A commit that would overwrite a newer write is refused with CONFLICT. */
  | 'REPEATABLE_READ'
  /** As if transactions ran one after another: a commit is refused with CONFLICT when anything it read has changed, results of queries included. */
  | 'SERIALIZABLE';

/** How far a job is. */
export type JobState =
  /** It was stopped; what it did until then stays. */
  | 'CANCELLED'
  /** It went through everything; `failed` tells whether all succeeded. */
  | 'DONE'
  /** It ended early, see `error`; what it did until then stays. */
  | 'FAILED'
  /** It is under way. */
  | 'RUNNING';

/** How one place of a JSON document differs. */
export type JsonChangeKind =
  /** It is only in the later version. */
  | 'ADDED'
  /** It is in both, with another value. */
  | 'CHANGED'
  /** It is only in the earlier version. */
  | 'REMOVED';

/** Comparisons of one place inside a JSON value. Types must match: text is never equal to a number, and order is defined between numbers and between texts only. */
export type JsonComparison = {
  /** Two bounds, both included: `[low, high]`. */
  readonly between?: ReadonlyArray<unknown> | null | undefined;
  /** Is a text that holds this text, or a list with this text as an item; at most 1024 bytes of UTF-8. */
  readonly contains?: string | null | undefined;
  /** Equal to this scalar; null = is null or missing. */
  readonly eq?: unknown;
  /** True: has a value; false: null or missing. */
  readonly exists?: boolean | null | undefined;
  /** After or greater than this. */
  readonly gt?: unknown;
  /** This, after it or greater. */
  readonly gte?: unknown;
  /** Equal to one of these, 1000 at most. */
  readonly in?: ReadonlyArray<unknown> | null | undefined;
  /** Before or less than this. */
  readonly lt?: unknown;
  /** This, before it or less. */
  readonly lte?: unknown;
  /** The exact negation of `eq`: also true where nothing is there. */
  readonly ne?: unknown;
  /** The exact negation of `in`. */
  readonly nin?: ReadonlyArray<unknown> | null | undefined;
  /** Where to look: `user.name`, `items[0]`, `"key.with.dots".x`; empty = the whole value. */
  readonly path: string;
  /** Is a text that begins with this text. */
  readonly startsWith?: string | null | undefined;
};

/** Where a link goes, seen from the memory it was asked for. */
export type LinkDirection =
  /** From the other memory. */
  | 'INCOMING'
  /** Both: RELATES and CONTRADICTS. */
  | 'MUTUAL'
  /** To the other memory. */
  | 'OUTGOING';

/** How two memories are linked, read from the first to the second. */
export type LinkKind =
  /** Says the opposite; holds in both directions. */
  | 'CONTRADICTS'
  /** Was made out of it. */
  | 'DERIVED_FROM'
  /** Has to do with it; holds in both directions. */
  | 'RELATES'
  /** Replaces it: the second one is hidden from recall as long as the first is there. Never in a circle. */
  | 'SUPERSEDES';

/** A link between two memories. */
export type LinkMemoriesInput = {
  /** The first memory: for SUPERSEDES the one that replaces. */
  readonly from: MemoryBy;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** How they are linked. */
  readonly kind: LinkKind;
  /** The second memory. */
  readonly to: MemoryBy;
};

/** A link between two memories, as a part of a transaction. */
export type LinkMemoriesItem = {
  /** The first memory: for SUPERSEDES the one that replaces. */
  readonly from: MemoryBy;
  /** How they are linked. */
  readonly kind: LinkKind;
  /** The second memory. */
  readonly to: MemoryBy;
};

/** Names one memory: exactly one of the two. */
export type MemoryBy =
  {   /** Its `id`, which stays the same as long as the memory lives. */
  readonly id: string; readonly key?: never; }
  |  { readonly id?: never;   /** Its key in the namespace of the credential. */
  readonly key: string; };

/** One sort term. */
export type MemoryOrder = {
  /** Which way; the largest or newest first unless given. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: MemoryOrderField;
};

/** What memories can be sorted by. Ties are broken by age of the id, so every order is total. */
export type MemoryOrderField =
  /** The moment of the last recall that touched it. */
  | 'ACCESSED_AT'
  /** How often it was recalled. */
  | 'ACCESS_COUNT'
  /** The moment of the first store. */
  | 'CREATED_AT'
  /** The importance. */
  | 'IMPORTANCE'
  /** The key, by code point. */
  | 'KEY'
  /** The moment of the last write. */
  | 'UPDATED_AT'
  /** How often it was written. */
  | 'VERSION';

/** A filter. All fields of one object must hold; at most 6 levels of and/or/not and 64 comparisons in all. An empty object matches everything; a field given as null asks for what is null or missing. */
export type MemoryWhere = {
  /** How often it was recalled. */
  readonly accessCount?: IntComparison | null | undefined;
  /** The moment of the last touch. */
  readonly accessedAt?: DateTimeComparison | null | undefined;
  /** All of these hold; an empty list is true. */
  readonly and?: ReadonlyArray<MemoryWhere> | null | undefined;
  /** The moment of the first store. */
  readonly createdAt?: DateTimeComparison | null | undefined;
  /** The moment it expires; missing = never. */
  readonly expiresAt?: DateTimeComparison | null | undefined;
  /** The importance, 0 to 1. */
  readonly importance?: FloatComparison | null | undefined;
  /** The key. */
  readonly key?: StringComparison | null | undefined;
  /** Places inside the metadata; all must hold. */
  readonly metadata?: ReadonlyArray<JsonComparison> | null | undefined;
  /** This does not hold. */
  readonly not?: MemoryWhere | null | undefined;
  /** At least one of these holds; an empty list is false. */
  readonly or?: ReadonlyArray<MemoryWhere> | null | undefined;
  /** The name of the persona; null when nobody in particular. */
  readonly persona?: StringComparison | null | undefined;
  /** The section. */
  readonly section?: SectionComparison | null | undefined;
  /** The tags. */
  readonly tags?: TagComparison | null | undefined;
  /** The moment of the last write. */
  readonly updatedAt?: DateTimeComparison | null | undefined;
  /** Places inside the value; all must hold. */
  readonly value?: ReadonlyArray<JsonComparison> | null | undefined;
  /** The version, from 1. */
  readonly version?: IntComparison | null | undefined;
};

/** A moment of the past: exactly one of the two. It must lie within what the change log still covers, else VALIDATION says from when on. */
export type Moment =
  {   /** The state after the last commit that is not younger than this; not in the future. */
  readonly at: string; readonly cursor?: never; }
  |  { readonly at?: never;   /** The state after the commit of this change: exact, and the same for ever. */
  readonly cursor: string; };

/** Why a memory that was considered is not in the packed text. */
export type OmissionReason =
  /** Its line does not fit in what is left of the budget. */
  | 'BUDGET'
  /** A packed memory has the same text but for case and white space. */
  | 'DUPLICATE'
  /** A packed memory has nearly the same words in the same order, and the same numbers. */
  | 'REDUNDANT';

/** One action of a plan. */
export type OptimizationActionInput = {
  /** CACHE_EXPANSION: entries the cache may hold; null = twice the current number. */
  readonly cacheSize?: number | null | undefined;
  /** CONNECTION_POOL_TUNING: readers wanted; null = by the measured load. */
  readonly connections?: number | null | undefined;
  /** CLEANUP: only say what would be deleted; null = delete. */
  readonly dryRun?: boolean | null | undefined;
  /** CLEANUP: days without access; null = 30. */
  readonly thresholdDays?: number | null | undefined;
  /** What to do. */
  readonly type: OptimizationType;
};

/** What `applyOptimizations` can do. */
export type OptimizationType =
  /** Lets the operation cache hold more entries. */
  | 'CACHE_EXPANSION'
  /** Drops expired entries of the operation cache. */
  | 'CACHE_OPTIMIZATION'
  /** Deletes memories of CACHE and WORKING_MEMORY with an importance below 0.5 that were not accessed for `thresholdDays`. */
  | 'CLEANUP'
  /** Grows or shrinks the pool of reader connections. */
  | 'CONNECTION_POOL_TUNING'
  /** Refreshes the planner statistics and merges the full-text index. */
  | 'INDEX_OPTIMIZATION';

/** Direction of one sort term. */
export type OrderDirection =
  /** Smallest, oldest or first by code point first. */
  | 'ASC'
  /** Largest, newest or last by code point first. */
  | 'DESC';

/** A server beside the database; everything works without it, and what it holds is made from the database. */
export type Participant =
  /** The vector store. */
  | 'CHROMA'
  /** The cache. */
  | 'REDIS';

/** How many memories each arm hands over to be scored together; more find more and take longer. Never fewer than `first`. */
export type RecallCandidatesInput = {
  /** The vector arm, 1 to 1000; null = 100. */
  readonly semantic?: number | null | undefined;
  /** The full-text arm, 1 to 1000; null = 100. */
  readonly text?: number | null | undefined;
};

/** Which arms search. */
export type RecallMode =
  /** Both, fused. The default; served as TEXT, as `servedMode` tells, while there are no vectors. */
  | 'HYBRID'
  /** Meaning only, by vectors; served as TEXT, as `servedMode` tells, while there are none. */
  | 'SEMANTIC'
  /** Full text only: words of the query, ranked by bm25. */
  | 'TEXT';

/** Shares of the arms in a hybrid score: finite numbers, 0 or more and not both 0; only their ratio counts. */
export type RecallWeightsInput = {
  /** Of the vector arm; null = 0.5. */
  readonly semantic?: number | null | undefined;
  /** Of the full-text arm; null = 0.5. */
  readonly text?: number | null | undefined;
};

/** What can be made anew. */
export type ReindexTarget =
  /** Chroma: every vector is published anew; the index in the database serves meanwhile. Refused where Chroma is not configured. */
  | 'CHROMA'
  /** The full-text index: every text is indexed anew. */
  | 'FULLTEXT'
  /** The cache: it is emptied and fills by itself. Refused where Redis is not configured. */
  | 'REDIS'
  /** Vectors that are missing, failed, or of another model than the configured one. */
  | 'VECTORS';

/** Which links are followed; those that hold in both directions always are. */
export type RelatedDirection =
  /** Those that come from other memories. */
  | 'INCOMING'
  /** Those that go to other memories. */
  | 'OUTGOING';

/** What makes two memories related. */
export type RelationSource =
  /** A link that somebody made. */
  | 'LINK'
  /** They say similar things. */
  | 'SIMILARITY';

/** An old version whose content is to come back. */
export type RestoreMemoryInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** A key means the newest memory that had it, deleted or not; an id an exact one. */
  readonly by: MemoryBy;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Compare-and-set on the memory that has the key now; 0 = there must be none; null = no check. */
  readonly ifVersion?: number | null | undefined;
  /** The version whose content comes back. */
  readonly version: number;
};

/** The kind of a memory. It is inferred from the metadata and the key when a store does not say it. */
export type Section =
  /** Results that can be computed again; cleanup may delete them. */
  | 'CACHE'
  /** Events: what happened, and when. */
  | 'EPISODIC_MEMORY'
  /** Material and outcomes of learning. */
  | 'LEARNING_DATA'
  /** Patterns found in other memories. */
  | 'PATTERN_STORAGE'
  /** Measurements the agents made about themselves. */
  | 'PERFORMANCE_METRICS'
  /** How to do something. */
  | 'PROCEDURAL_MEMORY'
  /** Facts: what is known. */
  | 'SEMANTIC_MEMORY'
  /** Short-term: the task at hand. The default. */
  | 'WORKING_MEMORY';

/** Comparisons of sections; several in one object must all hold. */
export type SectionComparison = {
  /** This section. */
  readonly eq?: Section | null | undefined;
  /** One of these sections. */
  readonly in?: ReadonlyArray<Section> | null | undefined;
  /** Any but this section. */
  readonly ne?: Section | null | undefined;
  /** None of these sections. */
  readonly nin?: ReadonlyArray<Section> | null | undefined;
};

/** A batch to store. */
export type StoreMemoriesInput = {
  /** True: all or nothing. False: each item alone, with its own result. */
  readonly atomic?: boolean;
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** At most 1000 memories, no key twice; 8 MB in all, and not more than the server accepts as one body. */
  readonly items: ReadonlyArray<StoreMemoryItem>;
};

/** A memory to store. */
export type StoreMemoryInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Write only if the memory has this version; 0 = only if it does not exist. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** Weight in ranking; null = 0.5. */
  readonly importance?: number | null | undefined;
  /** Unique within the namespace; 1 to 512 bytes of UTF-8, no NUL; normalised to NFC. */
  readonly key: string;
  /** A JSON object up to 64 KB; null = empty. */
  readonly metadata?: unknown;
  /** Look for memories that say the same under other keys; null = do not look. */
  readonly onDuplicate?: DuplicatePolicy | null | undefined;
  /** Who remembers, 1 to 128 bytes; null = nobody in particular. */
  readonly persona?: string | null | undefined;
  /** Its kind; null = inferred from metadata and key. */
  readonly section?: Section | null | undefined;
  /** Labels, 64 at most of 128 bytes each; null = none. */
  readonly tags?: ReadonlyArray<string> | null | undefined;
  /** Seconds until it expires, at least 1; null = never. */
  readonly ttlSeconds?: number | null | undefined;
  /** Any JSON up to 1 MB, null included. Give either this or `valueText`. */
  readonly value?: unknown;
  /** The value as JSON text, when it holds numbers that JavaScript would round. */
  readonly valueText?: string | null | undefined;
};

/** One memory of a batch or a transaction. */
export type StoreMemoryItem = {
  /** Write only if the memory has this version; 0 = only if it does not exist. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** Weight in ranking; null = 0.5. */
  readonly importance?: number | null | undefined;
  /** Unique within the namespace; 1 to 512 bytes of UTF-8, no NUL; normalised to NFC. */
  readonly key: string;
  /** A JSON object up to 64 KB; null = empty. */
  readonly metadata?: unknown;
  /** Look for memories that say the same under other keys; null = do not look. */
  readonly onDuplicate?: DuplicatePolicy | null | undefined;
  /** Who remembers, 1 to 128 bytes; null = nobody in particular. */
  readonly persona?: string | null | undefined;
  /** Its kind; null = inferred from metadata and key. */
  readonly section?: Section | null | undefined;
  /** Labels, 64 at most of 128 bytes each; null = none. */
  readonly tags?: ReadonlyArray<string> | null | undefined;
  /** Seconds until it expires, at least 1; null = never. */
  readonly ttlSeconds?: number | null | undefined;
  /** Any JSON up to 1 MB, null included. Give either this or `valueText`. */
  readonly value?: unknown;
  /** The value as JSON text, when it holds numbers that JavaScript would round. */
  readonly valueText?: string | null | undefined;
};

/** The result of a task. */
export type StoreResultInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Importance of the episode; null = 0.6. */
  readonly importance?: number | null | undefined;
  /** Who did it, 1 to 128 bytes. */
  readonly persona: string;
  /** What came out, any JSON up to 1 MB. */
  readonly result: unknown;
  /** What was done, in words. */
  readonly task: string;
};

/** What a server process is to its database: one process owns it, any number of others on the same machine may follow. */
export type StoreRole =
  /** Reads and writes. */
  | 'OWNER'
  /** Reads the same database and follows its changes; every mutation that changes something is refused with READ_ONLY. */
  | 'REPLICA';

/** Comparisons of text by code point, case-sensitive; several in one object must all hold. */
export type StringComparison = {
  /** Two bounds, both included: `[low, high]`. */
  readonly between?: ReadonlyArray<string> | null | undefined;
  /** Holds this text anywhere; at most 1024 bytes of UTF-8. */
  readonly contains?: string | null | undefined;
  /** Equal to this; null = is null or missing. */
  readonly eq?: string | null | undefined;
  /** True: has a value; false: null or missing. */
  readonly exists?: boolean | null | undefined;
  /** After this. */
  readonly gt?: string | null | undefined;
  /** This or after it. */
  readonly gte?: string | null | undefined;
  /** Equal to one of these, 1000 at most. */
  readonly in?: ReadonlyArray<string> | null | undefined;
  /** Before this. */
  readonly lt?: string | null | undefined;
  /** This or before it. */
  readonly lte?: string | null | undefined;
  /** The exact negation of `eq`: also true where nothing is there. */
  readonly ne?: string | null | undefined;
  /** The exact negation of `in`. */
  readonly nin?: ReadonlyArray<string> | null | undefined;
  /** Begins with this text. */
  readonly startsWith?: string | null | undefined;
};

/** Tests of the tags; several in one object must all hold. */
export type TagComparison = {
  /** Has every one of these tags. */
  readonly all?: ReadonlyArray<string> | null | undefined;
  /** Has at least one of these tags. */
  readonly any?: ReadonlyArray<string> | null | undefined;
  /** Has none of these tags. */
  readonly none?: ReadonlyArray<string> | null | undefined;
};

/** Operations that happen all together or not at all. */
export type TransactInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** The level that is needed at least; every one of them is met. */
  readonly isolation?: IsolationLevel;
  /** What to do, in this order, each on what the ones before it left; at most 10,000 operations and 8 MB. */
  readonly operations: ReadonlyArray<TransactionOperation>;
  /** Milliseconds after which it is given up. */
  readonly timeoutMs?: number;
};

/** One operation of a transaction: exactly one of the kinds. */
export type TransactionOperation =
  {   /** Appends to a list. */
  readonly append: AppendToMemoryItem; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never;   /** Demands a version of a memory. */
  readonly assert: AssertVersionInput; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never;   /** Deletes a memory. */
  readonly delete: DeleteMemoryItem; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never;   /** Adds to a number. */
  readonly increment: IncrementMemoryItem; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never;   /** Links two memories. */
  readonly link: LinkMemoriesItem; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never;   /** Forgets the savepoint of this name; what came after it stays. */
  readonly release: string; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never;   /** Undoes what came after the savepoint of this name, which stays. */
  readonly rollbackTo: string; readonly savepoint?: never; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never;   /** Marks a place under this name, 1 to 128 bytes. */
  readonly savepoint: string; readonly store?: never; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never;   /** Creates or replaces a memory. */
  readonly store: StoreMemoryItem; readonly unlink?: never; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never;   /** Removes a link between two memories. */
  readonly unlink: LinkMemoriesItem; readonly update?: never; }
  |  { readonly append?: never; readonly assert?: never; readonly delete?: never; readonly increment?: never; readonly link?: never; readonly release?: never; readonly rollbackTo?: never; readonly savepoint?: never; readonly store?: never; readonly unlink?: never;   /** Changes parts of a memory. */
  readonly update: UpdateMemoryItem; };

/** What an operation of `transact` does. */
export type TransactionOperationKind =
  /** Appends to a list. */
  | 'APPEND'
  /** Demands a version of a memory. */
  | 'ASSERT'
  /** Deletes a memory. */
  | 'DELETE'
  /** Adds to a number. */
  | 'INCREMENT'
  /** Links two memories. */
  | 'LINK'
  /** Forgets a savepoint, not what came after it. */
  | 'RELEASE'
  /** Undoes what came after a savepoint. */
  | 'ROLLBACK_TO'
  /** Marks a place to come back to. */
  | 'SAVEPOINT'
  /** Creates or replaces a memory. */
  | 'STORE'
  /** Removes a link between two memories. */
  | 'UNLINK'
  /** Changes parts of a memory. */
  | 'UPDATE';

/** Where a transaction is in its life. */
export type TransactionState =
  /** Open, with operations done in it. */
  | 'ACTIVE'
  /** Durable. */
  | 'COMMITTED'
  /** On its way to the disk. */
  | 'COMMITTING'
  /** Its commit was refused; nothing of it was stored. */
  | 'FAILED'
  /** Begun, nothing was done in it yet. */
  | 'PENDING'
  /** Ready to be sent to the writer. */
  | 'PREPARED'
  /** Collects what has to be checked. */
  | 'PREPARING'
  /** Undone on request. */
  | 'ROLLED_BACK'
  /** Being undone. */
  | 'ROLLING_BACK'
  /** Took too long and was undone. */
  | 'TIMEOUT';

/** Changes to a memory; what is left out stays as it is. */
export type UpdateMemoryInput = {
  /** True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait. */
  readonly awaitIndex?: boolean | null | undefined;
  /** Which memory. */
  readonly by: MemoryBy;
  /** What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts. */
  readonly commitMode?: CommitMode | null | undefined;
  /** A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer instead of writing twice; with another content it is refused. Null = no replay. */
  readonly idempotencyKey?: string | null | undefined;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** The new importance; null = leave it. */
  readonly importance?: number | null | undefined;
  /** Merges into the metadata (RFC 7396: null deletes a member). */
  readonly metadataPatch?: unknown;
  /** The new persona; null = nobody in particular. */
  readonly persona?: string | null | undefined;
  /** The new section; null = leave it. */
  readonly section?: Section | null | undefined;
  /** Replaces all tags; null = leave them. */
  readonly tags?: ReadonlyArray<string> | null | undefined;
  /** Seconds from now until it expires; null = never. */
  readonly ttlSeconds?: number | null | undefined;
  /** Replaces the value; null stores a JSON null. At most one of `value`, `valueText`, `valuePatch`. */
  readonly value?: unknown;
  /** Merges into the value (RFC 7396: null deletes a member). */
  readonly valuePatch?: unknown;
  /** Replaces the value by this JSON text; null = leave it. */
  readonly valueText?: string | null | undefined;
};

/** Changes to a memory, as a part of a transaction; what is left out stays as it is. */
export type UpdateMemoryItem = {
  /** Which memory. */
  readonly by: MemoryBy;
  /** Write only if the memory has this version. Null = in any case. */
  readonly ifVersion?: number | null | undefined;
  /** The new importance; null = leave it. */
  readonly importance?: number | null | undefined;
  /** Merges into the metadata (RFC 7396: null deletes a member). */
  readonly metadataPatch?: unknown;
  /** The new persona; null = nobody in particular. */
  readonly persona?: string | null | undefined;
  /** The new section; null = leave it. */
  readonly section?: Section | null | undefined;
  /** Replaces all tags; null = leave them. */
  readonly tags?: ReadonlyArray<string> | null | undefined;
  /** Seconds from now until it expires; null = never. */
  readonly ttlSeconds?: number | null | undefined;
  /** Replaces the value; null stores a JSON null. At most one of `value`, `valueText`, `valuePatch`. */
  readonly value?: unknown;
  /** Merges into the value (RFC 7396: null deletes a member). */
  readonly valuePatch?: unknown;
  /** Replaces the value by this JSON text; null = leave it. */
  readonly valueText?: string | null | undefined;
};

/** Where the candidates of the semantic arm come from. */
export type VectorSource =
  /** Chroma. */
  | 'CHROMA'
  /** The index in the database. */
  | 'EMBEDDED';

export type HistoryReadQueryVariables = Exact<{
  key: string;
}>;


export type HistoryReadQuery = { readonly memory: { readonly value: unknown } | null };

export type HistoryListQueryVariables = Exact<{
  where?: MemoryWhere | null | undefined;
}>;


export type HistoryListQuery = { readonly memories: { readonly nodes: ReadonlyArray<{ readonly key: string, readonly value: unknown }> } | null };

export type HistoryStoreMutationVariables = Exact<{
  key: string;
  n: unknown;
}>;


export type HistoryStoreMutation = { readonly storeMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'WritePayload' }
   | null };

export type HistoryIncrementMutationVariables = Exact<{
  key: string;
  amount: number;
}>;


export type HistoryIncrementMutation = { readonly incrementMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'WritePayload' }
   | null };

export type HistoryDeleteMutationVariables = Exact<{
  key: string;
}>;


export type HistoryDeleteMutation = { readonly deleteMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'DeleteMemoryPayload' }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string }
   | null };

export type TakeBackupMutationVariables = Exact<{
  input: BackupInput;
}>;


export type TakeBackupMutation = { readonly backup:
    | { readonly __typename: 'BackupPayload', readonly job: { readonly id: string, readonly kind: string } }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null }
   | null };

export type ListBackupsQueryVariables = Exact<{ [key: string]: never; }>;


export type ListBackupsQuery = { readonly backups: ReadonlyArray<{ readonly name: string, readonly kind: BackupKind, readonly takenAt: string, readonly commitNumber: number, readonly epoch: string, readonly memories: number, readonly changes: number, readonly bytes: number, readonly sha256: string, readonly base: string | null, readonly schemaVersion: number }> | null };

export type ListChangesQueryVariables = Exact<{
  after?: string | null | undefined;
  first?: number;
  where?: MemoryWhere | null | undefined;
}>;


export type ListChangesQuery = { readonly changes:
    | { readonly __typename: 'MemoryChangeBatch', readonly endCursor: string, readonly hasMore: boolean, readonly changes: ReadonlyArray<{ readonly cursor: string, readonly kind: ChangeKind, readonly memory: { readonly key: string, readonly version: number } }> }
    | { readonly __typename: 'ResumeExpired', readonly oldestCursor: string, readonly headCursor: string }
   | null };

export type MemoryChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  where?: MemoryWhere | null | undefined;
  batchSize?: number;
}>;


export type MemoryChangesSubscription = { readonly memoryChanges:
    | { readonly __typename: 'MemoryChangeBatch', readonly endCursor: string, readonly changes: ReadonlyArray<{ readonly cursor: string, readonly kind: ChangeKind, readonly memory: { readonly key: string, readonly rememberedBy: { readonly name: string } | null } }> }
    | { readonly __typename: 'ResumeExpired', readonly headCursor: string }
   | null };

export type PackedContextQueryVariables = Exact<{
  persona: string;
  task: string;
  budgetTokens?: number | null | undefined;
}>;


export type PackedContextQuery = { readonly context: { readonly degraded: boolean, readonly working: ReadonlyArray<{ readonly node: { readonly key: string } }>, readonly packed: { readonly text: string, readonly tokens: number, readonly budgetTokens: number, readonly tokenizer: string, readonly items: ReadonlyArray<{ readonly citation: string, readonly key: string, readonly section: Section, readonly tokens: number, readonly relevance: number, readonly truncated: boolean, readonly memory: { readonly id: string, readonly key: string } }>, readonly omitted: ReadonlyArray<{ readonly key: string, readonly section: Section, readonly relevance: number, readonly reason: OmissionReason, readonly of: string | null, readonly memory: { readonly key: string } }> } | null } | null };

export type WholeHealthQueryVariables = Exact<{ [key: string]: never; }>;


export type WholeHealthQuery = { readonly health: { readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState, readonly message: string | null }>, readonly thresholds: ReadonlyArray<{ readonly name: string, readonly value: number, readonly threshold: number, readonly exceeded: boolean }> }, readonly status: { readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState }>, readonly thresholds: ReadonlyArray<{ readonly name: string, readonly exceeded: boolean }> } | null, readonly stats: { readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState }>, readonly thresholds: ReadonlyArray<{ readonly name: string, readonly exceeded: boolean }>, readonly backend: { readonly disk: { readonly freeBytes: number, readonly minFreeBytes: number, readonly ballastBytes: number } } } | null };

export type HealthStreamSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type HealthStreamSubscription = { readonly stats: { readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState }> } | null };

export type GetHistoryQueryVariables = Exact<{
  by: MemoryBy;
  first?: number;
  after?: string | null | undefined;
}>;


export type GetHistoryQuery = { readonly history: { readonly hasNextPage: boolean, readonly complete: boolean, readonly versions: ReadonlyArray<{ readonly version: number, readonly kind: ChangeKind, readonly at: string, readonly transactionId: string, readonly cursor: string, readonly memory: { readonly id: string, readonly value: unknown } }> } | null };

export type GetMemoryAsOfQueryVariables = Exact<{
  by: MemoryBy;
  asOf?: Moment | null | undefined;
}>;


export type GetMemoryAsOfQuery = { readonly memory: { readonly version: number, readonly value: unknown } | null };

export type ListMemoriesAsOfQueryVariables = Exact<{
  asOf?: Moment | null | undefined;
  where?: MemoryWhere | null | undefined;
}>;


export type ListMemoriesAsOfQuery = { readonly memories: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly key: string, readonly value: unknown }> } | null };

export type DiffMemoryQueryVariables = Exact<{
  by: MemoryBy;
  from: number;
  to: number;
}>;


export type DiffMemoryQuery = { readonly memoryDiff: { readonly changed: ReadonlyArray<string>, readonly value: ReadonlyArray<{ readonly path: string, readonly kind: JsonChangeKind, readonly before: unknown, readonly after: unknown }> } | null };

export type RestoreMemoryMutationVariables = Exact<{
  input: RestoreMemoryInput;
}>;


export type RestoreMemoryMutation = { readonly restoreMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'WritePayload', readonly created: boolean, readonly replayed: boolean, readonly memory: { readonly id: string, readonly version: number, readonly value: unknown } }
   | null };

export type StoreInModeMutationVariables = Exact<{
  input: StoreMemoryInput;
}>;


export type StoreInModeMutation = { readonly storeMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'WritePayload', readonly pending: ReadonlyArray<Participant>, readonly memory: { readonly key: string } }
   | null };

export type TransactInModeMutationVariables = Exact<{
  input: TransactInput;
}>;


export type TransactInModeMutation = { readonly transact:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'TransactPayload', readonly pending: ReadonlyArray<Participant> }
    | { readonly __typename: 'TransactionAbortedError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
   | null };

export type ParticipantsQueryVariables = Exact<{ [key: string]: never; }>;


export type ParticipantsQuery = { readonly health: { readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState, readonly message: string | null }> }, readonly stats: { readonly participants: ReadonlyArray<{ readonly name: Participant, readonly state: HealthState, readonly breaker: BreakerState, readonly calls: number, readonly waiting: number, readonly cache: { readonly hits: number, readonly misses: number, readonly fills: number } | null }> } | null };

export type RecallFromQueryVariables = Exact<{
  query: string;
}>;


export type RecallFromQuery = { readonly recall: { readonly vectorsFrom: ReadonlyArray<VectorSource>, readonly edges: ReadonlyArray<{ readonly node: { readonly key: string } }> } | null };

export type ReadKeyQueryVariables = Exact<{
  key: string;
}>;


export type ReadKeyQuery = { readonly memory: { readonly key: string, readonly value: unknown } | null };

export type ReindexOneMutationVariables = Exact<{
  target: ReindexTarget;
}>;


export type ReindexOneMutation = { readonly reindex:
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ReindexPayload', readonly job: { readonly id: string } }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null }
   | null };

export type LinkMemoriesMutationVariables = Exact<{
  input: LinkMemoriesInput;
}>;


export type LinkMemoriesMutation = { readonly linkMemories:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'LinkMemoriesPayload', readonly kind: LinkKind, readonly changed: boolean, readonly since: string | null, readonly replayed: boolean, readonly from: { readonly key: string, readonly version: number }, readonly to: { readonly key: string } }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type UnlinkMemoriesMutationVariables = Exact<{
  input: LinkMemoriesInput;
}>;


export type UnlinkMemoriesMutation = { readonly unlinkMemories:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'LinkMemoriesPayload', readonly changed: boolean, readonly since: string | null }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type RelatedMemoriesQueryVariables = Exact<{
  key: string;
  first?: number;
  kinds?: ReadonlyArray<LinkKind> | LinkKind | null | undefined;
  direction?: RelatedDirection | null | undefined;
}>;


export type RelatedMemoriesQuery = { readonly memory: { readonly related: ReadonlyArray<{ readonly source: RelationSource, readonly kind: LinkKind | null, readonly direction: LinkDirection | null, readonly since: string | null, readonly similarity: number | null, readonly memory: { readonly key: string, readonly related: ReadonlyArray<{ readonly memory: { readonly key: string } }> } }> } | null };

export type LinkTwiceMutationVariables = Exact<{
  first: LinkMemoriesInput;
  second: LinkMemoriesInput;
}>;


export type LinkTwiceMutation = { readonly first:
    | { readonly __typename: 'ConflictError' }
    | { readonly __typename: 'IdempotencyMismatchError' }
    | { readonly __typename: 'LinkMemoriesPayload', readonly to: { readonly related: ReadonlyArray<{ readonly memory: { readonly key: string } }> } }
    | { readonly __typename: 'NotFoundError' }
    | { readonly __typename: 'OverloadedError' }
    | { readonly __typename: 'ParticipantUnavailableError' }
    | { readonly __typename: 'ReadOnlyError' }
    | { readonly __typename: 'SnapshotTooOldError' }
    | { readonly __typename: 'StorageFullError' }
    | { readonly __typename: 'TimeoutError' }
    | { readonly __typename: 'TransactionStateError' }
    | { readonly __typename: 'ValidationError' }
   | null, readonly second:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode }
    | { readonly __typename: 'LinkMemoriesPayload' }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
   | null };

export type StoreWithoutDuplicatesMutationVariables = Exact<{
  input: StoreMemoryInput;
}>;


export type StoreWithoutDuplicatesMutation = { readonly storeMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'WritePayload', readonly created: boolean, readonly memory: { readonly key: string }, readonly duplicates: ReadonlyArray<{ readonly memoryId: string, readonly key: string, readonly similarity: number, readonly exact: boolean, readonly memory: { readonly key: string, readonly value: unknown } | null }> }
   | null };

export type DeleteRelatedMutationVariables = Exact<{
  key: string;
}>;


export type DeleteRelatedMutation = { readonly deleteMemory:
    | { readonly __typename: 'ConflictError' }
    | { readonly __typename: 'DeleteMemoryPayload', readonly deleted: { readonly related: ReadonlyArray<{ readonly kind: LinkKind | null }> } }
    | { readonly __typename: 'IdempotencyMismatchError' }
    | { readonly __typename: 'NotFoundError' }
    | { readonly __typename: 'OverloadedError' }
    | { readonly __typename: 'ParticipantUnavailableError' }
    | { readonly __typename: 'ReadOnlyError' }
    | { readonly __typename: 'SnapshotTooOldError' }
    | { readonly __typename: 'StorageFullError' }
    | { readonly __typename: 'TimeoutError' }
    | { readonly __typename: 'TransactionStateError' }
    | { readonly __typename: 'ValidationError' }
    | { readonly __typename: 'VersionConflictError' }
   | null };

export type TransactLinksMutationVariables = Exact<{
  input: TransactInput;
}>;


export type TransactLinksMutation = { readonly transact:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactPayload', readonly steps: ReadonlyArray<{ readonly operation: TransactionOperationKind, readonly rolledBack: boolean, readonly memory: { readonly key: string } | null, readonly link: { readonly kind: LinkKind, readonly changed: boolean, readonly since: string | null, readonly from: { readonly key: string }, readonly to: { readonly key: string } } | null, readonly duplicates: ReadonlyArray<{ readonly key: string, readonly exact: boolean }> }> }
    | { readonly __typename: 'TransactionAbortedError', readonly failedIndex: number, readonly code: ErrorCode, readonly cause:
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
       }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
   | null };

export type GetMemoryQueryVariables = Exact<{
  by: MemoryBy;
}>;


export type GetMemoryQuery = { readonly memory: { readonly id: string, readonly key: string, readonly namespace: string, readonly value: unknown, readonly valueText: string, readonly version: number, readonly createdAt: string, readonly updatedAt: string, readonly accessedAt: string, readonly accessCount: number, readonly rememberedBy: { readonly id: string, readonly name: string } | null } | null };

export type ListMemoriesQueryVariables = Exact<{
  where?: MemoryWhere | null | undefined;
  orderBy?: ReadonlyArray<MemoryOrder> | MemoryOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ListMemoriesQuery = { readonly memories: { readonly totalCount: number | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null }, readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly key: string } }>, readonly nodes: ReadonlyArray<{ readonly key: string, readonly rememberedBy: { readonly name: string } | null }> } | null };

export type LoadNodesQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
}>;


export type LoadNodesQuery = { readonly nodes: ReadonlyArray<
    | { readonly __typename: 'Job', readonly id: string }
    | { readonly __typename: 'Memory', readonly id: string }
    | { readonly __typename: 'Persona', readonly id: string }
   | null> | null };

export type RecallQueryVariables = Exact<{
  query: string;
  mode?: RecallMode;
  where?: MemoryWhere | null | undefined;
}>;


export type RecallQuery = { readonly recall: { readonly mode: RecallMode, readonly servedMode: RecallMode, readonly degraded: boolean, readonly tookMs: number, readonly edges: ReadonlyArray<{ readonly score: number, readonly node: { readonly key: string }, readonly explanation: { readonly importanceFactor: number, readonly recencyFactor: number, readonly final: number, readonly terms: ReadonlyArray<string>, readonly text: { readonly rank: number, readonly bm25: number, readonly normalised: number } | null, readonly semantic: { readonly rank: number } | null } }> } | null };

export type AgentContextQueryVariables = Exact<{
  persona: string;
  task: string;
}>;


export type AgentContextQuery = { readonly context: { readonly persona: string, readonly degraded: boolean, readonly working: ReadonlyArray<{ readonly node: { readonly key: string } }>, readonly semantic: ReadonlyArray<{ readonly node: { readonly key: string } }>, readonly episodes: ReadonlyArray<{ readonly key: string }> } | null };

export type ExplainedRecallQueryVariables = Exact<{
  query: string;
  mode?: RecallMode;
  where?: MemoryWhere | null | undefined;
  minScore?: number | null | undefined;
  weights?: RecallWeightsInput | null | undefined;
  candidates?: RecallCandidatesInput | null | undefined;
  includeSuperseded?: boolean;
  first?: number;
}>;


export type ExplainedRecallQuery = { readonly recall: { readonly servedMode: RecallMode, readonly degraded: boolean, readonly degradedReason: string | null, readonly edges: ReadonlyArray<{ readonly score: number, readonly node: { readonly key: string }, readonly explanation: { readonly nameBoost: number, readonly importanceFactor: number, readonly recencyFactor: number, readonly final: number, readonly terms: ReadonlyArray<string>, readonly text: { readonly rank: number, readonly bm25: number, readonly context: number, readonly coverage: number, readonly normalised: number } | null, readonly semantic: { readonly rank: number, readonly similarity: number, readonly distance: number, readonly background: number, readonly normalised: number, readonly model: string } | null, readonly weights: { readonly text: number, readonly semantic: number } } }> } | null };

export type StoreAndSeeVectorMutationVariables = Exact<{
  input: StoreMemoryInput;
}>;


export type StoreAndSeeVectorMutation = { readonly storeMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null, readonly message: string }
    | { readonly __typename: 'WritePayload', readonly memory: { readonly key: string, readonly embedding: EmbeddingState, readonly embeddingError: string | null } }
   | null };

export type SeeVectorQueryVariables = Exact<{
  key: string;
}>;


export type SeeVectorQuery = { readonly memory: { readonly embedding: EmbeddingState, readonly embeddingError: string | null } | null };

export type SeeVectorsQueryVariables = Exact<{
  first: number;
}>;


export type SeeVectorsQuery = { readonly memories: { readonly nodes: ReadonlyArray<{ readonly embedding: EmbeddingState, readonly embeddingError: string | null }> } | null };

export type SimilarMemoriesQueryVariables = Exact<{
  key: string;
  first?: number;
  kinds?: ReadonlyArray<LinkKind> | LinkKind | null | undefined;
}>;


export type SimilarMemoriesQuery = { readonly memory: { readonly related: ReadonlyArray<{ readonly source: RelationSource, readonly kind: LinkKind | null, readonly direction: LinkDirection | null, readonly since: string | null, readonly similarity: number | null, readonly memory: { readonly key: string } }> } | null };

export type EmbeddingFiguresQueryVariables = Exact<{ [key: string]: never; }>;


export type EmbeddingFiguresQuery = { readonly status: { readonly embedding: { readonly model: string | null, readonly memories: number, readonly ready: number, readonly pending: number, readonly failed: number, readonly outdated: number } } | null, readonly health: { readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState, readonly message: string | null }> } };

export type ReindexMutationVariables = Exact<{ [key: string]: never; }>;


export type ReindexMutation = { readonly reindex:
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ReindexPayload', readonly job: { readonly id: string, readonly kind: string, readonly state: JobState, readonly done: number, readonly total: number | null } }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly remedy: string | null, readonly retryable: boolean }
   | null };

export type FollowJobQueryVariables = Exact<{
  id: string;
}>;


export type FollowJobQuery = { readonly job: { readonly id: string, readonly kind: string, readonly state: JobState, readonly done: number, readonly failed: number, readonly total: number | null, readonly startedAt: string, readonly endedAt: string | null, readonly error: string | null } | null, readonly node:
    | { readonly state: JobState }
    | Record<PropertyKey, never>
   | null, readonly jobs: ReadonlyArray<{ readonly id: string }> | null };

export type TransactAndWaitMutationVariables = Exact<{
  input: TransactInput;
}>;


export type TransactAndWaitMutation = { readonly transact:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactPayload', readonly steps: ReadonlyArray<{ readonly memory: { readonly key: string, readonly embedding: EmbeddingState } | null }> }
    | { readonly __typename: 'TransactionAbortedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type ReplicaStateQueryVariables = Exact<{ [key: string]: never; }>;


export type ReplicaStateQuery = { readonly health: { readonly role: StoreRole, readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string, readonly state: HealthState }> }, readonly status: { readonly role: StoreRole, readonly headCursor: string } | null, readonly stats: { readonly role: StoreRole } | null };

export type ReadBackQueryVariables = Exact<{
  key: string;
  query: string;
}>;


export type ReadBackQuery = { readonly memory: { readonly value: unknown } | null, readonly recall: { readonly edges: ReadonlyArray<{ readonly node: { readonly key: string, readonly value: unknown } }> } | null };

export type ApplyOptimizationsMutationVariables = Exact<{
  input: ApplyOptimizationsInput;
}>;


export type ApplyOptimizationsMutation = { readonly applyOptimizations:
    | { readonly __typename: 'ApplyOptimizationsPayload', readonly reports: ReadonlyArray<{ readonly type: OptimizationType, readonly changed: boolean, readonly message: string }> }
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
   | null };

export type OverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuery = { readonly health: { readonly state: HealthState, readonly checks: ReadonlyArray<{ readonly name: string }> }, readonly status: { readonly version: string, readonly namespace: string, readonly totalMemories: number, readonly headCursor: string, readonly oldestCursor: string, readonly sections: ReadonlyArray<{ readonly section: Section, readonly count: number }>, readonly performanceMetrics: { readonly opsPerSecond: number } } | null, readonly stats: { readonly residentBytes: number, readonly operations: ReadonlyArray<{ readonly name: string, readonly latency: { readonly p95: number } }>, readonly backend: { readonly pools: ReadonlyArray<{ readonly name: string, readonly size: number }> } } | null, readonly personas: ReadonlyArray<{ readonly id: string, readonly name: string }> | null };

export type StatsStreamSubscriptionVariables = Exact<{
  intervalMs?: number;
}>;


export type StatsStreamSubscription = { readonly stats: { readonly at: string, readonly subscribers: number, readonly totals: { readonly opsPerSecond: number } } | null };

export type BeginTransactionMutationVariables = Exact<{
  input: BeginTransactionInput;
}>;


export type BeginTransactionMutation = { readonly beginTransaction:
    | { readonly __typename: 'BeginTransactionPayload', readonly transaction: { readonly id: string | null, readonly name: string, readonly requestedIsolation: IsolationLevel, readonly effectiveIsolation: IsolationLevel, readonly state: TransactionState, readonly startedAt: string, readonly expiresAt: string, readonly durationMs: number, readonly operations: number, readonly savepoints: ReadonlyArray<string> } }
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
   | null };

export type CommitTransactionMutationVariables = Exact<{
  id?: string | null | undefined;
}>;


export type CommitTransactionMutation = { readonly commitTransaction:
    | { readonly __typename: 'CommitTransactionPayload', readonly cursor: string | null, readonly transaction: { readonly id: string | null, readonly name: string, readonly state: TransactionState, readonly operations: number }, readonly memories: ReadonlyArray<{ readonly key: string, readonly version: number, readonly value: unknown, readonly rememberedBy: { readonly name: string } | null } | null> }
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryable: boolean }
   | null };

export type RollbackTransactionMutationVariables = Exact<{
  id?: string | null | undefined;
  toSavepoint?: string | null | undefined;
}>;


export type RollbackTransactionMutation = { readonly rollbackTransaction:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'RollbackTransactionPayload', readonly transaction: { readonly state: TransactionState, readonly operations: number, readonly savepoints: ReadonlyArray<string> } }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null }
   | null };

export type SetSavepointMutationVariables = Exact<{
  id?: string | null | undefined;
  name: string;
}>;


export type SetSavepointMutation = { readonly savepoint:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SavepointPayload', readonly transaction: { readonly operations: number, readonly savepoints: ReadonlyArray<string> } }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type ReleaseSavepointMutationVariables = Exact<{
  id?: string | null | undefined;
  name: string;
}>;


export type ReleaseSavepointMutation = { readonly releaseSavepoint:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SavepointPayload', readonly transaction: { readonly operations: number, readonly savepoints: ReadonlyArray<string> } }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type AssertVersionMutationVariables = Exact<{
  input: AssertVersionInput;
}>;


export type AssertVersionMutation = { readonly assertVersion:
    | { readonly __typename: 'AssertVersionPayload', readonly version: number }
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
    | { readonly __typename: 'VersionConflictError', readonly expected: number, readonly actual: number, readonly code: ErrorCode }
   | null };

export type TransactMutationVariables = Exact<{
  input: TransactInput;
}>;


export type TransactMutation = { readonly transact:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'TransactPayload', readonly requestedIsolation: IsolationLevel, readonly effectiveIsolation: IsolationLevel, readonly state: TransactionState, readonly cursor: string | null, readonly replayed: boolean, readonly steps: ReadonlyArray<{ readonly index: number, readonly operation: TransactionOperationKind, readonly rolledBack: boolean, readonly deletedId: string | null, readonly memory: { readonly id: string, readonly key: string, readonly version: number, readonly value: unknown } | null }> }
    | { readonly __typename: 'TransactionAbortedError', readonly failedIndex: number, readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean, readonly cause:
        | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'TransactionAbortedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'VersionConflictError', readonly expected: number, readonly actual: number, readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
       }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
   | null };

export type OpenTransactionsQueryVariables = Exact<{ [key: string]: never; }>;


export type OpenTransactionsQuery = { readonly transactions: ReadonlyArray<{ readonly id: string | null, readonly name: string, readonly state: TransactionState, readonly operations: number, readonly savepoints: ReadonlyArray<string> }> | null, readonly transactionStatistics: { readonly active: number, readonly committed: number, readonly rolledBack: number, readonly timedOut: number, readonly conflicts: number, readonly retries: number, readonly commitRate: number, readonly averageDurationSeconds: number, readonly activeByState: ReadonlyArray<{ readonly state: TransactionState, readonly count: number }> } | null };

export type FindTransactionQueryVariables = Exact<{
  id: string;
}>;


export type FindTransactionQuery = { readonly transaction: { readonly id: string | null, readonly name: string, readonly state: TransactionState, readonly effectiveIsolation: IsolationLevel } | null };

export type TransactionFiguresQueryVariables = Exact<{ [key: string]: never; }>;


export type TransactionFiguresQuery = { readonly stats: { readonly transactions: { readonly active: number, readonly committed: number }, readonly backend: { readonly groups: { readonly groups: number, readonly units: number }, readonly snapshots: { readonly open: number, readonly max: number, readonly oldestAgeSeconds: number, readonly refreshed: number, readonly aborted: number }, readonly slowStatements: ReadonlyArray<{ readonly name: string, readonly durationMs: number, readonly rows: number, readonly at: string }> } } | null };

export type BalancesQueryVariables = Exact<{ [key: string]: never; }>;


export type BalancesQuery = { readonly memories: { readonly nodes: ReadonlyArray<{ readonly value: unknown }> } | null };

export type StoreMemoryMutationVariables = Exact<{
  input: StoreMemoryInput;
}>;


export type StoreMemoryMutation = { readonly storeMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly remedy: string | null, readonly retryable: boolean, readonly expected: number, readonly actual: number }
    | { readonly __typename: 'WritePayload', readonly created: boolean, readonly replayed: boolean, readonly cursor: string, readonly memory: { readonly id: string, readonly key: string, readonly value: unknown, readonly valueText: string, readonly metadata: unknown, readonly tags: ReadonlyArray<string>, readonly section: Section, readonly persona: string | null, readonly importance: number, readonly version: number, readonly expiresAt: string | null } }
   | null };

export type UpdateMemoryMutationVariables = Exact<{
  input: UpdateMemoryInput;
}>;


export type UpdateMemoryMutation = { readonly updateMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'WritePayload', readonly memory: { readonly key: string, readonly value: unknown, readonly metadata: unknown, readonly persona: string | null, readonly version: number } }
   | null };

export type IncrementMemoryMutationVariables = Exact<{
  input: IncrementMemoryInput;
}>;


export type IncrementMemoryMutation = { readonly incrementMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'WritePayload', readonly memory: { readonly value: unknown, readonly valueText: string } }
   | null };

export type AppendToMemoryMutationVariables = Exact<{
  input: AppendToMemoryInput;
}>;


export type AppendToMemoryMutation = { readonly appendToMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'WritePayload', readonly memory: { readonly value: unknown } }
   | null };

export type DeleteMemoryMutationVariables = Exact<{
  input: DeleteMemoryInput;
}>;


export type DeleteMemoryMutation = { readonly deleteMemory:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'DeleteMemoryPayload', readonly deletedId: string, readonly cursor: string, readonly deleted: { readonly key: string } }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type StoreMemoriesMutationVariables = Exact<{
  input: StoreMemoriesInput;
}>;


export type StoreMemoriesMutation = { readonly storeMemories:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'StoreMemoriesPayload', readonly stored: number, readonly failed: number, readonly cursor: string | null, readonly results: ReadonlyArray<
        | { readonly __typename: 'ConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'OverloadedError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'StorageFullError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
        | { readonly __typename: 'WritePayload', readonly memory: { readonly key: string, readonly version: number } }
      > }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
    | { readonly __typename: 'VersionConflictError', readonly code: ErrorCode, readonly path: ReadonlyArray<string> | null }
   | null };

export type StoreResultMutationVariables = Exact<{
  input: StoreResultInput;
}>;


export type StoreResultMutation = { readonly storeResult:
    | { readonly __typename: 'ConflictError', readonly code: ErrorCode }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: ErrorCode }
    | { readonly __typename: 'OverloadedError', readonly code: ErrorCode }
    | { readonly __typename: 'ParticipantUnavailableError', readonly code: ErrorCode }
    | { readonly __typename: 'ReadOnlyError', readonly code: ErrorCode }
    | { readonly __typename: 'SnapshotTooOldError', readonly code: ErrorCode }
    | { readonly __typename: 'StorageFullError', readonly code: ErrorCode }
    | { readonly __typename: 'StoreResultPayload', readonly episode: { readonly key: string, readonly section: Section, readonly importance: number }, readonly latest: { readonly key: string, readonly importance: number } }
    | { readonly __typename: 'TimeoutError', readonly code: ErrorCode }
    | { readonly __typename: 'TransactionStateError', readonly code: ErrorCode }
    | { readonly __typename: 'ValidationError', readonly code: ErrorCode }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const HistoryReadDocument = new TypedDocumentString(`
    query HistoryRead($key: String!) {
  memory(by: {key: $key}) {
    value
  }
}
    `) as unknown as TypedDocumentString<HistoryReadQuery, HistoryReadQueryVariables>;
export const HistoryListDocument = new TypedDocumentString(`
    query HistoryList($where: MemoryWhere) {
  memories(where: $where, first: 100, orderBy: [{field: KEY, direction: ASC}]) {
    nodes {
      key
      value
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryListQuery, HistoryListQueryVariables>;
export const HistoryStoreDocument = new TypedDocumentString(`
    mutation HistoryStore($key: String!, $n: JSON!) {
  storeMemory(input: {key: $key, value: {n: $n}}) {
    __typename
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryStoreMutation, HistoryStoreMutationVariables>;
export const HistoryIncrementDocument = new TypedDocumentString(`
    mutation HistoryIncrement($key: String!, $amount: Float!) {
  incrementMemory(input: {by: {key: $key}, path: "n", amount: $amount}) {
    __typename
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryIncrementMutation, HistoryIncrementMutationVariables>;
export const HistoryDeleteDocument = new TypedDocumentString(`
    mutation HistoryDelete($key: String!) {
  deleteMemory(input: {by: {key: $key}}) {
    __typename
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryDeleteMutation, HistoryDeleteMutationVariables>;
export const TakeBackupDocument = new TypedDocumentString(`
    mutation TakeBackup($input: BackupInput!) {
  backup(input: $input) {
    __typename
    ... on BackupPayload {
      job {
        id
        kind
      }
    }
    ... on Error {
      code
      message
      path
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<TakeBackupMutation, TakeBackupMutationVariables>;
export const ListBackupsDocument = new TypedDocumentString(`
    query ListBackups {
  backups {
    name
    kind
    takenAt
    commitNumber
    epoch
    memories
    changes
    bytes
    sha256
    base
    schemaVersion
  }
}
    `) as unknown as TypedDocumentString<ListBackupsQuery, ListBackupsQueryVariables>;
export const ListChangesDocument = new TypedDocumentString(`
    query ListChanges($after: ChangeCursor, $first: Int! = 64, $where: MemoryWhere) {
  changes(after: $after, first: $first, where: $where) {
    __typename
    ... on MemoryChangeBatch {
      endCursor
      hasMore
      changes {
        cursor
        kind
        memory {
          key
          version
        }
      }
    }
    ... on ResumeExpired {
      oldestCursor
      headCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ListChangesQuery, ListChangesQueryVariables>;
export const MemoryChangesDocument = new TypedDocumentString(`
    subscription MemoryChanges($after: ChangeCursor, $where: MemoryWhere, $batchSize: Int! = 64) {
  memoryChanges(after: $after, where: $where, batchSize: $batchSize) {
    __typename
    ... on MemoryChangeBatch {
      endCursor
      changes {
        cursor
        kind
        memory {
          key
          rememberedBy {
            name
          }
        }
      }
    }
    ... on ResumeExpired {
      headCursor
    }
  }
}
    `) as unknown as TypedDocumentString<MemoryChangesSubscription, MemoryChangesSubscriptionVariables>;
export const PackedContextDocument = new TypedDocumentString(`
    query PackedContext($persona: String!, $task: String!, $budgetTokens: Int) {
  context(persona: $persona, task: $task, budgetTokens: $budgetTokens) {
    working {
      node {
        key
      }
    }
    degraded
    packed {
      text
      tokens
      budgetTokens
      tokenizer
      items {
        memory {
          id
          key
        }
        citation
        key
        section
        tokens
        relevance
        truncated
      }
      omitted {
        memory {
          key
        }
        key
        section
        relevance
        reason
        of
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PackedContextQuery, PackedContextQueryVariables>;
export const WholeHealthDocument = new TypedDocumentString(`
    query WholeHealth {
  health {
    state
    checks {
      name
      state
      message
    }
    thresholds {
      name
      value
      threshold
      exceeded
    }
  }
  status {
    state
    checks {
      name
      state
    }
    thresholds {
      name
      exceeded
    }
  }
  stats {
    state
    checks {
      name
      state
    }
    thresholds {
      name
      exceeded
    }
    backend {
      disk {
        freeBytes
        minFreeBytes
        ballastBytes
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WholeHealthQuery, WholeHealthQueryVariables>;
export const HealthStreamDocument = new TypedDocumentString(`
    subscription HealthStream {
  stats(intervalMs: 250) {
    state
    checks {
      name
      state
    }
  }
}
    `) as unknown as TypedDocumentString<HealthStreamSubscription, HealthStreamSubscriptionVariables>;
export const GetHistoryDocument = new TypedDocumentString(`
    query GetHistory($by: MemoryBy!, $first: Int! = 20, $after: ChangeCursor) {
  history(by: $by, first: $first, after: $after) {
    hasNextPage
    complete
    versions {
      version
      kind
      at
      transactionId
      cursor
      memory {
        id
        value
      }
    }
  }
}
    `) as unknown as TypedDocumentString<GetHistoryQuery, GetHistoryQueryVariables>;
export const GetMemoryAsOfDocument = new TypedDocumentString(`
    query GetMemoryAsOf($by: MemoryBy!, $asOf: Moment) {
  memory(by: $by, asOf: $asOf) {
    version
    value
  }
}
    `) as unknown as TypedDocumentString<GetMemoryAsOfQuery, GetMemoryAsOfQueryVariables>;
export const ListMemoriesAsOfDocument = new TypedDocumentString(`
    query ListMemoriesAsOf($asOf: Moment, $where: MemoryWhere) {
  memories(asOf: $asOf, where: $where, orderBy: [{field: KEY, direction: ASC}]) {
    totalCount
    nodes {
      key
      value
    }
  }
}
    `) as unknown as TypedDocumentString<ListMemoriesAsOfQuery, ListMemoriesAsOfQueryVariables>;
export const DiffMemoryDocument = new TypedDocumentString(`
    query DiffMemory($by: MemoryBy!, $from: Int!, $to: Int!) {
  memoryDiff(by: $by, from: $from, to: $to) {
    changed
    value {
      path
      kind
      before
      after
    }
  }
}
    `) as unknown as TypedDocumentString<DiffMemoryQuery, DiffMemoryQueryVariables>;
export const RestoreMemoryDocument = new TypedDocumentString(`
    mutation RestoreMemory($input: RestoreMemoryInput!) {
  restoreMemory(input: $input) {
    __typename
    ... on WritePayload {
      created
      replayed
      memory {
        id
        version
        value
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RestoreMemoryMutation, RestoreMemoryMutationVariables>;
export const StoreInModeDocument = new TypedDocumentString(`
    mutation StoreInMode($input: StoreMemoryInput!) {
  storeMemory(input: $input) {
    __typename
    ... on WritePayload {
      pending
      memory {
        key
      }
    }
    ... on Error {
      code
      message
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<StoreInModeMutation, StoreInModeMutationVariables>;
export const TransactInModeDocument = new TypedDocumentString(`
    mutation TransactInMode($input: TransactInput!) {
  transact(input: $input) {
    __typename
    ... on TransactPayload {
      pending
    }
    ... on Error {
      code
      message
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<TransactInModeMutation, TransactInModeMutationVariables>;
export const ParticipantsDocument = new TypedDocumentString(`
    query Participants {
  health {
    checks {
      name
      state
      message
    }
  }
  stats {
    participants {
      name
      state
      breaker
      calls
      waiting
      cache {
        hits
        misses
        fills
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ParticipantsQuery, ParticipantsQueryVariables>;
export const RecallFromDocument = new TypedDocumentString(`
    query RecallFrom($query: String!) {
  recall(query: $query, mode: SEMANTIC) {
    vectorsFrom
    edges {
      node {
        key
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RecallFromQuery, RecallFromQueryVariables>;
export const ReadKeyDocument = new TypedDocumentString(`
    query ReadKey($key: String!) {
  memory(by: {key: $key}) {
    key
    value
  }
}
    `) as unknown as TypedDocumentString<ReadKeyQuery, ReadKeyQueryVariables>;
export const ReindexOneDocument = new TypedDocumentString(`
    mutation ReindexOne($target: ReindexTarget!) {
  reindex(input: {target: $target}) {
    __typename
    ... on ReindexPayload {
      job {
        id
      }
    }
    ... on Error {
      code
      message
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<ReindexOneMutation, ReindexOneMutationVariables>;
export const LinkMemoriesDocument = new TypedDocumentString(`
    mutation LinkMemories($input: LinkMemoriesInput!) {
  linkMemories(input: $input) {
    __typename
    ... on LinkMemoriesPayload {
      kind
      changed
      since
      replayed
      from {
        key
        version
      }
      to {
        key
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<LinkMemoriesMutation, LinkMemoriesMutationVariables>;
export const UnlinkMemoriesDocument = new TypedDocumentString(`
    mutation UnlinkMemories($input: LinkMemoriesInput!) {
  unlinkMemories(input: $input) {
    __typename
    ... on LinkMemoriesPayload {
      changed
      since
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<UnlinkMemoriesMutation, UnlinkMemoriesMutationVariables>;
export const RelatedMemoriesDocument = new TypedDocumentString(`
    query RelatedMemories($key: String!, $first: Int! = 10, $kinds: [LinkKind!], $direction: RelatedDirection) {
  memory(by: {key: $key}) {
    related(by: LINKS, first: $first, kinds: $kinds, direction: $direction) {
      source
      kind
      direction
      since
      similarity
      memory {
        key
        related {
          memory {
            key
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RelatedMemoriesQuery, RelatedMemoriesQueryVariables>;
export const LinkTwiceDocument = new TypedDocumentString(`
    mutation LinkTwice($first: LinkMemoriesInput!, $second: LinkMemoriesInput!) @transaction {
  first: linkMemories(input: $first) {
    __typename
    ... on LinkMemoriesPayload {
      to {
        related {
          memory {
            key
          }
        }
      }
    }
  }
  second: linkMemories(input: $second) {
    __typename
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<LinkTwiceMutation, LinkTwiceMutationVariables>;
export const StoreWithoutDuplicatesDocument = new TypedDocumentString(`
    mutation StoreWithoutDuplicates($input: StoreMemoryInput!) {
  storeMemory(input: $input) {
    __typename
    ... on WritePayload {
      created
      memory {
        key
      }
      duplicates {
        memoryId
        key
        similarity
        exact
        memory {
          key
          value
        }
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<StoreWithoutDuplicatesMutation, StoreWithoutDuplicatesMutationVariables>;
export const DeleteRelatedDocument = new TypedDocumentString(`
    mutation DeleteRelated($key: String!) {
  deleteMemory(input: {by: {key: $key}}) {
    __typename
    ... on DeleteMemoryPayload {
      deleted {
        related {
          kind
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteRelatedMutation, DeleteRelatedMutationVariables>;
export const TransactLinksDocument = new TypedDocumentString(`
    mutation TransactLinks($input: TransactInput!) {
  transact(input: $input) {
    __typename
    ... on TransactPayload {
      steps {
        operation
        rolledBack
        memory {
          key
        }
        link {
          kind
          changed
          since
          from {
            key
          }
          to {
            key
          }
        }
        duplicates {
          key
          exact
        }
      }
    }
    ... on TransactionAbortedError {
      failedIndex
      cause {
        code
        path
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<TransactLinksMutation, TransactLinksMutationVariables>;
export const GetMemoryDocument = new TypedDocumentString(`
    query GetMemory($by: MemoryBy!) {
  memory(by: $by) {
    id
    key
    namespace
    value
    valueText
    version
    createdAt
    updatedAt
    accessedAt
    accessCount
    rememberedBy {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<GetMemoryQuery, GetMemoryQueryVariables>;
export const ListMemoriesDocument = new TypedDocumentString(`
    query ListMemories($where: MemoryWhere, $orderBy: [MemoryOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  memories(
    where: $where
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    edges {
      cursor
      node {
        key
      }
    }
    nodes {
      key
      rememberedBy {
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ListMemoriesQuery, ListMemoriesQueryVariables>;
export const LoadNodesDocument = new TypedDocumentString(`
    query LoadNodes($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<LoadNodesQuery, LoadNodesQueryVariables>;
export const RecallDocument = new TypedDocumentString(`
    query Recall($query: String!, $mode: RecallMode! = HYBRID, $where: MemoryWhere) {
  recall(query: $query, mode: $mode, where: $where) {
    mode
    servedMode
    degraded
    tookMs
    edges {
      score
      node {
        key
      }
      explanation {
        text {
          rank
          bm25
          normalised
        }
        semantic {
          rank
        }
        importanceFactor
        recencyFactor
        final
        terms
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RecallQuery, RecallQueryVariables>;
export const AgentContextDocument = new TypedDocumentString(`
    query AgentContext($persona: String!, $task: String!) {
  context(persona: $persona, task: $task) {
    persona
    degraded
    working {
      node {
        key
      }
    }
    semantic {
      node {
        key
      }
    }
    episodes {
      key
    }
  }
}
    `) as unknown as TypedDocumentString<AgentContextQuery, AgentContextQueryVariables>;
export const ExplainedRecallDocument = new TypedDocumentString(`
    query ExplainedRecall($query: String!, $mode: RecallMode! = HYBRID, $where: MemoryWhere, $minScore: Float, $weights: RecallWeightsInput, $candidates: RecallCandidatesInput, $includeSuperseded: Boolean! = false, $first: Int! = 10) {
  recall(
    query: $query
    mode: $mode
    where: $where
    minScore: $minScore
    weights: $weights
    candidates: $candidates
    includeSuperseded: $includeSuperseded
    first: $first
    touch: false
  ) {
    servedMode
    degraded
    degradedReason
    edges {
      score
      node {
        key
      }
      explanation {
        text {
          rank
          bm25
          context
          coverage
          normalised
        }
        semantic {
          rank
          similarity
          distance
          background
          normalised
          model
        }
        weights {
          text
          semantic
        }
        nameBoost
        importanceFactor
        recencyFactor
        final
        terms
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ExplainedRecallQuery, ExplainedRecallQueryVariables>;
export const StoreAndSeeVectorDocument = new TypedDocumentString(`
    mutation StoreAndSeeVector($input: StoreMemoryInput!) {
  storeMemory(input: $input) {
    __typename
    ... on WritePayload {
      memory {
        key
        embedding
        embeddingError
      }
    }
    ... on Error {
      code
      path
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StoreAndSeeVectorMutation, StoreAndSeeVectorMutationVariables>;
export const SeeVectorDocument = new TypedDocumentString(`
    query SeeVector($key: String!) {
  memory(by: {key: $key}) {
    embedding
    embeddingError
  }
}
    `) as unknown as TypedDocumentString<SeeVectorQuery, SeeVectorQueryVariables>;
export const SeeVectorsDocument = new TypedDocumentString(`
    query SeeVectors($first: Int!) {
  memories(first: $first) {
    nodes {
      embedding
      embeddingError
    }
  }
}
    `) as unknown as TypedDocumentString<SeeVectorsQuery, SeeVectorsQueryVariables>;
export const SimilarMemoriesDocument = new TypedDocumentString(`
    query SimilarMemories($key: String!, $first: Int! = 10, $kinds: [LinkKind!]) {
  memory(by: {key: $key}) {
    related(by: SIMILARITY, first: $first, kinds: $kinds) {
      source
      kind
      direction
      since
      similarity
      memory {
        key
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SimilarMemoriesQuery, SimilarMemoriesQueryVariables>;
export const EmbeddingFiguresDocument = new TypedDocumentString(`
    query EmbeddingFigures {
  status {
    embedding {
      model
      memories
      ready
      pending
      failed
      outdated
    }
  }
  health {
    checks {
      name
      state
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EmbeddingFiguresQuery, EmbeddingFiguresQueryVariables>;
export const ReindexDocument = new TypedDocumentString(`
    mutation Reindex {
  reindex(input: {target: VECTORS}) {
    __typename
    ... on ReindexPayload {
      job {
        id
        kind
        state
        done
        total
      }
    }
    ... on Error {
      code
      message
      remedy
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<ReindexMutation, ReindexMutationVariables>;
export const FollowJobDocument = new TypedDocumentString(`
    query FollowJob($id: ID!) {
  job(id: $id) {
    id
    kind
    state
    done
    failed
    total
    startedAt
    endedAt
    error
  }
  node(id: $id) {
    ... on Job {
      state
    }
  }
  jobs {
    id
  }
}
    `) as unknown as TypedDocumentString<FollowJobQuery, FollowJobQueryVariables>;
export const TransactAndWaitDocument = new TypedDocumentString(`
    mutation TransactAndWait($input: TransactInput!) {
  transact(input: $input) {
    __typename
    ... on TransactPayload {
      steps {
        memory {
          key
          embedding
        }
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<TransactAndWaitMutation, TransactAndWaitMutationVariables>;
export const ReplicaStateDocument = new TypedDocumentString(`
    query ReplicaState {
  health {
    role
    state
    checks {
      name
      state
    }
  }
  status {
    role
    headCursor
  }
  stats {
    role
  }
}
    `) as unknown as TypedDocumentString<ReplicaStateQuery, ReplicaStateQueryVariables>;
export const ReadBackDocument = new TypedDocumentString(`
    query ReadBack($key: String!, $query: String!) {
  memory(by: {key: $key}) {
    value
  }
  recall(query: $query, first: 5) {
    edges {
      node {
        key
        value
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ReadBackQuery, ReadBackQueryVariables>;
export const ApplyOptimizationsDocument = new TypedDocumentString(`
    mutation ApplyOptimizations($input: ApplyOptimizationsInput!) {
  applyOptimizations(input: $input) {
    __typename
    ... on ApplyOptimizationsPayload {
      reports {
        type
        changed
        message
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<ApplyOptimizationsMutation, ApplyOptimizationsMutationVariables>;
export const OverviewDocument = new TypedDocumentString(`
    query Overview {
  health {
    state
    checks {
      name
    }
  }
  status {
    version
    namespace
    totalMemories
    headCursor
    oldestCursor
    sections {
      section
      count
    }
    performanceMetrics {
      opsPerSecond
    }
  }
  stats {
    residentBytes
    operations {
      name
      latency {
        p95
      }
    }
    backend {
      pools {
        name
        size
      }
    }
  }
  personas {
    id
    name
  }
}
    `) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const StatsStreamDocument = new TypedDocumentString(`
    subscription StatsStream($intervalMs: Int! = 250) {
  stats(intervalMs: $intervalMs) {
    at
    subscribers
    totals {
      opsPerSecond
    }
  }
}
    `) as unknown as TypedDocumentString<StatsStreamSubscription, StatsStreamSubscriptionVariables>;
export const BeginTransactionDocument = new TypedDocumentString(`
    mutation BeginTransaction($input: BeginTransactionInput!) {
  beginTransaction(input: $input) {
    __typename
    ... on BeginTransactionPayload {
      transaction {
        id
        name
        requestedIsolation
        effectiveIsolation
        state
        startedAt
        expiresAt
        durationMs
        operations
        savepoints
      }
    }
    ... on Error {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<BeginTransactionMutation, BeginTransactionMutationVariables>;
export const CommitTransactionDocument = new TypedDocumentString(`
    mutation CommitTransaction($id: ID) {
  commitTransaction(input: {id: $id}) {
    __typename
    ... on CommitTransactionPayload {
      cursor
      transaction {
        id
        name
        state
        operations
      }
      memories {
        key
        version
        value
        rememberedBy {
          name
        }
      }
    }
    ... on Error {
      code
      message
      path
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<CommitTransactionMutation, CommitTransactionMutationVariables>;
export const RollbackTransactionDocument = new TypedDocumentString(`
    mutation RollbackTransaction($id: ID, $toSavepoint: String) {
  rollbackTransaction(input: {id: $id, toSavepoint: $toSavepoint}) {
    __typename
    ... on RollbackTransactionPayload {
      transaction {
        state
        operations
        savepoints
      }
    }
    ... on Error {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<RollbackTransactionMutation, RollbackTransactionMutationVariables>;
export const SetSavepointDocument = new TypedDocumentString(`
    mutation SetSavepoint($id: ID, $name: String!) {
  savepoint(input: {id: $id, name: $name}) {
    __typename
    ... on SavepointPayload {
      transaction {
        operations
        savepoints
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SetSavepointMutation, SetSavepointMutationVariables>;
export const ReleaseSavepointDocument = new TypedDocumentString(`
    mutation ReleaseSavepoint($id: ID, $name: String!) {
  releaseSavepoint(input: {id: $id, name: $name}) {
    __typename
    ... on SavepointPayload {
      transaction {
        operations
        savepoints
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<ReleaseSavepointMutation, ReleaseSavepointMutationVariables>;
export const AssertVersionDocument = new TypedDocumentString(`
    mutation AssertVersion($input: AssertVersionInput!) {
  assertVersion(input: $input) {
    __typename
    ... on AssertVersionPayload {
      version
    }
    ... on VersionConflictError {
      expected
      actual
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<AssertVersionMutation, AssertVersionMutationVariables>;
export const TransactDocument = new TypedDocumentString(`
    mutation Transact($input: TransactInput!) {
  transact(input: $input) {
    __typename
    ... on TransactPayload {
      requestedIsolation
      effectiveIsolation
      state
      cursor
      replayed
      steps {
        index
        operation
        rolledBack
        deletedId
        memory {
          id
          key
          version
          value
        }
      }
    }
    ... on TransactionAbortedError {
      failedIndex
      cause {
        __typename
        code
        path
        ... on VersionConflictError {
          expected
          actual
        }
      }
    }
    ... on Error {
      code
      message
      path
      remedy
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<TransactMutation, TransactMutationVariables>;
export const OpenTransactionsDocument = new TypedDocumentString(`
    query OpenTransactions {
  transactions {
    id
    name
    state
    operations
    savepoints
  }
  transactionStatistics {
    active
    committed
    rolledBack
    timedOut
    conflicts
    retries
    commitRate
    averageDurationSeconds
    activeByState {
      state
      count
    }
  }
}
    `) as unknown as TypedDocumentString<OpenTransactionsQuery, OpenTransactionsQueryVariables>;
export const FindTransactionDocument = new TypedDocumentString(`
    query FindTransaction($id: ID!) {
  transaction(id: $id) {
    id
    name
    state
    effectiveIsolation
  }
}
    `) as unknown as TypedDocumentString<FindTransactionQuery, FindTransactionQueryVariables>;
export const TransactionFiguresDocument = new TypedDocumentString(`
    query TransactionFigures {
  stats {
    transactions {
      active
      committed
    }
    backend {
      groups {
        groups
        units
      }
      snapshots {
        open
        max
        oldestAgeSeconds
        refreshed
        aborted
      }
      slowStatements {
        name
        durationMs
        rows
        at
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TransactionFiguresQuery, TransactionFiguresQueryVariables>;
export const BalancesDocument = new TypedDocumentString(`
    query Balances {
  memories(first: 100, orderBy: [{field: KEY, direction: ASC}]) {
    nodes {
      value
    }
  }
}
    `) as unknown as TypedDocumentString<BalancesQuery, BalancesQueryVariables>;
export const StoreMemoryDocument = new TypedDocumentString(`
    mutation StoreMemory($input: StoreMemoryInput!) {
  storeMemory(input: $input) {
    __typename
    ... on WritePayload {
      created
      replayed
      cursor
      memory {
        id
        key
        value
        valueText
        metadata
        tags
        section
        persona
        importance
        version
        expiresAt
      }
    }
    ... on Error {
      code
      message
      path
      remedy
      retryable
    }
    ... on ValidationError {
      issues {
        path
        message
      }
    }
    ... on VersionConflictError {
      expected
      actual
    }
  }
}
    `) as unknown as TypedDocumentString<StoreMemoryMutation, StoreMemoryMutationVariables>;
export const UpdateMemoryDocument = new TypedDocumentString(`
    mutation UpdateMemory($input: UpdateMemoryInput!) {
  updateMemory(input: $input) {
    __typename
    ... on WritePayload {
      memory {
        key
        value
        metadata
        persona
        version
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateMemoryMutation, UpdateMemoryMutationVariables>;
export const IncrementMemoryDocument = new TypedDocumentString(`
    mutation IncrementMemory($input: IncrementMemoryInput!) {
  incrementMemory(input: $input) {
    __typename
    ... on WritePayload {
      memory {
        value
        valueText
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<IncrementMemoryMutation, IncrementMemoryMutationVariables>;
export const AppendToMemoryDocument = new TypedDocumentString(`
    mutation AppendToMemory($input: AppendToMemoryInput!) {
  appendToMemory(input: $input) {
    __typename
    ... on WritePayload {
      memory {
        value
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<AppendToMemoryMutation, AppendToMemoryMutationVariables>;
export const DeleteMemoryDocument = new TypedDocumentString(`
    mutation DeleteMemory($input: DeleteMemoryInput!) {
  deleteMemory(input: $input) {
    __typename
    ... on DeleteMemoryPayload {
      deletedId
      cursor
      deleted {
        key
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteMemoryMutation, DeleteMemoryMutationVariables>;
export const StoreMemoriesDocument = new TypedDocumentString(`
    mutation StoreMemories($input: StoreMemoriesInput!) {
  storeMemories(input: $input) {
    __typename
    ... on StoreMemoriesPayload {
      stored
      failed
      cursor
      results {
        __typename
        ... on WritePayload {
          memory {
            key
            version
          }
        }
        ... on Error {
          code
          path
        }
      }
    }
    ... on Error {
      code
      path
    }
  }
}
    `) as unknown as TypedDocumentString<StoreMemoriesMutation, StoreMemoriesMutationVariables>;
export const StoreResultDocument = new TypedDocumentString(`
    mutation StoreResult($input: StoreResultInput!) {
  storeResult(input: $input) {
    __typename
    ... on StoreResultPayload {
      episode {
        key
        section
        importance
      }
      latest {
        key
        importance
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<StoreResultMutation, StoreResultMutationVariables>;