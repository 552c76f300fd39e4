import type { Filter, OrderTerm } from '../search/filter.ts';
import type {
  ChangeRecord,
  Duplicate,
  LinkKind,
  MemoryRecord,
  ParticipantName,
  PersonaRecord,
  PublishedSection,
  Section,
  StoreFields,
  Target,
} from '../types.ts';
import type { FollowReads } from './follow-reads.ts';
import type { OutboxWork } from './outbox-store.ts';

/** A text query ready for the full-text index: only quoted strings, so no operator of the user's text survives. */
export interface TextQuery {
  /** One FTS5 MATCH expression for each term; a memory that holds any of them is found. */
  readonly expressions: readonly string[];
  /** FTS5 MATCH expression of what no hit may hold; null for nothing. */
  readonly excluded: string | null;
  /** The terms behind the expressions, for highlighting and explanation. */
  readonly terms: readonly string[];
}

/** The text of a query as a vector of unit length, and the model that made it. */
export interface QueryVector {
  readonly model: string;
  readonly values: Float32Array;
}

/** Place of a memory in the text arm. */
export interface TextScore {
  /** 1 = best of the arm's candidates; equal ones by id. */
  readonly rank: number;
  /** Sum of FTS5's bm25 over the terms found: higher is better, never negative. */
  readonly bm25: number;
  /** What neighbouring turns of the same conversation add to the sum, see search/text-score.ts. */
  readonly context: number;
  /** Share of the query's terms that the memory holds, or its neighbours by their weight: 0..1. */
  readonly coverage: number;
  /** (bm25 + context) × √coverage, divided by the best of all candidates: 0..1. */
  readonly normalised: number;
}

/** Place of a memory in the semantic arm. */
export interface SemanticScore {
  /** 1 = most similar of the candidates; equal ones by id. */
  readonly rank: number;
  /** Cosine: -1..1. */
  readonly similarity: number;
  /** The cosine that says nothing: two deviations below the mean between this query and a sample of all memories. */
  readonly background: number;
  /** (similarity - background) / (best similarity - background), at least 0: 0..1. */
  readonly normalised: number;
  readonly model: string;
}

/** A hit with every number of its score, see search/fuse.ts. */
export interface RecallMatch {
  readonly record: MemoryRecord;
  /** null when the text arm did not find it. */
  readonly text: TextScore | null;
  /** null when the semantic arm did not find it. */
  readonly semantic: SemanticScore | null;
  /** The query names its persona. */
  readonly named: boolean;
  readonly importanceFactor: number;
  readonly recencyFactor: number;
  readonly score: number;
}

/** Keyset position: the order values of the last item, then its id. */
export type Keyset = readonly (string | number | null)[];

/** A moment of the past: Unix ms, or a position in the change log, which stands for the whole unit of work around it. */
export type Moment = { readonly at: number } | { readonly seq: number };

/** Why the log cannot tell the state at a moment: it was trimmed since, or it never reached that position. */
export interface LogRefusal {
  readonly refused: 'TRIMMED' | 'AHEAD';
  /** The earliest moment that can be read: a position, and its time in Unix ms (-Infinity before the first change). */
  readonly start: { readonly seq: number; readonly high: number };
}

/** From the memory asked about: to the other one, from it, or a kind that holds in both directions. */
export type LinkDirection = 'OUTGOING' | 'INCOMING' | 'MUTUAL';

/** A memory at the other end of a link. */
export interface LinkedRecord {
  readonly record: MemoryRecord;
  readonly kind: LinkKind;
  readonly direction: LinkDirection;
  /** Unix ms when the link was made. */
  readonly since: number;
  /** Commit number of the link. */
  readonly csn: number;
}

/** A memory whose vector is near to another's. */
export interface SimilarRecord {
  readonly record: MemoryRecord;
  /** Cosine: -1..1. */
  readonly similarity: number;
}

/** Where the candidates of the semantic arm come from: the index in the database, or a vector store. */
export type VectorSource = 'embedded' | 'chroma';

/** What a vector store found near the vector of a query. */
export interface PublishedCandidates {
  readonly sections: readonly PublishedSection[];
  /** Its records, the nearest first within each section; some may be dead. */
  readonly records: readonly string[];
  /** False: there were more, further away. */
  readonly isComplete: boolean;
  /** Head of the change log before it was asked: what has changed since is compared in any case. */
  readonly sinceSeq: number;
  /** Sections of the query that it does not hold. */
  readonly otherSections: readonly Section[];
}

