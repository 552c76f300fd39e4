import type { ParticipantName } from '../model/participation.ts';
import type { OutboxWork } from './outbox-store.ts';

/** What is owed to Redis and Chroma, and what they hold. */
export interface ParticipantReads {
  /** What is to be done for a participant, with seq > afterSeq, the oldest first. */
  outbox: {
    args: {
      readonly target: ParticipantName;
      readonly afterSeq: number;
      readonly limit: number;
    };
    result: readonly OutboxWork[];
  };
  outboxCounts: { args: null; result: Readonly<Record<ParticipantName, number>> };
  /** Those of the records of a vector store that are live. */
  liveRecords: { args: { readonly records: readonly string[] }; result: readonly string[] };
  /** Memories whose vectors are live in a vector store. */
  publishedCount: { args: null; result: number };
}
