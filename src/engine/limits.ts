/**
 * Every bound of the engine in one place, each with the reason for its number.
 * Sizes are bytes of UTF-8, times are milliseconds, unless a name says otherwise.
 */

/** Keys index every table; 512 bytes keeps several keys per SQLite page. */
export const MAX_KEY_BYTES = 512;

/** A memory is a fact or an episode, not a file; 1 MB fits a long transcript. */
export const MAX_VALUE_BYTES = 1_048_576;

/** Metadata is read with every hit, so it stays small. */
export const MAX_METADATA_BYTES = 65_536;

/** Tags are index rows; more than 64 per memory is a document, not a label. */
export const MAX_TAGS = 64;
export const MAX_TAG_BYTES = 128;

/** Names of personas and namespaces. */
export const MAX_NAME_BYTES = 128;

/** SQLite refuses JSON nested deeper than 1000; 128 also protects recursive readers in clients. */
export const MAX_JSON_DEPTH = 128;

/** Idempotency keys are client-made UUIDs or hashes. */
export const MAX_IDEMPOTENCY_KEY_BYTES = 255;

/** How long a stored answer is replayed (product contract: 24 h). */
export const IDEMPOTENCY_TTL_MS = 86_400_000;

/** Free text of a query; longer text is a document to store, not a question. */
export const MAX_QUERY_BYTES = 8_192;

/** Terms used from one query; FTS5 cost grows linearly with the number of OR terms. */
export const MAX_QUERY_TERMS = 32;

/** Items of one page and of one batched read. */
export const MAX_PAGE_SIZE = 100;
export const DEFAULT_PAGE_SIZE = 20;
export const MAX_BATCH_READ = 1_000;

/** Hits of one recall; v4's default was 10. */
export const MAX_RECALL_LIMIT = 100;
export const DEFAULT_RECALL_LIMIT = 10;

/** Tokens of a packed context: the window of common models. */
export const MAX_CONTEXT_TOKENS = 200_000;

/** Links of one memory in both directions; more than a thousand neighbours are a list to store, not relations to follow. */
export const MAX_LINKS_PER_MEMORY = 1_000;
export const DEFAULT_RELATED_LIMIT = 10;

/** Memories looked at above one in a chain of superseded ones; the writer waits meanwhile (about 1 µs each). */
export const MAX_SUPERSEDES_CHAIN = 10_000;

/** Duplicates that one store reports and supersedes. */
export const MAX_DUPLICATES = 64;

/**
 * Memories that one arm of a recall hands to the fusion; fewer than the limit counts as the limit. On LoCoMo 50 by text found as much
 * as 300, and each costs more there than in the semantic arm.
 */
export const DEFAULT_RECALL_CANDIDATES = Object.freeze({ text: 50, semantic: 100 });
export const MAX_RECALL_CANDIDATES = 1_000;

/** Operations and bytes of one unit of work (FoundationDB allows 10 MB per transaction). */
export const MAX_UNIT_OPERATIONS = 10_000;
export const MAX_UNIT_BYTES = 8_388_608;

/** Filters: what a person writes stays far below; what a fuzzer sends must not reach SQLite's parser depth. */
export const MAX_FILTER_DEPTH = 6;
export const MAX_FILTER_TERMS = 64;
/** Values of one `in`/`nin`/tag list. */
export const MAX_FILTER_VALUES = 1_000;
/**
 * Text that `contains` looks for. SQLite cannot be stopped inside one comparison: 1 MB of `a` against this much of `a…ab` takes 36 ms
 * (measured), eight times the length 380 ms, and a filter may have 64 of them.
 */
export const MAX_CONTAINS_BYTES = 1_024;

/** One commit group: beyond 256 members the fsync is already amortised (measured, engine.md section 1). */
export const MAX_GROUP_UNITS = 256;
export const MAX_GROUP_BYTES = 2_097_152;

/** Reads travelling in one message; 64 reached 98k gets/s where one per message reached 14k. */
export const MAX_READ_BATCH = 64;

/** Bounded queues: beyond these a caller is told to come back (OverloadedError). */
export const MAX_WRITE_QUEUE_UNITS = 20_000;
export const MAX_WRITE_QUEUE_BYTES = 67_108_864;
export const MAX_READ_QUEUE = 20_000;

/** Default time an operation may take before it is answered with TIMEOUT. */
export const DEFAULT_OPERATION_TIMEOUT_MS = 30_000;

/** Open at once in one engine; each holds its writes in memory, and 64 of them a snapshot. */
export const MAX_OPEN_TRANSACTIONS = 1_000;

/** Change feed: entries of one batch. */
export const MAX_CHANGE_BATCH = 500;
export const DEFAULT_CHANGE_BATCH = 64;

/** Items of one batch store through the API. */
export const MAX_BATCH_STORE = 1_000;

/** Oldest supported SQLite: 3.51.3 fixed the WAL-reset corruption (sqlite.org/wal.html#walresetbug). */
export const MIN_SQLITE_VERSION = '3.51.3';
