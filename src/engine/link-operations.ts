import type { Memory } from './memory.ts';
import type { LinkKind } from './model/link.ts';
import type { Target } from './model/memory-record.ts';
import type { WriteOptions } from './write-operations.ts';

/**
 * A link from one memory to another of the namespace, at most 1,000 in both directions for each. `relates` and
 * `contradicts` hold in both directions, whichever is named first; `supersedes` may not form a circle. A link changes
 * no version and is not in the change feed; it goes when either memory is deleted or expires.
 */
export interface LinkInput {
  readonly from: Target;
  readonly to: Target;
  readonly kind: LinkKind;
}

export interface LinkResult {
  readonly from: Memory;
  readonly to: Memory;
  readonly kind: LinkKind;
  /** False: it was so before (linked already, nothing to unlink), and nothing was written. */
  readonly changed: boolean;
  /** When the link was made, also one that is removed; null when there was none to remove. */
  readonly since: Date | null;
  readonly replayed: boolean;
}

/** By what memories are related: by links, the newest first, or by the likeness of their vectors, the most similar first. */
export type RelatedBy = 'LINKS' | 'SIMILARITY';

export interface RelatedInput {
  /** The memory whose relations are asked for. */
  readonly to: Target;
  /** Default LINKS. SIMILARITY needs the vector of the memory, leaves superseded memories out, and is refused in a transaction. */
  readonly by?: RelatedBy | undefined;
  /** Of LINKS alone. Absent or null = all kinds. */
  readonly kinds?: readonly LinkKind[] | null | undefined;
  /** Of LINKS alone. OUTGOING: links that go from the memory; absent or null = both. Kinds that hold in both directions are always in. */
  readonly direction?: 'OUTGOING' | 'INCOMING' | null | undefined;
  /** 1..1000, default 10 */
  readonly first?: number | undefined;
}

/** A memory at the other end of a relation. */
export interface RelatedMemory {
  readonly memory: Memory;
  readonly source: 'LINK' | 'SIMILARITY';
  /** Null unless `source` is LINK. */
  readonly link: {
    readonly kind: LinkKind;
    /** Seen from the memory asked about; MUTUAL: holds in both directions. */
    readonly direction: 'OUTGOING' | 'INCOMING' | 'MUTUAL';
    readonly since: Date;
  } | null;
  /** Cosine of the two vectors, 0..1 (0 also for opposite ones); null unless `source` is SIMILARITY. */
  readonly similarity: number | null;
}

/** Links of one namespace. */
export interface LinkOperations {
  /** NotFoundError when either memory is missing, ValidationError for a circle, a link to itself or too many links. */
  link(input: LinkInput, options?: WriteOptions): Promise<LinkResult>;
  unlink(input: LinkInput, options?: WriteOptions): Promise<LinkResult>;
  /** The newest link first; NotFoundError when the memory is not visible. */
  related(input: RelatedInput): Promise<readonly RelatedMemory[]>;
}
