import type { SemanticScore, TextScore } from './backends/recall-reads.ts';
import type { Where } from './list-operations.ts';
import type { Memory } from './memory.ts';
import type { JsonObject, JsonValue } from './model/json-value.ts';
import type { Section } from './model/section.ts';

export type RecallMode = 'TEXT' | 'SEMANTIC' | 'HYBRID';

export interface RecallInput {
  readonly query: string;
  readonly mode?: RecallMode | undefined;
  readonly where?: Where | null | undefined;
  /** 1..100, default 10 */
  readonly limit?: number | undefined;
  /** Hits below this final score are left out. */
  readonly minScore?: number | undefined;
  /** Shares of the arms in a hybrid score, 0 or more and not both 0; default 0.5 each. */
  readonly weights?:
    | { readonly text?: number | undefined; readonly semantic?: number | undefined }
    | undefined;
  /** Memories that each arm hands to the fusion, 1..1000 and at least `limit`; default 50 by text and 100 by meaning. */
  readonly candidates?:
    | { readonly text?: number | undefined; readonly semantic?: number | undefined }
    | undefined;
  /** Also memories that another one supersedes; default false. */
  readonly includeSuperseded?: boolean | undefined;
  /** Count the hits as accessed; default true. */
  readonly touch?: boolean | undefined;
}

/**
 * How a score came about (search/fuse.ts): `final = ((weights.text × text.normalised + weights.semantic × semantic.normalised) /
 * (weights.text + weights.semantic) + nameBoost) × importanceFactor × recencyFactor`; an arm that is null counts 0. A listing by
 * importance, for a query without words, has neither arm and scores by importance alone.
 */
export interface ScoreExplanation {
  /** null when the text arm did not find it. */
  readonly text: TextScore | null;
  /** null when the semantic arm did not find it; `distance` is 1 - similarity. */
  readonly semantic: (SemanticScore & { readonly distance: number }) | null;
  /** Shares of the arms that served. */
  readonly weights: { readonly text: number; readonly semantic: number };
  /** 0.3 when the query names the persona of the memory, else 0. */
  readonly nameBoost: number;
  readonly importanceFactor: number;
  readonly recencyFactor: number;
  readonly final: number;
  readonly terms: readonly string[];
}

/** A hit with v4's fields on top: key, value, metadata, section, importance, score, distance?, source. */
export interface RecallHit {
  readonly memory: Memory;
  readonly key: string;
  readonly value: JsonValue;
  readonly metadata: JsonObject;
  readonly section: Section;
  readonly importance: number;
  readonly score: number;
  readonly distance: number | null;
  readonly source: 'sqlite' | 'chroma' | 'cache';
  readonly explanation: ScoreExplanation;
}

export interface RecallResult {
  readonly hits: readonly RecallHit[];
  readonly mode: RecallMode;
  /** The mode that served: TEXT when no semantic arm was available. */
  readonly servedMode: RecallMode;
  /** An arm that the mode asks for did not serve, or not with all its vectors. */
  readonly degraded: boolean;
  /** Why; null unless degraded. */
  readonly degradedReason: string | null;
  /** What the semantic arm compared: the index in the database, Chroma, or both; empty when that arm did not serve. */
  readonly vectorsFrom: readonly ('embedded' | 'chroma')[];
  readonly tookMs: number;
  readonly cached: boolean;
}
