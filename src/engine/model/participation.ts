import type { PublishedSection } from './section.ts';

/** Servers beside the database; what they hold is derived and may be lost at any time. */
export const PARTICIPANTS = ['redis', 'chroma'] as const;

export type ParticipantName = (typeof PARTICIPANTS)[number];

/**
 * `strict`: a commit fails when a configured participant cannot prepare; `available`: it happens, and the outbox catches up.
 */
export const COMMIT_MODES = ['available', 'strict'] as const;

export type CommitMode = (typeof COMMIT_MODES)[number];

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