/** Every read a backend answers; `args` and `result` cross threads by structured clone. */
export interface ReadMap extends FollowReads {
  /** In the order of the targets; null where nothing visible is found. */
  getMany: {
    args: { readonly namespace: string; readonly targets: readonly Target[]; readonly now: number };
    result: readonly (MemoryRecord | null)[];
  };
  list: {
    args: {
      readonly namespace: string;
      readonly filter: Filter | null;
      readonly order: readonly OrderTerm[];
      readonly limit: number;
      readonly after: Keyset | null;
      readonly before: Keyset | null;
      /** Take the last `limit` items instead of the first. */
      readonly fromEnd: boolean;
      readonly withTotal: boolean;
      readonly now: number;
    };
    /** `total` ignores cursors and limit; null when not asked for. `hasMore` looks in the direction of travel. */
    result: {
      readonly records: readonly MemoryRecord[];
      readonly hasMore: boolean;
      readonly total: number | null;
    };
  };
  /**
   * The best hits of the text arm, of the semantic arm or of both (search/fuse.ts). Filters are applied before ranking and before
   * any limit; equal scores by id.
   */
  recall: {
    args: {
      readonly namespace: string;
      /** null = no text arm. */
      readonly query: TextQuery | null;
      /** One for each model whose vectors are to be searched; empty = no semantic arm. */
      readonly vectors: readonly QueryVector[];
      /** Personas whose names stand in the query. */
      readonly named: readonly string[];
      readonly filter: Filter | null;
      readonly limit: number;
      /** Memories that each arm hands to the fusion at most. */
      readonly candidates: { readonly text: number; readonly semantic: number };
      /** Shares of the arms in a score, not negative. */
      readonly weights: { readonly text: number; readonly semantic: number };
      /** Also memories that another one supersedes. */
      readonly includeSuperseded: boolean;
      readonly now: number;
      /** What a vector store found; absent = it was not asked. */
      readonly published?: PublishedCandidates | undefined;
    };
    result: {
      readonly hits: readonly RecallMatch[];
      /** What the semantic arm compared; empty without that arm. */
      readonly vectorsFrom: readonly VectorSource[];
      /** Why a vector store that should have served did not, or which vectors were left out; null = nothing is missing. */
      readonly problem: string | null;
      /** Memories whose vectors do not match their checksums: they were left out of the search by meaning. */
      readonly damagedVectors: readonly number[];
    };
  };
  /** Changes with seq > afterSeq in commit order; `scannedSeq` is the position to continue from even when the filter dropped all. */
  changes: {
    args: {
      readonly namespace: string;
      readonly afterSeq: number;
      readonly limit: number;
      readonly filter: Filter | null;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly scannedSeq: number;
      readonly headSeq: number;
      /** Smallest seq still in the log; headSeq + 1 when it is empty. */
      readonly oldestSeq: number;
    };
  };
  /** `getMany` as of a moment. */
  getManyAsOf: {
    args: {
      readonly namespace: string;
      readonly targets: readonly Target[];
      readonly moment: Moment;
    };
    result: { readonly records: readonly (MemoryRecord | null)[] } | LogRefusal;
  };
  /** `list` as of a moment. */
  listAsOf: {
    args: Omit<ReadMap['list']['args'], 'now'> & { readonly moment: Moment };
    result: ReadMap['list']['result'] | LogRefusal;
  };
  /** Changes of a memory, or of all that ever had the key, with seq < beforeSeq (null = all), newest first. */
  history: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly beforeSeq: number | null;
      readonly limit: number;
    };
    result: {
      readonly changes: readonly ChangeRecord[];
      readonly hasMore: boolean;
      /** False when older changes may have been trimmed. */
      readonly complete: boolean;
    };
  };
  /** Versions of one memory from the log, null where it does not hold them; a key means the newest that had it. */
  versions: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly versions: readonly number[];
    };
    result: readonly (MemoryRecord | null)[];
  };
  /** Visible memories at the other end of a memory's links, the newest link first; null when the memory is not visible. */
  links: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly kinds: readonly LinkKind[];
      /** null = all; links that hold in both directions are in each. */
      readonly direction: 'OUTGOING' | 'INCOMING' | null;
      readonly limit: number;
      readonly now: number;
    };
    result: readonly LinkedRecord[] | null;
  };
  /**
   * Visible memories whose vectors are nearest to that of one memory, the most similar first, equal ones by id; the memory itself
   * and superseded ones are left out. `status` instead when it has no vector (null: there is nothing to embed or no embedder);
   * null when it is not visible.
   */
  similar: {
    args: {
      readonly namespace: string;
      readonly target: Target;
      readonly limit: number;
      readonly now: number;
    };
    result:
      | { readonly similar: readonly SimilarRecord[] }
      | { readonly status: EmbeddingStatus | null }
      | null;
  };
  /** Memories under other keys that say what a store would say, exact ones and the most similar first. */
  duplicates: {
    args: Pick<StoreFields, 'key' | 'valueText' | 'section' | 'persona'> & {
      readonly namespace: string;
      readonly now: number;
    };
    result: readonly Duplicate[];
  };
  personas: {
    args: { readonly namespace: string; readonly names: readonly string[] | null };
    /** In the order of the names (null where unknown), or all personas by name. */
    result: readonly (PersonaRecord | null)[];
  };
  /** Memories that `cleanup` would delete: not accessed since, importance below, in the sections; oldest access first. */
  stale: {
    args: {
      readonly namespace: string;
      readonly accessedBefore: number;
      readonly importanceBelow: number;
      readonly sections: readonly Section[];
      readonly limit: number;
      readonly now: number;
    };
    result: readonly MemoryRecord[];
  };
  /** In the order of the ids; null = there is nothing to embed, or the memory is gone. */
  embeddingStates: {
    args: { readonly namespace: string; readonly ids: readonly number[] };
    result: readonly (EmbeddingStatus | null)[];
  };
  /**
   * Texts of any namespace for a slow embedder: those that wait and may be tried at `now`, or, by id, all after `afterId` that have
   * no sound vector of the model in use.
   */
  unembedded: {
    args: { readonly limit: number } & ({ readonly now: number } | { readonly afterId: number });
    result: readonly {
      readonly memoryId: number;
      readonly text: string;
      /** CRC-32 of the text. */
      readonly textCrc: number;
      readonly attempts: number;
      /** Unix ms; not to be tried before. */
      readonly retryAt: number;
    }[];
  };
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
  /** Of the whole file. */
  embeddingSummary: { args: null; result: EmbeddingSummary };
  summary: {
    args: { readonly namespace: string; readonly now: number };
    result: {
      readonly total: number;
      readonly bySection: Readonly<Record<string, number>>;
      readonly personas: number;
      readonly headSeq: number;
      readonly oldestSeq: number;
      readonly csn: number;
      readonly fileBytes: number;
      readonly walBytes: number;
    };
  };
}
export type ReadKind = keyof ReadMap;

