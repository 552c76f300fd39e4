/** The eight sections of a Trinitas memory (v4 names). */
export const SECTIONS = [
  'working_memory',
  'episodic_memory',
  'semantic_memory',
  'procedural_memory',
  'cache',
  'learning_data',
  'pattern_storage',
  'performance_metrics',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Sections whose vectors are published to Chroma. */
export const PUBLISHED_SECTIONS = [
  'semantic_memory',
  'learning_data',
  'episodic_memory',
] as const satisfies readonly Section[];
export type PublishedSection = (typeof PUBLISHED_SECTIONS)[number];

/** Servers beside the database; what they hold is derived and may be lost at any time. */
export const PARTICIPANTS = ['redis', 'chroma'] as const;
export type ParticipantName = (typeof PARTICIPANTS)[number];

/**
 * `strict`: a commit fails when a configured participant cannot prepare; `available`: it happens, and the outbox catches up.
 */
export const COMMIT_MODES = ['available', 'strict'] as const;
export type CommitMode = (typeof COMMIT_MODES)[number];

/** A JSON value; `bigint` stands for an integer beyond 2^53, which a JS number cannot hold exactly. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * One memory as stored and as it crosses threads. Times are Unix milliseconds.
 * `valueText` and `metadataText` are canonical JSON text and stay text until somebody asks for a part.
 */
export interface MemoryRecord {
  /** Unique in the file, never reused. */
  readonly id: number;
  readonly namespace: string;
  readonly key: string;
  readonly valueText: string;
  readonly metadataText: string;
  readonly tags: readonly string[];
  readonly section: Section;
  /** Name of the persona who remembers; null when nobody in particular. */
  readonly persona: string | null;
  /** 0..1 */
  readonly importance: number;
  /** 1 when created, +1 with every change. */
  readonly version: number;
  /** Commit sequence number of the last writer. */
  readonly csn: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Last recall with `touch`; equals createdAt when never recalled. */
  readonly accessedAt: number;
  readonly accessCount: number;
  /** The memory is invisible from this moment on; null = never. */
  readonly expiresAt: number | null;
}

export interface PersonaRecord {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: number;
}

/**
 * How two memories are linked, read from the first to the second; `relates` and `contradicts` hold in both directions.
 * A memory that another one supersedes is hidden from recall.
 */
export const LINK_KINDS = ['relates', 'supersedes', 'contradicts', 'derived_from'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** A link as stored; a kind that holds in both directions goes from the smaller id to the larger. */
export interface LinkRecord {
  readonly sourceId: number;
  readonly kind: LinkKind;
  readonly targetId: number;
  /** Unix ms */
  readonly createdAt: number;
  /** Commit sequence number of the unit that made it. */
  readonly csn: number;
}

/** What a store does about memories that say the same under other keys. */
export const DUPLICATE_POLICIES = ['keep', 'return_existing', 'supersede'] as const;
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

/** A memory that says the same, or nearly the same, as one that is being stored. */
export interface Duplicate {
  readonly id: number;
  readonly key: string;
  /** 0..1; 1 when exact. */
  readonly similarity: number;
  /** The same text but for case, white space and compatible forms of characters. */
  readonly exact: boolean;
}

/** Names one memory inside a namespace. */
export type Target = { readonly key: string } | { readonly id: number };

/** What a store writes; texts are canonical JSON, names are validated and NFC. */
export interface StoreFields {
  readonly key: string;
  readonly valueText: string;
  readonly metadataText: string;
  readonly tags: readonly string[];
  readonly section: Section;
  readonly persona: string | null;
  readonly importance: number;
  readonly expiresAt: number | null;
}

/** Times and counters carried over by an import; absent for ordinary stores. */
export interface ImportedHistory {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly accessedAt: number;
  readonly accessCount: number;
}

/** Names one link. */
export interface LinkFields {
  readonly from: Target;
  readonly to: Target;
  readonly link: LinkKind;
}

/** One step of a unit of work, applied by the writer in order on the newest committed state. */
export type WriteOperation =
  | ({
      readonly kind: 'store';
      readonly ifVersion?: number | undefined;
      /** Id reserved for the memory if it does not exist yet; absent: the writer gives one. */
      readonly newId?: number | undefined;
      readonly imported?: ImportedHistory | undefined;
      /** Decided by the writer when the key is new; absent: duplicates are not looked for. */
      readonly onDuplicate?: DuplicatePolicy | undefined;
    } & StoreFields)
  | {
      readonly kind: 'update';
      readonly target: Target;
      readonly ifVersion?: number | undefined;
      /** Replaces the value. */
      readonly valueText?: string | undefined;
      /** RFC 7396 merge patch on the value. */
      readonly valuePatchText?: string | undefined;
      /** RFC 7396 merge patch on the metadata. */
      readonly metadataPatchText?: string | undefined;
      readonly tags?: readonly string[] | undefined;
      readonly section?: Section | undefined;
      readonly persona?: string | null | undefined;
      readonly importance?: number | undefined;
      readonly expiresAt?: number | null | undefined;
    }
  | {
      readonly kind: 'increment';
      readonly target: Target;
      /** Segments of the path into the value; empty = the value itself. */
      readonly path: JsonPath;
      readonly by: number;
      readonly ifVersion?: number | undefined;
    }
  | {
      readonly kind: 'append';
      readonly target: Target;
      readonly path: JsonPath;
      /** JSON text of the items to append, an array. */
      readonly itemsText: string;
      readonly ifVersion?: number | undefined;
    }
  | { readonly kind: 'delete'; readonly target: Target; readonly ifVersion?: number | undefined }
  /** Linking what is linked changes nothing. */
  | ({ readonly kind: 'link'; readonly createdAt?: number | undefined } & LinkFields)
  /** Unlinking what is not linked changes nothing. */
  | ({ readonly kind: 'unlink' } & LinkFields)
  /** Changes nothing; fails the unit unless the version is current (0 = must not exist). */
  | { readonly kind: 'assert'; readonly target: Target; readonly version: number };

export type JsonPath = readonly (string | number)[];

/** An idempotent request inside a transaction: which of the unit's operations are its, and the key of its answer. */
export interface InnerRequest {
  readonly key: string;
  readonly requestHash: string;
  readonly first: number;
  readonly count: number;
}

/** What a transaction saw of one memory: the commit number of its last writer, 0 = it did not exist. */
export interface SeenVersion {
  readonly target: Target;
  readonly csn: number;
}

/** What a transaction saw of one link that it made or removed: the commit number it was made with, 0 = there was none. */
export type SeenLink = Pick<LinkRecord, 'sourceId' | 'kind' | 'targetId' | 'csn'>;

/** A query a transaction ran on its snapshot, and the digest of what it returned without the transaction's own writes. */
export interface SeenPredicate {
  readonly kind: 'list' | 'recall' | 'personas' | 'links' | 'duplicates';
  /** Arguments of that read, as in ReadMap. */
  readonly args: unknown;
  readonly digest: string;
}

/**
 * What must still be true at commit, checked by the writer on the newest state, earlier members of the same group
 * included. Otherwise the unit fails with TransactionConflictError.
 */
export interface Validation {
  /** Commit number of the snapshot; nothing is checked when nothing was committed since. */
  readonly snapshotCsn: number;
  readonly versions: readonly SeenVersion[];
  readonly links?: readonly SeenLink[] | undefined;
  readonly predicates: readonly SeenPredicate[];
}

/** A vector that lies in the vector store under an id that nothing refers to yet. */
export interface StagedVector {
  /** `<memory id>:<transaction id>` */
  readonly record: string;
  readonly memoryId: number;
  readonly section: PublishedSection;
  /** CRC-32 of the text that was embedded. */
  readonly textCrc: number;
}

/** What the participants were told of a unit before it was sent; the writer makes it part of the commit. */
export interface Participation {
  /** Memories whose cached values are fenced, and until when (Unix ms) a commit may rely on it; absent: none is. */
  readonly fence?: { readonly keys: readonly string[]; readonly commitBefore: number } | undefined;
  readonly staged?: readonly StagedVector[] | undefined;
  /** For the crash matrix: the process ends here by SIGKILL. */
  readonly dieAt?: 'IN_GROUP' | 'COMMITTED' | undefined;
}

/** What a commit left to do for a participant. */
export interface OutboxEntry {
  readonly seq: number;
  readonly target: ParticipantName;
}

/** All or nothing: the writer applies the operations under one savepoint and acknowledges after COMMIT. */
export interface WriteUnit {
  /** UUIDv7; finds the outcome after a crash. */
  readonly txid: string;
  readonly namespace: string;
  readonly operations: readonly WriteOperation[];
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined;
  /** Idempotent requests inside a transaction, answered in the same commit. */
  readonly innerRequests?: readonly InnerRequest[] | undefined;
  readonly validation?: Validation | undefined;
  /** Absent: as configured. */
  readonly commitMode?: CommitMode | undefined;
  readonly participation?: Participation | undefined;
  /** Unix ms after which the writer refuses to start it. */
  readonly deadline: number;
  /** Wall clock of the caller, the one source of createdAt and updatedAt. */
  readonly now: number;
}

/** What one operation did to a memory. */
export interface MemoryOutcome {
  readonly kind: 'created' | 'updated' | 'deleted' | 'unchanged';
  /** The memory after the operation; for `deleted` as it was before. */
  readonly record: MemoryRecord;
  /** Sequence number in the change log; for `unchanged` that of the newest change. */
  readonly seq: number;
  /** What a store with `onDuplicate` found, the best first; of `unchanged` the first one is `record`. */
  readonly duplicates?: readonly Duplicate[] | undefined;
}

/** What became of a link. Links are not in the change log and leave the versions of their memories alone. */
export interface LinkOutcome {
  readonly kind: 'linked' | 'unlinked';
  /** False: it was so before, and nothing was written. */
  readonly changed: boolean;
  readonly link: LinkKind;
  readonly from: MemoryRecord;
  readonly to: MemoryRecord;
  /** Unix ms when the link was made, also one that is removed; null when there was none to remove. */
  readonly since: number | null;
  readonly record: null;
  /** That of the newest change. */
  readonly seq: number;
}

/** What one operation of a unit came to, in their order. */
export type OperationOutcome =
  | MemoryOutcome
  | LinkOutcome
  | { readonly kind: 'asserted'; readonly record: null; readonly seq: number };

export interface UnitOutcome {
  readonly csn: number;
  readonly outcomes: readonly OperationOutcome[];
  /** True when an idempotency key replayed a stored answer and nothing was written now. */
  readonly replayed: boolean;
  /** What the commit left to do, as far as this unit asked for it; absent = nothing. */
  readonly outbox?: readonly OutboxEntry[] | undefined;
  /** Participants that do not show the write yet, although it is durable; absent = none. */
  readonly pending?: readonly ParticipantName[] | undefined;
}

export type ChangeKind = 'created' | 'updated' | 'deleted';

/** One committed change. `record` is the memory after the change; for `deleted` as it was before. */
export interface ChangeRecord {
  readonly seq: number;
  readonly csn: number;
  readonly txid: string;
  readonly kind: ChangeKind;
  /** Unix ms */
  readonly at: number;
  readonly record: MemoryRecord;
}
