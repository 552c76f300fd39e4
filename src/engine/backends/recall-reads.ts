import type { MemoryRecord } from '../model/memory-record.ts';
import type { PublishedSection, Section } from '../model/section.ts';
import type { Filter } from '../search/filter.ts';

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

/** Memories found by what they say. */
export interface RecallReads {
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
}
