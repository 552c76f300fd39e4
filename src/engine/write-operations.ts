import type { DuplicatePolicy } from './model/duplicate.ts';
import type { Target } from './model/memory-record.ts';
import type { CommitMode } from './model/participation.ts';
import type { Section } from './model/section.ts';

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

export interface StoreResultInput {
  readonly persona: string;
  readonly task: string;
  /** Any JSON value. */
  readonly result: unknown;
  /** Of the episode: 0..1, default 0.6 */
  readonly importance?: number | undefined;
}
