import type { EmbeddingReads } from './embedding-reads.ts';
import type { FollowReads } from './follow-reads.ts';
import type { HistoryReads } from './history-reads.ts';
import type { MemoryReads } from './memory-reads.ts';
import type { ParticipantReads } from './participant-reads.ts';
import type { RecallReads } from './recall-reads.ts';
import type { RelationReads } from './relation-reads.ts';

/** Every read a backend answers; `args` and `result` cross threads by structured clone. */
export interface ReadMap
  extends MemoryReads,
    RecallReads,
    HistoryReads,
    RelationReads,
    EmbeddingReads,
    ParticipantReads,
    FollowReads {}

export type ReadKind = keyof ReadMap;