/** How far the vector of a memory is. */
export interface EmbeddingStatus {
  readonly state: 'PENDING' | 'READY' | 'FAILED';
  /** Why the last attempt failed; null when none did. */
  readonly error: string | null;
}

/** Vectors of the whole file by state. */
export interface EmbeddingSummary {
  readonly memories: number;
  /** Of the model in use. */
  readonly ready: number;
  readonly pending: number;
  readonly failed: number;
  /** Vectors of an earlier model. */
  readonly outdated: number;
}

/** What a slow embedder made of a memory's text. */
export interface EmbeddedText {
  readonly memoryId: number;
  /** CRC-32 of the text that was embedded: an answer for an older text is dropped. */
  readonly textCrc: number;
  /** Unit length; null when the text could not be embedded. */
  readonly vector: Float32Array | null;
  /** Why there is no vector; null: there is nothing to embed in the text. */
  readonly error: string | null;
  readonly attempts: number;
  /** Unix ms of the next attempt; null = it is given up. */
  readonly retryAt: number | null;
}

/** A model whose vectors the file holds. */
export interface EmbedderInfo {
  readonly id: number;
  readonly model: string;
  /** null until its first vector. */
  readonly dimension: number | null;
  /** Every memory was offered to it, so that no other model needs to serve. */
  readonly complete: boolean;
  /** Opens the embedder again: `memory.embedder` without secrets, as JSON text. */
  readonly settingsText: string;
}
